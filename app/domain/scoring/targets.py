"""The economy's own targets: what it wants to reach, by when, in its own words and order (clause A.i of the Initiative).

They stand in a records item that has a field of type `item` and one of type `level`: the item is what the target is about, the
level what is to be reached. The first text field names the area, the first year field says by when, and a field with the code
`target` says it in words where the item has no levels. docs/questionnaire-format.md says the same to authors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.answers import BLANK, Answer, AnswerState, Record, Scalar, records_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChoiceItem, Item, MaturityItem, RecordsItem
from app.domain.scoring.normalise import item_score

IN_WORDS = "target"
"""Code of the field that says a target in words."""


@dataclass(frozen=True, slots=True)
class OwnTarget:
    """One priority area. `item` is "" where none is named; `level` is there only where that item has levels, and with it the
    `score` that the level has; `words` say the target of any other."""

    area: str
    item: str
    level: int | None
    score: float | None
    words: str
    year: int | None


def targets_item(questionnaire: Questionnaire) -> RecordsItem | None:
    """Return the question in which an economy sets its targets; None where a questionnaire asks for none."""
    return next((item for item in questionnaire.items.values() if isinstance(item, RecordsItem) and _sets_targets(item)), None)


def own_targets(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> tuple[OwnTarget, ...]:
    """Return what an economy set, in its order, the most urgent first."""
    item = targets_item(questionnaire)
    given = answers.get(item.code, BLANK) if item else BLANK
    if item is None or given.state is not AnswerState.ANSWERED:
        return ()
    return tuple(_target(questionnaire, item, record) for record in records_of(given.value))


def target_scores(targets: tuple[OwnTarget, ...]) -> dict[str, float]:
    """Return the score to reach for each item that has a target level; the highest where it has several."""
    found: dict[str, float] = {}
    for target in targets:
        if target.score is not None:
            found[target.item] = max(found.get(target.item, 0.0), target.score)
    return found


def stage_item(questionnaire: Questionnaire) -> ChoiceItem | None:
    """Return the question in which an economy describes its stage: an unscored choice that shares a clause with its targets."""
    targets = targets_item(questionnaire)
    clauses = set(targets.clauses) if targets else set()
    return next(
        (
            item
            for item in questionnaire.items.values()
            if isinstance(item, ChoiceItem) and not item.scored and clauses & set(item.clauses)
        ),
        None,
    )


def _sets_targets(item: RecordsItem) -> bool:
    return {"item", "level"} <= {field.type for field in item.fields}


def _target(questionnaire: Questionnaire, item: RecordsItem, record: Record) -> OwnTarget:
    about = questionnaire.items.get(str(_first(item, record, "item") or ""))
    level = _level(about, _first(item, record, "level"))
    year = _first(item, record, "year")
    score = item_score(about, level, questionnaire.scheme.scale) if about and about.scored and level is not None else None
    return OwnTarget(
        area=str(_first(item, record, "text") or ""),
        item=about.code if about else "",
        level=level,
        score=score,
        words=str(record.get(IN_WORDS) or ""),
        year=int(year) if isinstance(year, int | float) else None,
    )


def _first(item: RecordsItem, record: Record, kind: str) -> Scalar | None:
    field = next((field for field in item.fields if field.type == kind), None)
    return record.get(field.code) if field else None


def _level(about: Item | None, value: Scalar | None) -> int | None:
    return value if isinstance(about, MaturityItem) and isinstance(value, int) else None
