"""One answer becomes one item score between zero and the scheme's scale (docs/method.md 2)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from app.domain.answers import Answer, Value, codes_of
from app.domain.questionnaire.items import (
    MATURITY_LEVELS,
    ChecklistItem,
    ChoiceItem,
    Goalposts,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    QuantityItem,
    YesNoItem,
)
from app.domain.scoring.tables import Floats

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


def as_it_applies(item: Item, answer: Answer) -> Item:
    """Return an item without what was said not to apply; only checklists have such options."""
    if isinstance(item, ChecklistItem) and answer.not_applicable:
        return _with_what_applies(item, answer.not_applicable)
    return item


def most_that_counts(item: Item, answer: Answer, scale: float, series: Series) -> float:
    """Return the highest score that an answer can have in a series; infinite where nothing holds it back."""
    if series is Series.EVIDENCE_SUPPORTED and not answer.has_evidence:
        return evidence_cap(item, scale)
    return np.inf


def evidence_cap(item: Item, scale: float) -> float:
    """Return the highest score that counts when no evidence is given; infinite where none is needed."""
    rule = item.evidence
    if rule.cap is not None:
        return rule.cap
    if rule.required_from is None:
        return np.inf
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
            return np.inf


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
            return _ticked_share(item, codes_of(value))
        case PercentItem() | NumberItem(), int() | float():
            return float(between(np.array([[float(value)]]), [goalposts_of(item)])[0, 0])
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


def goalposts_of(item: QuantityItem) -> Goalposts:
    """Return the goalposts of an item with a fixed scale."""
    if item.goalposts is not None:
        return item.goalposts
    if isinstance(item, PercentItem) and item.normalisation is None:
        return DEFAULT_PERCENT
    message = f"item {item.code} has no score by itself: it has no goalposts"
    raise ValueError(message)


def between(values: Floats, goalposts: Sequence[Goalposts], scale: float = 1.0) -> Floats:
    """Return where values (economies x items) lie between each item's goalposts, in [0, scale]; missing stays missing.

    Lower is better where lo is above hi. On a log scale, what is not above zero lies beyond the smaller goalpost.
    """
    lo, hi = (np.array([getattr(each, end) for each in goalposts], dtype=np.float64) for end in ("lo", "hi"))
    is_log = np.array([each.scale == "log" for each in goalposts], dtype=np.bool_)
    if is_log.any():
        values = values.copy()
        with np.errstate(divide="ignore", invalid="ignore"):
            values[:, is_log] = np.log(np.where(values[:, is_log] <= 0, 0.0, values[:, is_log]))
        lo[is_log], hi[is_log] = np.log(lo[is_log]), np.log(hi[is_log])
    with np.errstate(over="ignore"):  # what lies beyond all goalposts is clipped
        shares = np.subtract(values, lo, dtype=np.float64)
        shares /= hi - lo
    np.clip(shares, 0.0, 1.0, out=shares)
    shares *= scale
    return shares
