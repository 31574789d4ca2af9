"""What may be shown of a group: minimum sizes, and the guard against subtraction (docs/method.md 6).

An economy that consented to publication is known anyway. One that shares with peers only must not be derivable from what
is published: not from a small group, not by subtracting two groups, not from the difference between yesterday and today,
and not by another economy that knows its own value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray

SMALLEST_GROUP = 5
WHOLE_SHARE = 2 / 3
_TOLERANCE = 1e-9
_AT_ONCE = 4_096


class Suppression(StrEnum):
    """Why a cell is not shown."""

    TOO_FEW = "too_few"
    """Fewer than the minimum of economies contribute."""
    BELOW_TWO_THIRDS = "below_two_thirds"
    """Fewer than two thirds of the whole group contribute (StatsAPEC's rule for an aggregate of all)."""
    DIFFERENCING = "differencing"
    """Shown beside another cell, it would let a reader derive one economy's value."""
    RECENT_CHANGE = "recent_change"
    """Too few economies joined or left since it was last shown; the difference would tell their values."""


@dataclass(frozen=True, slots=True)
class GroupCell:
    """One group's contributors at one node. `is_whole`: the group is everybody who takes part. `shown_before`: the
    contributors when it was last shown, None if it never was."""

    group: str
    members: int
    contributors: frozenset[str]
    is_whole: bool
    shown_before: frozenset[str] | None = None


def suppressions(cells: Sequence[GroupCell], known: frozenset[str]) -> dict[str, Suppression]:
    """Decide which groups of one node may not be shown, and why.

    `known`: economies whose own score is published. Larger groups are kept in preference to smaller ones.
    """
    refused: dict[str, Suppression] = {}
    shown: list[frozenset[str]] = []
    before = [cell.shown_before - known for cell in cells if cell.shown_before is not None]
    for cell in sorted(cells, key=lambda cell: (not cell.is_whole, -len(cell.contributors), cell.group)):
        protected = cell.contributors - known
        reason = _too_small(cell) or _changed(cell, known) or _derivable(protected, shown, before)
        if reason is None:
            shown.append(protected)
        else:
            refused[cell.group] = reason
    return refused


def _too_small(cell: GroupCell) -> Suppression | None:
    if len(cell.contributors) < SMALLEST_GROUP:
        return Suppression.TOO_FEW
    if cell.is_whole and len(cell.contributors) < WHOLE_SHARE * cell.members - _TOLERANCE:
        return Suppression.BELOW_TWO_THIRDS
    return None


def _changed(cell: GroupCell, known: frozenset[str]) -> Suppression | None:
    if cell.shown_before is None:
        return None
    changed = (cell.shown_before ^ cell.contributors) - known
    return Suppression.RECENT_CHANGE if 0 < len(changed) < SMALLEST_GROUP else None


def _derivable(
    protected: frozenset[str], shown: Sequence[frozenset[str]], before: Sequence[frozenset[str]]
) -> Suppression | None:
    """Refuse a cell that, with those shown beside it and those a reader may have kept, isolates too few economies."""
    if 0 < len(protected) < SMALLEST_GROUP:
        return Suppression.DIFFERENCING
    for theirs in shown:
        overlaps = protected & theirs
        if overlaps and any(0 < len(rest) < SMALLEST_GROUP for rest in (protected - theirs, theirs - protected)):
            return Suppression.DIFFERENCING
    return Suppression.DIFFERENCING if _tells_of_few([*before, *shown], protected) else None


def _tells_of_few(told: Sequence[frozenset[str]], new: frozenset[str]) -> bool:
    """Tell whether a new sum makes some combination of sums rest on fewer than the minimum of economies.

    Sums are rows of zeros and ones over economies. When the columns of a few economies are blanked, the rank falls by the
    number of independent combinations that rest on these few alone; the new row must not add to them.
    """
    economies = frozenset[str]().union(new, *told)
    # Economies in exactly the same sums cannot be told apart: one column stands for all of them.
    sizes = Counter(tuple(economy in row for row in (*told, new)) for economy in economies)
    rows = np.array(list(sizes), dtype=np.float64).reshape(len(sizes), len(told) + 1).T
    few = _small_unions(list(sizes.values()))
    while blanked := list(islice(few, _AT_ONCE)):
        kept = np.ones((len(blanked), 1, len(sizes)))
        for k, columns in enumerate(blanked):
            kept[k, 0, columns] = 0.0
        added = _rank(rows) - _rank(rows * kept) - (_rank(rows[:-1]) - _rank(rows[:-1] * kept))
        if added.any():
            return True
    return False


def _small_unions(sizes: list[int]) -> Iterator[list[int]]:
    """Walk the sets of columns that together stand for fewer economies than the minimum."""
    small = [column for column, size in enumerate(sizes) if size < SMALLEST_GROUP]
    for count in range(1, SMALLEST_GROUP):
        for columns in combinations(small, count):
            if sum(sizes[column] for column in columns) < SMALLEST_GROUP:
                yield list(columns)


def _rank(rows: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.linalg.matrix_rank(rows) if rows.size else 0, dtype=np.int64)
