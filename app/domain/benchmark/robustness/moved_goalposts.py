"""Goalposts moved outward and inward, to see what their position decides (docs/method.md, Uncertainty)."""

from __future__ import annotations

import math
from typing import Literal

from app.domain.questionnaire.items import Goalposts, Item, NumberItem, PercentItem
from app.domain.scoring.normalise import DEFAULT_PERCENT

GOALPOSTS: tuple[Literal["nominal", "outward", "inward"], ...] = ("nominal", "outward", "inward")
MOVED_BY = 0.1
"""Share of the range by which both goalposts move."""


def with_goalposts(item: Item) -> tuple[Item, ...]:
    """Return the item as it is, with its goalposts moved outward, and inward; an item without goalposts three times."""
    if not isinstance(item, NumberItem | PercentItem):
        return (item, item, item)
    goalposts = item.goalposts or DEFAULT_PERCENT
    moved = (_moved(goalposts, MOVED_BY), _moved(goalposts, -MOVED_BY))
    return (item, *(item.model_copy(update={"goalposts": each}) for each in moved))


def _moved(goalposts: Goalposts, share: float) -> Goalposts:
    """Move both by a share of the range; on a log scale, of the range of the logarithms."""
    lo, hi = goalposts.lo, goalposts.hi
    if goalposts.scale == "log":
        lo, hi = math.log(lo), math.log(hi)
    by = share * (hi - lo)
    lo, hi = lo - by, hi + by
    if goalposts.scale == "log":
        lo, hi = math.exp(lo), math.exp(hi)
    return goalposts.model_copy(update={"lo": lo, "hi": hi})
