"""One answer becomes one item score between zero and the scheme's scale (docs/method.md 2)."""

from __future__ import annotations

import math
from enum import StrEnum

from app.domain.answers import Answer, Value
from app.domain.questionnaire.items import (
    MATURITY_LEVELS,
    ChecklistItem,
    ChoiceItem,
    Goalposts,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    YesNoItem,
)

DEFAULT_PERCENT = Goalposts(lo=0, hi=100)


class Series(StrEnum):
    """Whose word a score takes."""

    SELF = "self"
    """As the economy answered."""
    EVIDENCE_SUPPORTED = "evidence_supported"
    """High answers count only as far as evidence is given."""
    REVIEWED = "reviewed"
    """As agreed in a closed peer review; absent until one is."""


def item_score(item: Item, value: Value, scale: float) -> float:
    """Return the score of an answered value, in [0, scale]."""
    return scale * _share(item, value, scale)


def series_score(item: Item, answer: Answer, scale: float, series: Series) -> float:
    """Return the score that counts in a series. `answer` must be answered."""
    if answer.value is None or series is Series.REVIEWED:
        message = "only an answered item has a score, and none is reviewed yet"
        raise ValueError(message)
    if isinstance(item, ChecklistItem) and answer.not_applicable:
        item = _with_what_applies(item, answer.not_applicable)
    score = item_score(item, answer.value, scale)
    if series is Series.EVIDENCE_SUPPORTED and not answer.evidence_url:
        return min(score, evidence_cap(item, scale))
    return score


def evidence_cap(item: Item, scale: float) -> float:
    """Return the highest score that counts when no evidence is given; the whole scale where none is needed."""
    rule = item.evidence
    if rule.cap is not None:
        return rule.cap
    if rule.required_from is None:
        return scale
    match item:
        case MaturityItem():
            lower = [item_score(item, level.level, scale) for level in item.levels if level.level < rule.required_from]
            return max(lower, default=0.0)
        case YesNoItem():
            return 0.0
        case ChecklistItem():
            heaviest = sorted((option.weight for option in item.options if option.is_scored), reverse=True)
            return scale * _share_of_ticks(item, sum(heaviest[: rule.required_from - 1]))
        case _:
            return scale


def _share(item: Item, value: Value, scale: float) -> float:
    match item, value:
        case MaturityItem(), int():
            return _level_share(item, value, scale)
        case YesNoItem(), str():
            return {"yes": 1.0, "partly": 0.5, "no": 0.0}[value]
        case ChoiceItem(), str():
            points = next(option.points for option in item.options if option.code == value)
            return (points or 0.0) / scale
        case ChecklistItem(), tuple():
            return _ticked_share(item, value)
        case PercentItem(), int() | float():
            return between(float(value), item.goalposts or DEFAULT_PERCENT)
        case NumberItem(), int() | float() if item.goalposts is not None:
            return between(float(value), item.goalposts)
    message = f"item {item.code} has no score for this value"
    raise ValueError(message)


def _level_share(item: MaturityItem, level: int, scale: float) -> float:
    points = next(described.points for described in item.levels if described.level == level)
    return (level - 1) / (MATURITY_LEVELS - 1) if points is None else points / scale


def _with_what_applies(item: ChecklistItem, left_out: tuple[str, ...]) -> ChecklistItem:
    """Return a checklist without some options, as if they had never been in it; what is left scores everything at the latest."""
    options = tuple(option for option in item.options if option.code not in left_out)
    whole = sum(option.weight for option in options if option.is_scored)
    full_at = item.full_at if item.full_at is not None and item.full_at < whole else None
    return item.model_copy(update={"options": options, "full_at": full_at})


def _ticked_share(item: ChecklistItem, ticked: tuple[str, ...]) -> float:
    scored = [option for option in item.options if option.is_scored]
    counted = sum(option.weight for option in scored if option.code in ticked)
    return _share_of_ticks(item, counted)


def _share_of_ticks(item: ChecklistItem, counted: float) -> float:
    if item.full_at is not None:
        return min(1.0, counted / item.full_at)
    whole = sum(option.weight for option in item.options if option.is_scored)
    return counted / whole if whole else 0.0


def between(x: float, goalposts: Goalposts) -> float:
    """Return where x lies between the goalposts, clipped to [0, 1]; lower is better when lo is above hi."""
    lo, hi = goalposts.lo, goalposts.hi
    if goalposts.scale == "log":
        if x <= 0:
            return 0.0
        x, lo, hi = math.log(x), math.log(lo), math.log(hi)
    return min(1.0, max(0.0, (x - lo) / (hi - lo)))
