"""What may be shown of a group: minimum sizes, and the guard against subtraction (docs/method.md 6).

An economy that consented to publication is known anyway. One that shares with peers only must not be derivable from what
is published: not from a small group, not by subtracting two groups, not from the difference between any earlier day and
today, not by subtracting the parts of an index from the index, and not by another economy that knows its own value. Two
guards see to it. One reasons on sums, which means give away: no sum of a few economies follows from those that are told. The
other (`exchange`) holds for any figure, quartiles and extremes too: with those in the same figures an economy could exchange
its score unseen, and they differ enough to hide it.

A contributor is an economy, or `economy:revision`: two revisions have two values, and count as one economy.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray

from app.domain.benchmark import exchange
from app.domain.benchmark.exchange import PINNED_SHARE, Tree
from app.domain.scoring.tables import TOLERANCE

SMALLEST_GROUP = 5
WHOLE_SHARE = 2 / 3
_AT_ONCE = 4_096


class Suppression(StrEnum):
    """Why a cell is not shown."""

    TOO_FEW = "too_few"
    """Fewer than the minimum of economies contribute."""
    BELOW_TWO_THIRDS = "below_two_thirds"
    """Fewer than two thirds of the whole group contribute (StatsAPEC's rule for an aggregate of all)."""
    DIFFERENCING = "differencing"
    """Alone or beside other cells, of this node or of nodes below, now or before, it would let a reader derive a few economies'
    values. Why is not said: that scores are alike would tell them to those who know one."""
    RECENT_CHANGE = "recent_change"
    """Too few economies joined, left or signed anew since it was shown once, or their scores are alike; the difference would
    tell their values."""
    WITHDRAWN = "withdrawn"
    """In a release: an economy that was counted took its score back, and who reads the release now could work it out."""


@dataclass(frozen=True, slots=True)
class GroupCell:
    """One group's contributors at one node. `is_whole`: the group is everybody who takes part. `ever_shown`: every set of
    contributors that its figures were shown for before."""

    group: str
    members: int
    contributors: frozenset[str]
    is_whole: bool
    ever_shown: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class NodeCells:
    """The groups at one node. `known`: contributors whose own score there is or was published. `below`: every node that
    feeds it, directly or not. `scores`: those of all contributors, now and before; without them only sums are guarded. `series`:
    whose word they take."""

    node: str
    cells: Sequence[GroupCell]
    known: frozenset[str] = frozenset()
    below: frozenset[str] = frozenset()
    scores: Mapping[str, float] = field(default_factory=dict)
    series: str = ""


@dataclass(slots=True)
class _Told:
    """What readers know of one node: sums of protected contributors, kept from before and shown now."""

    known: frozenset[str]
    before: list[frozenset[str]] = field(default_factory=list)
    shown: list[frozenset[str]] = field(default_factory=list)


def suppressions(nodes: Sequence[NodeCells], scale: float = 100) -> dict[tuple[str, str], Suppression]:
    """Decide which groups at which nodes (node, group) may not be shown, and why, for all nodes of one series."""
    return {(node, group): reason for (_, node, group), reason in suppressions_of_series(nodes, scale).items()}


def suppressions_of_series(nodes: Sequence[NodeCells], scale: float = 100) -> dict[tuple[str, str, str], Suppression]:
    """Decide the same (series, node, group) for all nodes of all series of the same answers together.

    `scale`: the highest score; scores are alike within `PINNED_SHARE` of it.

    A node's score is made of those below it. So a cell counts as if it told the sum of its contributors at every node below it
    as well, which is more than it does tell: what holds at each node alone then holds for all of them together. Most answers
    have the same score in every series, so sums of one count as sums of the other. Nodes below are kept in preference to those
    above, the whole and larger groups in preference to smaller ones.
    """
    told = _told(nodes)
    tree, figures = _tree(nodes, told, scale), _shown_before(nodes).without({code: each.known for code, each in told.items()})
    for node in nodes:
        for touched in _touched(node, told):
            touched.before += [shown - touched.known for cell in node.cells for shown in cell.ever_shown]
    refused: dict[tuple[str, str, str], Suppression] = {}
    for node in sorted(nodes, key=lambda node: len(node.below)):
        code, touched_here, known = (node.series, node.node), _touched(node, told), told[node.node].known
        for cell in sorted(node.cells, key=lambda cell: (not cell.is_whole, -len(cell.contributors), cell.group)):
            reason = _too_small(cell) or _changed(cell, known) or _derivable(cell.contributors, touched_here)
            if reason is None and exchange.pins(tree, figures, code, cell.contributors - known):
                reason = Suppression.RECENT_CHANGE if cell.ever_shown else Suppression.DIFFERENCING
            if reason is not None:
                refused[*code, cell.group] = reason
                continue
            figures.sets[code].append(cell.contributors - known)
            for touched in touched_here:
                touched.shown.append(cell.contributors - touched.known)
    return refused


def held_back(nodes: Sequence[NodeCells], newly: Mapping[str, frozenset[str]], scale: float = 100) -> frozenset[str]:
    """Return who of those that now choose the public, by node, waits: with their scores, figures that were shown before would
    tell a score of somebody who did not choose so."""
    known = {code: each.known for code, each in _told(nodes).items()}
    still = {code: chosen - known[code] for code, chosen in newly.items() if code in known}
    return exchange.held_back(_tree(nodes, _told(nodes), scale), _shown_before(nodes), still)


def _told(nodes: Sequence[NodeCells]) -> dict[str, _Told]:
    """Return what is known of each node. Who is public at a node is public in all sections behind it, so there is nothing of
    it to protect at any node below."""
    return {
        code: _Told(frozenset[str]().union(*(node.known for node in nodes if code == node.node or code in node.below)))
        for code in dict.fromkeys(node.node for node in nodes)
    }


def _shown_before(nodes: Sequence[NodeCells]) -> exchange.Told:
    figures = exchange.Told()
    for node in nodes:
        for cell in node.cells:
            figures.sets[node.series, node.node] += cell.ever_shown
    return figures


def _tree(nodes: Sequence[NodeCells], told: Mapping[str, _Told], scale: float) -> Tree:
    return Tree(
        below={node.node: node.below & frozenset(told) for node in nodes},
        known={code: of_node.known for code, of_node in told.items()},
        scores={(node.series, node.node): node.scores for node in nodes},
        width=PINNED_SHARE * scale,
    )


def _touched(node: NodeCells, told: Mapping[str, _Told]) -> list[_Told]:
    return [told[code] for code in (node.node, *sorted(node.below)) if code in told]


def _too_small(cell: GroupCell) -> Suppression | None:
    if len(cell.contributors) < SMALLEST_GROUP:
        return Suppression.TOO_FEW
    if cell.is_whole and len(cell.contributors) < WHOLE_SHARE * cell.members - TOLERANCE:
        return Suppression.BELOW_TWO_THIRDS
    return None


def _changed(cell: GroupCell, known: frozenset[str]) -> Suppression | None:
    changes = [_economies((shown ^ cell.contributors) - known) for shown in cell.ever_shown]
    return Suppression.RECENT_CHANGE if any(0 < len(changed) < SMALLEST_GROUP for changed in changes) else None


def _derivable(contributors: frozenset[str], touched: Sequence[_Told]) -> Suppression | None:
    """Refuse a cell that isolates too few economies at its own node or below, with what is told there."""
    for told in touched:
        protected = contributors - told.known
        if _is_few(protected) or any(_is_near(protected, theirs) for theirs in told.shown):
            return Suppression.DIFFERENCING
        earlier = list(dict.fromkeys([*told.before, *told.shown]))
        if protected not in earlier and _tells_of_few(earlier, protected):
            return Suppression.DIFFERENCING
    return None


def _is_near(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return bool(mine & theirs) and (_is_few(mine - theirs) or _is_few(theirs - mine))


def _is_few(contributors: frozenset[str]) -> bool:
    return 0 < len(_economies(contributors)) < SMALLEST_GROUP


def _economies(contributors: frozenset[str]) -> frozenset[str]:
    return frozenset(contributor.partition(":")[0] for contributor in contributors)


def _tells_of_few(told: Sequence[frozenset[str]], new: frozenset[str]) -> bool:
    """Tell whether a new sum makes some combination of sums rest on fewer than the minimum of economies.

    Sums are rows of zeros and ones over contributors. When the columns of a few economies are blanked, the rank falls by the
    number of independent combinations that rest on these few alone; the new row must not add to them.
    """
    # Contributors in exactly the same sums cannot be told apart: one column stands for all of them. Economies alike in all
    # their revisions cannot be told apart either: one kind stands for them.
    columns_of: dict[str, set[tuple[bool, ...]]] = defaultdict(set)
    for contributor in frozenset[str]().union(new, *told):
        columns_of[contributor.partition(":")[0]].add(tuple(contributor in row for row in (*told, new)))
    sizes = Counter(frozenset(columns) for columns in columns_of.values())
    columns = sorted(frozenset[tuple[bool, ...]]().union(*sizes))
    rows = np.array(columns, dtype=np.float64).reshape(len(columns), len(told) + 1).T
    held_by = np.array([[column in kind for column in columns] for kind in sizes], dtype=np.int64)
    few = _small_unions(list(sizes.values()))
    while blanked := list(islice(few, _AT_ONCE)):
        # A column is blanked when nobody else has it.
        kept = np.stack([held_by.sum(axis=0) > held_by[kinds].sum(axis=0) for kinds in blanked])[:, np.newaxis, :]
        added = _rank(rows) - _rank(rows * kept) - (_rank(rows[:-1]) - _rank(rows[:-1] * kept))
        if added.any():
            return True
    return False


def _small_unions(sizes: list[int]) -> Iterator[list[int]]:
    """Walk the sets of kinds that together stand for fewer economies than the minimum."""
    small = [kind for kind, size in enumerate(sizes) if size < SMALLEST_GROUP]
    for count in range(1, SMALLEST_GROUP):
        for kinds in combinations(small, count):
            if sum(sizes[kind] for kind in kinds) < SMALLEST_GROUP:
                yield list(kinds)


def _rank(rows: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.linalg.matrix_rank(rows) if rows.size else 0, dtype=np.int64)
