"""Whether published figures pin somebody's score: the argument by exchange (docs/method.md 6).

Figures of groups are the same whoever of a group has which score. So where two contributors are in exactly the same published
figures, the world in which they have each other's scores looks the same to every reader, whatever is computed of the
figures: means, quartiles, extremes, and all together. A contributor's score is hidden as far as those who can be exchanged
with it differ; a reader who is one of them knows its own and takes it out. The argument is that of l-diversity in statistical
disclosure control (Machanavajjhala et al. 2007), for figures instead of tables of persons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.scoring.tables import TOLERANCE

PINNED_SHARE = 0.02
"""Share of the scale: 2 points of 100, a tenth of a band. A score that is known more narrowly than this counts as known."""

Kind = tuple[str, frozenset[str]]
"""A node, and contributors that nobody can tell apart there."""
Place = tuple[str, int]
"""One of the figures told of a node."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes of one series. `below`: every node that feeds a node, directly or not. `known`: contributors whose score at a node
    is public. `scores`: score by node and contributor; who has none there cannot be judged and protects nobody."""

    below: Mapping[str, frozenset[str]]
    known: Mapping[str, frozenset[str]]
    scores: Mapping[str, Mapping[str, float]]
    width: float
    """Scores that differ by no more than this are alike."""

    def above(self, node: str) -> list[str]:
        """Return the node and those that it feeds, nearest first."""
        over = [code for code, below in self.below.items() if node in below]
        return [node, *sorted(over, key=lambda code: len(self.below[code]))]


@dataclass(slots=True)
class Told:
    """The sets of protected contributors that figures were shown of, by node: now, or on any earlier day."""

    sets: dict[str, list[frozenset[str]]] = field(default_factory=lambda: defaultdict(list))

    def with_one(self, node: str, contributors: frozenset[str]) -> Told:
        """Return what would be told if one more figure were shown."""
        sets = defaultdict(list, {code: list(told) for code, told in self.sets.items()})
        sets[node].append(contributors)
        return Told(sets)

    def places(self) -> dict[str, frozenset[Place]]:
        """Return the figures that each contributor is in."""
        found: dict[str, set[Place]] = defaultdict(set)
        for code, told in self.sets.items():
            for position, contributors in enumerate(told):
                for contributor in contributors:
                    found[contributor].add((code, position))
        return {contributor: frozenset(inside) for contributor, inside in found.items()}


def pins(tree: Tree, told: Told, node: str, contributors: frozenset[str]) -> bool:
    """Tell whether a figure of these protected contributors would pin somebody's score, at any node of its tree."""
    if not contributors:
        return False
    root = tree.above(node)[-1]
    nodes = (root, *sorted(tree.below[root]))
    before, after = alike(tree, told, nodes), alike(tree, told.with_one(node, contributors), nodes)
    return any(kind not in before or (kind[0] == node and kind[1] & contributors) for kind in after)


def alike(tree: Tree, told: Told, nodes: Iterable[str]) -> set[Kind]:
    """Return the contributors that nobody can tell apart and whose scores are too alike to hide each other."""
    places = told.places()
    return {
        (node, kind)
        for node in nodes
        for kind in _kinds(tree, places, node)
        if _are_alike([tree.scores[node][each] for each in kind if each in tree.scores[node]], tree.width)
    }


def _kinds(tree: Tree, places: Mapping[str, frozenset[Place]], node: str) -> list[frozenset[str]]:
    """Part the contributors of a node's figures into those that can be exchanged.

    A figure of a node above is made of the scores below it, so who is in one exchanges its scores at all nodes of that branch.
    Whoever has a public score there cannot.
    """
    kinds: dict[object, set[str]] = defaultdict(set)
    above = tree.above(node)
    for contributor, inside in places.items():
        codes = {code for code, _ in inside}
        if node not in codes:
            continue
        top = next(code for code in reversed(above) if code in codes)
        branch = {top, *tree.below[top]}
        is_fixed = any(contributor in tree.known[code] for code in branch)
        alike_in = frozenset(place for place in inside if place[0] in branch)
        kinds[top, alike_in, contributor if is_fixed else None].add(contributor)
    return [frozenset(kind) for kind in kinds.values()]


def _are_alike(scores: Sequence[float], width: float) -> bool:
    """Tell whether scores lie too close together, for a reader too who knows one of them. Without any there is no telling."""
    if not scores:
        return False
    ordered = sorted(scores)
    return any(not left or left[-1] - left[0] <= width + TOLERANCE for left in (ordered[:-1], ordered[1:]))
