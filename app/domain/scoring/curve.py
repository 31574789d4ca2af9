"""How an answer to one question becomes points: a curve for figures, the points of each answer for all others.

Every point comes from the function that scores answers, so that what an author is shown is what will be counted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Goalposts,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    YesNoItem,
)
from app.domain.scoring.normalise import goalposts_of, item_score

Figure = PercentItem | NumberItem

_STEPS = 32
_MARGIN = 0.15
"""How far the curve goes beyond both goalposts, as a share of what lies between them."""
_MARKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_DIGITS = 3
_LARGEST = 1e15
"""Nobody counts further than that, and sums of larger ones would not be finite."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A value and the points that it gives."""

    value: float
    points: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Points over values, rising values first. `marks`: a few of them to read, the goalposts among them."""

    spots: tuple[Spot, ...]
    marks: tuple[Spot, ...]
    is_log: bool


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that can be chosen (a level, a code, or yes, partly, no) and the points that it gives alone."""

    answer: str
    points: float


def curve_of(item: Figure, scale: float) -> Curve | None:
    """Return the curve of a figure with fixed goalposts; None where they are missing or no number lies between them."""
    try:
        posts = goalposts_of(item)
    except ValueError:
        return None
    if not _has_span(posts):
        return None
    is_log = posts.scale == "log"
    start, end = _range(item, posts)
    between = np.geomspace(start, end, _STEPS + 1) if is_log else np.linspace(start, end, _STEPS + 1)
    inside = [float(value) for value in between[1:-1]]
    kinks = [value for value in (posts.lo, posts.hi) if start <= value <= end]
    values = sorted({start, end, *inside, *kinks})
    marks = sorted({value for value in (_at(posts, share) for share in _MARKS) if start <= value <= end})
    return Curve(_spots(item, values, scale), _spots(item, marks, scale), is_log)


def points_of(item: Item, scale: float) -> tuple[Given, ...]:
    """Return what each answer that can be chosen gives; of a checklist, what each tick gives alone."""
    match item:
        case MaturityItem():
            return tuple(Given(str(level.level), item_score(item, level.level, scale)) for level in item.levels)
        case YesNoItem():
            answers = ("yes", "partly", "no") if item.partly_allowed else ("yes", "no")
            return tuple(Given(answer, item_score(item, answer, scale)) for answer in answers)
        case ChoiceItem():
            return tuple(Given(option.code, item_score(item, option.code, scale)) for option in item.options)
        case ChecklistItem():
            ticks = (option for option in item.options if option.is_scored)
            return tuple(Given(option.code, item_score(item, (option.code,), scale)) for option in ticks)
        case _:
            return ()


def _has_span(posts: Goalposts) -> bool:
    if posts.lo == posts.hi or max(abs(posts.lo), abs(posts.hi)) > _LARGEST:
        return False
    if posts.scale == "log":
        return min(posts.lo, posts.hi) > 0 and math.log(posts.lo) != math.log(posts.hi)
    return True


def _range(item: Figure, posts: Goalposts) -> tuple[float, float]:
    """Return from where to where the curve goes: a little beyond both goalposts, as far as such an answer is possible."""
    low, high = sorted((posts.lo, posts.hi))
    if posts.scale == "log":
        factor = (high / low) ** _MARGIN
        start, end = low / factor, high * factor
    else:
        start, end = low - _MARGIN * (high - low), high + _MARGIN * (high - low)
    smallest, largest = _possible(item)
    kept = max(start, smallest), min(end, largest)
    return kept if kept[0] < kept[1] else (start, end)


def _possible(item: Figure) -> tuple[float, float]:
    match item:
        case PercentItem():
            return 0.0, 100.0
        case NumberItem():
            return (
                -math.inf if item.minimum is None else item.minimum,
                math.inf if item.maximum is None else item.maximum,
            )


def _at(posts: Goalposts, share: float) -> float:
    """Return the value at a share of the way from one goalpost to the other, rounded as people would write it."""
    if share in {0.0, 1.0}:
        return posts.hi if share else posts.lo
    if posts.scale == "log":
        return _rounded(posts.lo * (posts.hi / posts.lo) ** share)
    return _rounded(posts.lo + share * (posts.hi - posts.lo))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _spots(item: Item, values: Iterable[float], scale: float) -> tuple[Spot, ...]:
    return tuple(Spot(value, item_score(item, value, scale)) for value in values)
