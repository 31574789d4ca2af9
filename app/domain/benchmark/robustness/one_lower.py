"""The score that an answer would have one category lower, as a reviewer might set it (docs/method.md, Uncertainty)."""

from __future__ import annotations

from app.domain.answers import Value, codes_of
from app.domain.questionnaire.items import ChecklistItem, ChoiceItem, Item, MaturityItem, YesNoItem
from app.domain.scoring.normalise import item_score

STEP_OF_NUMBERS = 1 / 4
"""A number has no categories: it falls by the distance between two of the five levels."""


def score_one_lower(item: Item, value: Value, scale: float) -> float:
    """Return the score one category below an answer, in [0, scale]; what is lowest already stays.

    Maturity: the level below. Yes/no: "partly" where allowed, else "no". Choice: the next lower points. Checklist: without
    its lightest tick that counts. Numbers: a quarter of the scale less.
    """
    score = item_score(item, value, scale)
    match item, value:
        case MaturityItem(), int():
            return min(score, item_score(item, max(1, value - 1), scale))
        case YesNoItem(), str():
            return scale / 2 if value == "yes" and item.partly_allowed else 0.0
        case ChoiceItem(), str():
            return max((points for option in item.options if (points := option.points or 0.0) < score), default=score)
        case ChecklistItem(), tuple():
            return item_score(item, _without_lightest(item, codes_of(value)), scale)
        case _:
            return max(0.0, score - STEP_OF_NUMBERS * scale)


def _without_lightest(item: ChecklistItem, ticked: tuple[str, ...]) -> tuple[str, ...]:
    counted = [option for option in item.options if option.is_scored and option.code in ticked]
    if not counted:
        return ticked
    lightest = min(counted, key=lambda option: option.weight).code
    return tuple(code for code in ticked if code != lightest)
