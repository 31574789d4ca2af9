"""An example answer to every question, in the middle of what can be answered; the same each time."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    RecordsItem,
    ReferenceItem,
    TextItem,
    YesNoItem,
)
from app.domain.questionnaire.records import EARLIEST_YEAR, LATEST_YEAR, RecordField
from app.domain.reading import RawAnswer

_MIDDLE_LEVEL = 3
_ADDRESS = "https://example.org/evidence"
_DAY = "2026-06-30"
_YEAR = 2026


def example_of(document: Questionnaire, item: Item, words: str) -> RawAnswer | None:
    """Return an example answer, with every named field that goes with it; None where nothing is asked. `words` stand where
    words are asked for."""
    if isinstance(item, ReferenceItem):
        return None
    fields = document.fields_of(item)
    records = ({field.code: _field(document, field, words) for field in fields},) if fields else ()
    return RawAnswer(value=_value(item, words), records=records)


def _value(item: Item, words: str) -> object:
    match item:
        case MaturityItem():
            return _MIDDLE_LEVEL
        case YesNoItem():
            return "partly" if item.partly_allowed else "yes"
        case ChoiceItem():
            return _middle([option.code for option in item.options])
        case ChecklistItem():
            return tuple(option.code for option in item.options[: (len(item.options) + 1) // 2])
        case PercentItem():
            return 50
        case NumberItem():
            return _number(item)
        case TextItem():
            return words[: item.max_length].strip()
        case RecordsItem() | _:
            return None


def _number(item: NumberItem) -> float:
    """Return the middle of the goalposts, else of what can be true, else something that can be true."""
    if item.goalposts is not None:
        return _between(min(item.goalposts.lo, item.goalposts.hi), max(item.goalposts.lo, item.goalposts.hi), item)
    if item.minimum is not None and item.maximum is not None:
        return _between(item.minimum, item.maximum, item)
    return _between(10, 10, item)


def _between(low: float, high: float, limits: NumberItem | RecordField) -> float:
    middle = low / 2 + high / 2
    rounded = float(round(middle)) if high - low > 1 else middle
    least = rounded if limits.minimum is None else max(rounded, limits.minimum)
    return least if limits.maximum is None else min(least, limits.maximum)


def _field(document: Questionnaire, field: RecordField, words: str) -> object:
    match field.type:
        case "number":
            low = 10 if field.minimum is None else field.minimum
            return _between(low, low if field.maximum is None else field.maximum, field)
        case "year":
            low, high = field.minimum or EARLIEST_YEAR, field.maximum or LATEST_YEAR
            return int(min(max(_YEAR, low), high))
        case "level":
            return _MIDDLE_LEVEL
        case "date":
            return _DAY
        case "url":
            return _ADDRESS
        case "choice":
            return _middle([option.code for option in field.options])
        case "item":
            return _middle(document.scored_items)
        case "text":
            return words[: field.max_length].strip()


def _middle(codes: Sequence[str]) -> str:
    return codes[(len(codes) - 1) // 2] if codes else ""
