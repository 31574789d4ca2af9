"""What may be shown of a group: minimum sizes, and the guard against subtraction (docs/method.md 6).

An economy that consented to publication is known anyway. One that shares with peers only must not be derivable from what
is published: not from a small group, not by subtracting two groups, not from the difference between yesterday and today,
and not by another economy that knows its own value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

SMALLEST_GROUP = 5
WHOLE_SHARE = 2 / 3
_RANK_TOLERANCE = 1e-9

Matrix = NDArray[np.float64]


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
    shown: list[GroupCell] = []
    for cell in sorted(cells, key=lambda cell: (not cell.is_whole, -len(cell.contributors), cell.group)):
        reason = _too_small(cell) or _changed(cell, known) or _derivable(shown, cell, known)
        if reason is None:
            shown.append(cell)
        else:
            refused[cell.group] = reason
    return refused


def _too_small(cell: GroupCell) -> Suppression | None:
    if len(cell.contributors) < SMALLEST_GROUP:
        return Suppression.TOO_FEW
    if cell.is_whole and len(cell.contributors) < WHOLE_SHARE * cell.members - _RANK_TOLERANCE:
        return Suppression.BELOW_TWO_THIRDS
    return None


def _changed(cell: GroupCell, known: frozenset[str]) -> Suppression | None:
    if cell.shown_before is None:
        return None
    changed = (cell.shown_before ^ cell.contributors) - known
    return Suppression.RECENT_CHANGE if 0 < len(changed) < SMALLEST_GROUP else None


def _derivable(shown: Sequence[GroupCell], cell: GroupCell, known: frozenset[str]) -> Suppression | None:
    """Refuse a cell that, with those already shown, isolates fewer than the minimum of protected economies."""
    protected = cell.contributors - known
    if 0 < len(protected) < SMALLEST_GROUP:
        return Suppression.DIFFERENCING
    for other in shown:
        theirs = other.contributors - known
        overlaps = protected & theirs
        if overlaps and any(0 < len(rest) < SMALLEST_GROUP for rest in (protected - theirs, theirs - protected)):
            return Suppression.DIFFERENCING
    return Suppression.DIFFERENCING if _isolates_one([*shown, cell], known) else None


def _isolates_one(cells: Sequence[GroupCell], known: frozenset[str]) -> bool:
    """Tell whether some combination of published sums yields the sum of fewer than the minimum of protected economies.

    The sums span a space of rows over sets of economies; a set's own sum is derivable when its unit vector lies in it.
    """
    economies = sorted(frozenset[str]().union(*(cell.contributors for cell in cells)) - known)
    sums = np.array([[economy in cell.contributors for economy in economies] for cell in cells], dtype=np.float64)
    patterns = _pattern_sizes(sums)
    # Economies in exactly the same cells cannot be told apart; what can be derived is the sum over such a set.
    columns = np.array(list(patterns), dtype=np.float64).T
    sizes = list(patterns.values())
    return any(size < SMALLEST_GROUP and _in_row_space(columns, k) for k, size in enumerate(sizes))


def _pattern_sizes(sums: Matrix) -> dict[tuple[bool, ...], int]:
    sizes: dict[tuple[bool, ...], int] = {}
    for column in sums.T:
        pattern = tuple(bool(cell) for cell in column)
        sizes[pattern] = sizes.get(pattern, 0) + 1
    return sizes


def _in_row_space(rows: Matrix, k: int) -> bool:
    unit = np.zeros(rows.shape[1])
    unit[k] = 1.0
    solution, *_ = np.linalg.lstsq(rows.T, unit, rcond=None)
    return bool(np.linalg.norm(rows.T @ solution - unit) < _RANK_TOLERANCE * max(1, rows.shape[1]))
