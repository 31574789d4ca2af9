"""How well results are attributed: what is said about the answers beneath a node, counted by grade, never added into a score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.answers import Answer
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.records import FieldOption, RecordField
from app.domain.scoring.gaps import items_beneath


@dataclass(frozen=True, slots=True)
class Grade:
    """How many answers beneath a node have one grade; those of a grade that does not count are reported only."""

    option: FieldOption
    answers: int


def attribution(questionnaire: Questionnaire, answers: Mapping[str, Answer], node: str) -> tuple[Grade, ...]:
    """Count the grades of the answers beneath a node, lowest grade first; nothing where no item asks for one."""
    found: Counter[str] = Counter()
    options: dict[str, FieldOption] = {}
    for code in items_beneath(questionnaire, node):
        grade = _grade(questionnaire.fields_of(questionnaire.items[code]))
        if grade is None:
            continue
        options |= {option.code: option for option in grade.options}
        given = answers.get(code)
        found.update(str(value) for record in (given.details if given else ()) if (value := record.get(grade.code)) is not None)
    return tuple(Grade(option, found[code]) for code, option in options.items())


def _grade(fields: tuple[RecordField, ...]) -> RecordField | None:
    """Return the field that decides whether an answer counts."""
    return next((field for field in fields if any(not option.counts for option in field.options)), None)
