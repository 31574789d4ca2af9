"""Faults of named fields: sets that do not exist, options where there are none, references that still count."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.fault import Fault, Path
from app.domain.questionnaire.items import ChecklistItem, Item, RecordsItem
from app.domain.questionnaire.records import RecordField


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
        yield from _fields((*path, "fields"), item.code, item.fields)
        if item.details is not None:
            message = f"{item.code} is made of fields already. Add those that you need to its own, and remove details."
            yield Fault("Q172", (*path, "details"), message)
    if isinstance(item, ChecklistItem):
        for k, option in enumerate(item.options):
            if option.superseded is not None and option.is_scored:
                message = f"Option {option.code} of {item.code} is superseded, so it cannot count. Set is_scored: false."
                yield Fault("Q175", (*path, "options", k), message)


def _fields(path: Path, code: str, fields: tuple[RecordField, ...]) -> Iterator[Fault]:
    seen: set[str] = set()
    for k, field in enumerate(fields):
        if field.code in seen:
            yield Fault(
                "Q101", (*path, k, "code"), f"The field code {field.code} is used twice in {code}. Give this one its own."
            )
        seen.add(field.code)
        if bool(field.options) != (field.type == "choice"):
            message = f"The field {field.code} of {code}: a choice has options, and nothing else has. Add them, or remove them."
            yield Fault("Q173", (*path, k), message)
        if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
            yield Fault("Q174", (*path, k), f"The field {field.code} of {code}: minimum is above maximum. Exchange them.")
