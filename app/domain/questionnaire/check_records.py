"""Faults of named fields: sets that do not exist, options where there are none, references that still count."""

from __future__ import annotations

import math
from collections.abc import Iterator

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.fault import Fault, Path
from app.domain.questionnaire.items import ChecklistItem, Item, RecordsItem
from app.domain.questionnaire.records import EARLIEST_YEAR, LATEST_YEAR, RecordField


def check_records(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Name every fault of a document's named fields."""
    for i, details in enumerate(questionnaire.details):
        yield from _fields(("details", i, "fields"), details.code, details.fields)
    known = [details.code for details in questionnaire.details]
    for i, section in enumerate(questionnaire.sections):
        for j, item in enumerate(section.items):
            yield from _item(("sections", i, "items", j), item, known)


def _item(path: Path, item: Item, known: list[str]) -> Iterator[Fault]:
    if item.details is not None and item.details not in known:
        message = f"{item.code} names the details {item.details}, which are not declared. Declare them, or correct the code."
        yield Fault("Q171", (*path, "details"), message)
    if isinstance(item, RecordsItem):
        yield from _fields((*path, "fields"), item.code, item.fields, may_count=False)
        if item.details is not None:
            message = f"{item.code} is made of fields already. Add those that you need to its own, and remove details."
            yield Fault("Q172", (*path, "details"), message)
    if isinstance(item, ChecklistItem):
        for k, option in enumerate(item.options):
            if option.superseded is not None and option.is_scored:
                message = f"Option {option.code} of {item.code} is superseded, so it cannot count. Set is_scored: false."
                yield Fault("Q175", (*path, "options", k), message)


def _fields(path: Path, code: str, fields: tuple[RecordField, ...], *, may_count: bool = True) -> Iterator[Fault]:
    yield from _twice(path, f"The field code {{}} is used twice in {code}", [field.code for field in fields])
    for k, field in enumerate(fields):
        here, name = (*path, k), f"The field {field.code} of {code}"
        if bool(field.options) != (field.type == "choice"):
            yield Fault("Q173", here, f"{name}: a choice has options, and nothing else has. Add them, or remove them.")
        options = [option.code for option in field.options]
        yield from _twice((*here, "options"), f"The option code {{}} is used twice in the field {field.code}", options)
        if not may_count and any(not option.counts for option in field.options):
            yield Fault("Q173", here, f"{name}: structured answers are never scored, so counts has no effect. Remove it.")
        if not _is_reachable(field):
            message = f"{name}: its limits leave nothing, or are not of numbers and years. Exchange or remove them."
            yield Fault("Q174", here, message)


def _twice(path: Path, words: str, codes: list[str]) -> Iterator[Fault]:
    for k, code in enumerate(codes):
        if code.casefold() in {earlier.casefold() for earlier in codes[:k]}:
            yield Fault("Q101", (*path, k, "code"), f"{words.format(code)}. Give this one its own.")


def _is_reachable(field: RecordField) -> bool:
    """Tell whether the limits of a field leave something to write."""
    if field.minimum is None and field.maximum is None:
        return True
    if field.type not in {"number", "year"}:
        return False
    ends = (EARLIEST_YEAR, LATEST_YEAR) if field.type == "year" else (-math.inf, math.inf)
    lowest = ends[0] if field.minimum is None else max(ends[0], field.minimum)
    highest = ends[1] if field.maximum is None else min(ends[1], field.maximum)
    return lowest <= highest
