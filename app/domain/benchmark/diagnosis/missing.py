"""What missing answers could do to the scores at the top, if they were worth this or that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.domain.benchmark.diagnosis.imputation import Middle, impute, impute_by_own_mean
from app.domain.benchmark.diagnosis.shared import SMALLEST, Shared, mean
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.tables import Floats


class Worth(StrEnum):
    """What every missing answer is taken to be worth."""

    NOTHING = "nothing"
    OWN_MEAN = "own_mean"
    """The mean of what the economy answered at the same node."""
    MEAN = "mean"
    """The mean of those who answered the item."""
    MEDIAN = "median"
    """Their median."""
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Filling:
    """What one assumption does at one top node, over `n` economies: means before and after, the mean absolute change in
    points, and how many economies' band differs. None where fewer than five economies count."""

    code: str
    worth: Worth
    n: int
    before: float | None
    after: float | None
    change: float | None
    band_changes: int | None


def fillings(shared: Shared) -> list[Filling]:
    """Try each assumption on each top node."""
    nodes = {worth: aggregate(shared.plan, _filled(shared, worth), shared.asked).scores for worth in Worth}
    return [_filling(shared, place, worth, nodes[worth][:, place]) for place in shared.tops for worth in Worth]


def _filled(shared: Shared, worth: Worth) -> Floats:
    """Put what they are taken to be worth in place of missing answers, and leave what does not count alone."""
    return np.where(shared.asked & np.isnan(shared.items), _values(shared, worth), shared.items)


def _values(shared: Shared, worth: Worth) -> Floats:
    match worth:
        case Worth.NOTHING:
            return np.zeros_like(shared.items)
        case Worth.EVERYTHING:
            return np.full_like(shared.items, shared.plan.scale)
        case Worth.OWN_MEAN:
            within = [node.children[node.children < len(shared.plan.items)] for node in shared.plan.nodes]
            return impute_by_own_mean(shared.items, [columns for columns in within if len(columns)])
        case Worth.MEAN | Worth.MEDIAN:
            return impute(shared.items, Middle(worth.value))


def _filling(shared: Shared, place: int, worth: Worth, scores: Floats) -> Filling:
    code, nominal = shared.plan.nodes[place].code, shared.nodes[:, place]
    both = np.isfinite(nominal) & np.isfinite(scores)
    before, after = nominal[both], scores[both]
    if len(before) < SMALLEST:
        return Filling(code, worth, len(before), None, None, None, None)
    changes = int((shared.bands(before) != shared.bands(after)).sum())
    return Filling(code, worth, len(before), mean(before), mean(after), mean(np.abs(after - before)), changes)
