"""Generated answers for the demonstration: plausible in shape, and nobody's own."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator

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
    YesNoItem,
)
from app.domain.questionnaire.records import RecordField
from app.reviews.importing import COLUMNS

_UNANSWERED = (("not_available", 0.05), ("declined", 0.02))
_EVIDENCE_GIVEN = 0.7
_YEAR = 2025
_COUNTED_FROM = 5  # goalposts that far apart are of counts and percentages, which are given as whole numbers
_WORDS = "Generated for the demonstration."


def generated_answers(questionnaire: Questionnaire, economies: list[str], seed: str) -> bytes:
    """Return an answers file for some economies; the same seed gives the same file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*COLUMNS, "records"))
    for economy in economies:
        writer.writerows(_rows(questionnaire, economy, random.Random(f"{seed} {economy}")))  # noqa: S311 - a demonstration, not a secret
    return out.getvalue().encode()


def _rows(questionnaire: Questionnaire, economy: str, chance: random.Random) -> Iterator[tuple[str, ...]]:
    strength = chance.uniform(0.3, 0.7)
    for section in questionnaire.sections:
        here = min(0.95, max(0.05, strength + chance.uniform(-0.25, 0.25)))
        for item in section.items:
            if isinstance(item, ReferenceItem):
                continue
            state = _state(chance)
            value = _value(item, min(1.0, max(0.0, chance.gauss(here, 0.18))), chance) if state == "answered" else ""
            evidence = "https://example.org/evidence" if state == "answered" and chance.random() < _EVIDENCE_GIVEN else ""
            fields = questionnaire.fields_of(item) if state == "answered" else ()
            yield economy, item.code, state, value, "", evidence, _records(fields, questionnaire, chance)


def _state(chance: random.Random) -> str:
    drawn = chance.random()
    for state, share in _UNANSWERED:
        if drawn < share:
            return state
        drawn -= share
    return "answered"


def _value(item: Item, share: float, chance: random.Random) -> str:
    match item:
        case MaturityItem():
            return str(1 + round(4 * share))
        case YesNoItem():
            return "yes" if chance.random() < share else "no"
        case ChoiceItem():
            return item.options[round(share * (len(item.options) - 1))].code
        case ChecklistItem():
            return ";".join(option.code for option in item.options if chance.random() < share) or "none"
        case PercentItem() | NumberItem():
            return _number(item, share)
        case RecordsItem():
            return ""
        case _:
            return _WORDS


def _records(fields: tuple[RecordField, ...], questionnaire: Questionnaire, chance: random.Random) -> str:
    """Fill in one group of named fields, as a cell of the file has it."""
    return json.dumps([{field.code: _field(field, questionnaire, chance) for field in fields}]) if fields else ""


def _field(field: RecordField, questionnaire: Questionnaire, chance: random.Random) -> str | int:
    match field.type:
        case "year":
            return (
                int(min(field.maximum or _YEAR, _YEAR)) if field.minimum is None or field.minimum <= _YEAR else int(field.minimum)
            )
        case "date":
            return "2026-06-30"
        case "url":
            return "https://example.org/evidence"
        case "choice":
            return chance.choice(field.options).code
        case "item":
            return chance.choice([item.code for item in questionnaire.items.values() if item.scored])
        case "level":
            return chance.randint(2, 5)
        case "number":
            return int(field.minimum or 1)
        case "text":
            return _WORDS[: field.max_length]


def _number(item: PercentItem | NumberItem, share: float) -> str:
    if item.goalposts is None:
        return f"{100 * share:.1f}"
    lo, hi = item.goalposts.lo, item.goalposts.hi
    if item.goalposts.scale == "linear" and abs(hi - lo) >= _COUNTED_FROM:
        return f"{lo + share * (hi - lo):.0f}"
    return f"{lo * (hi / lo) ** share if item.goalposts.scale == 'log' else lo + share * (hi - lo):.4g}"
