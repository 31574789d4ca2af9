"""What goes together: correlations worth a look, Cronbach's alpha and principal components of each node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from app.domain.benchmark.diagnosis.shared import SMALLEST, Shared
from app.domain.benchmark.diagnosis.structure import Correlation, correlations, cronbach_alpha, principal_components
from app.domain.scoring.tables import Floats

REDUNDANT = 0.92
WEAK = 0.3
_TWO_SIDED_5_PERCENT = 1.959963984540054
_LOSS_OF_FISHER = 3


class Finding(StrEnum):
    """Why a pair is worth a look."""

    REDUNDANT = "redundant"
    """So alike that the two count one thing twice, or strictly opposite."""
    NEGATIVE = "negative"
    """Siblings in opposite directions: in their mean they cancel each other out."""
    WEAK = "weak"
    """A part that hardly goes with the whole that it feeds."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items or nodes, over the `n` economies that have both. `may_be_chance`: so many economies would show as much in 1
    of 20 cases although nothing goes together (Fisher's transformation)."""

    left: str
    right: str
    finding: Finding
    n: int
    pearson: float
    spearman: float
    may_be_chance: bool


@dataclass(frozen=True, slots=True)
class Consistency:
    """Cronbach's alpha of the items that feed a node. `complete`: economies without a gap; figures are None where fewer than
    five count, and NaN where there is no spread."""

    code: str
    items: int
    complete: int
    alpha: float | None
    alpha_pairwise: float | None


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Principal components of a node's children. `above_one`: eigenvalues above 1 (Kaiser's rule); `first`: the share of the
    variance that the first explains; `against`: children that load on it in the opposite direction of the others."""

    code: str
    children: int
    complete: int
    above_one: int | None
    first: float | None
    against: tuple[str, ...]


def pairs_of_note(shared: Shared) -> list[Pair]:
    """Find pairs of items that are redundant, siblings that are opposite, and parts that hardly go with their parent."""
    together = correlations(shared.table)
    return [
        _pair(shared, left, right, finding, float(together[left, right]))
        for left, right, finding in _candidates(shared, together)
        if _count(shared.table, left, right) >= SMALLEST
    ]


def consistencies(shared: Shared) -> list[Consistency]:
    """Return alpha for each node that at least two items feed."""
    return [
        _consistency(node.code, shared.items[:, columns])
        for node, columns in zip(shared.plan.nodes, shared.feeding, strict=True)
        if len(columns) > 1
    ]


def dimensions(shared: Shared) -> list[Dimensions]:
    """Take each node that has at least two children apart."""
    return [_dimensions(shared, place) for place, node in enumerate(shared.plan.nodes) if len(node.children) > 1]


def _candidates(shared: Shared, together: Floats) -> Iterator[tuple[int, int, Finding]]:
    items = len(shared.plan.items)
    siblings = {tuple(sorted(pair)) for node in shared.plan.nodes for pair in combinations(node.children.tolist(), 2)}
    for left, right in combinations(range(len(shared.codes)), 2):
        r = together[left, right]
        if abs(r) > REDUNDANT and (right < items or (left, right) in siblings):
            yield left, right, Finding.REDUNDANT
        elif r < 0 and (left, right) in siblings:
            yield left, right, Finding.NEGATIVE
    for parent, node in enumerate(shared.plan.nodes, start=items):
        # An only child goes with its parent by construction; a negative one is found here too.
        for child in node.children.tolist() if len(node.children) > 1 else ():
            if together[child, parent] < WEAK:
                yield child, parent, Finding.WEAK


def _pair(shared: Shared, left: int, right: int, finding: Finding, pearson: float) -> Pair:
    n = _count(shared.table, left, right)
    chance = float(np.tanh(_TWO_SIDED_5_PERCENT / np.sqrt(n - _LOSS_OF_FISHER)))
    spearman = correlations(shared.table[:, [left]], shared.table[:, [right]], method=Correlation.SPEARMAN)
    return Pair(shared.codes[left], shared.codes[right], finding, n, pearson, float(spearman[0, 0]), abs(pearson) < chance)


def _count(table: Floats, left: int, right: int) -> int:
    return int((np.isfinite(table[:, left]) & np.isfinite(table[:, right])).sum())


def _consistency(code: str, values: Floats) -> Consistency:
    there = np.isfinite(values)
    complete = int(there.all(axis=1).sum())
    fewest_in_common = int((there.T.astype(np.int64) @ there.astype(np.int64)).min())
    return Consistency(
        code=code,
        items=values.shape[1],
        complete=complete,
        alpha=cronbach_alpha(values) if complete >= SMALLEST else None,
        alpha_pairwise=cronbach_alpha(values, pairwise=True) if fewest_in_common >= SMALLEST else None,
    )


def _dimensions(shared: Shared, place: int) -> Dimensions:
    node = shared.plan.nodes[place]
    values = shared.table[:, node.children]
    complete = int(np.isfinite(values).all(axis=1).sum())
    found = principal_components(values) if complete >= SMALLEST else None
    if found is None:
        return Dimensions(node.code, len(node.children), complete, None, None, ())
    against = node.children[found.loadings[:, 0] < 0]
    return Dimensions(
        code=node.code,
        children=len(node.children),
        complete=complete,
        above_one=int((found.eigenvalues > 1).sum()),
        first=float(found.shares[0]),
        against=tuple(shared.codes[column] for column in against.tolist()),
    )
