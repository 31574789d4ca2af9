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
class Attribution:
    """The field that grades the answers beneath a node, and how many answers have each of its options, in their order."""

    field: RecordField
    grades: tuple[tuple[FieldOption, int], ...]


def attribution(questionnaire: Questionnaire, answers: Mapping[str, Answer], node: str) -> Attribution | None:
    """Count the grades of the answers beneath a node; None where no item asks for one."""
    found: Counter[str] = Counter()
    grading: RecordField | None = None
    for code in items_beneath(questionnaire, node):
        grade = _grade(questionnaire.fields_of(questionnaire.items[code]))
        given = answers.get(code)
        if grade is None:
            continue
        grading = grading or grade
        found.update(str(value) for record in (given.details if given else ()) if (value := record.get(grade.code)) is not None)
    return None if grading is None else Attribution(grading, tuple((option, found[option.code]) for option in grading.options))


def _grade(fields: tuple[RecordField, ...]) -> RecordField | None:
    """Return the field that decides whether an answer counts."""
    return next((field for field in fields if any(not option.counts for option in field.options)), None)
