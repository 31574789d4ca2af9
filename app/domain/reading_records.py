"""Groups of named fields become validated records, or problems that say which field of which group to correct."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from app.domain.answers import Record, Scalar
from app.domain.questionnaire.items import MATURITY_LEVELS
from app.domain.questionnaire.records import EARLIEST_YEAR, LATEST_YEAR, RecordField
from app.domain.reading_values import Unfit, read_address, read_number, read_words, written
from app.kit.say import mark, say

_YEAR = mark("Write a year in four digits, such as 2026.")


def read_records(
    fields: tuple[RecordField, ...], maximum: int, raw: Sequence[Mapping[str, object]], items: Collection[str]
) -> tuple[tuple[Record, ...], tuple[Unfit, ...]]:
    """Read groups of fields in their order. Empty groups are left out; a field that is still missing is no fault of a draft.

    `items`: codes of the questionnaire, for fields that name one. Faults are named `record.N.field`, N counting from 1 as sent;
    what no field can show is a fault of the `value`.
    """
    records: list[Record] = []
    unfit: list[Unfit] = []
    for number, group in enumerate(raw, start=1):
        values: list[tuple[str, Scalar]] = []
        unknown = sorted(set(group) - {field.code for field in fields})
        if unknown:
            unfit.append(Unfit("value", "unknown_field", "There is no such field here. Leave it out."))
        for field in fields:
            try:
                value = _read_field(field, group.get(field.code), items)
            except Unfit as fault:
                unfit.append(Unfit(f"record.{number}.{field.code}", fault.code, fault.message))
            else:
                values += [] if value is None or value == "" else [(field.code, value)]
        if values:
            records.append(Record(tuple(values)))
    if len(records) > maximum:
        unfit.append(Unfit("value", "too_many", say("Give at most {most}.", most=maximum)))
    return tuple(records), tuple(unfit)


def _read_field(field: RecordField, raw: object, items: Collection[str]) -> Scalar | None:
    if isinstance(raw, bool) or (raw is not None and not isinstance(raw, str | int | float)):
        raise Unfit("", "not_a_text", "Write one text or number here.")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise Unfit("", "not_a_number", "Write a number in figures, such as 12 or 12.5, with a point before decimals.")
    text = raw.strip() if isinstance(raw, str) else written(raw)
    return _read_text(field, text, items) if text else None


def _read_text(field: RecordField, text: str, items: Collection[str]) -> Scalar:
    match field.type:
        case "number":
            return _within(field, read_number(text))
        case "year":
            return int(_within(field, _whole(text, EARLIEST_YEAR, LATEST_YEAR, _YEAR)))
        case "level":
            return _whole(text, 1, MATURITY_LEVELS, mark("Choose a level from 1 to 5."))
        case "date":
            return _read_date(text)
        case "url":
            return read_address(text)
        case "choice":
            return _one_of(text, [option.code for option in field.options])
        case "item":
            return _one_of(text, items)
        case "text":
            return read_words("", text, field.max_length)


def _whole(text: str, least: int, most: int, message: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise Unfit("", "not_a_whole_number", message)
    return int(text)


def _within(field: RecordField, number: float) -> float:
    if field.minimum is not None and number < field.minimum:
        raise Unfit("", "out_of_range", say("Write at least {least}.", least=f"{field.minimum:.15g}"))
    if field.maximum is not None and number > field.maximum:
        raise Unfit("", "out_of_range", say("Write at most {most}.", most=f"{field.maximum:.15g}"))
    return number


def _read_date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Unfit("", "not_a_date", "Write a date as year, month and day, such as 2026-03-31.") from None


def _one_of(text: str, allowed: Collection[str]) -> str:
    if text not in allowed:
        raise Unfit("", "unknown_option", "Choose one of the options.")
    return text
