"""Whether published figures pin somebody's score: the argument by exchange (docs/method.md 6).

Figures of groups are the same whoever of a group has which score. So where two contributors are in exactly the same published
figures, the world in which they have each other's scores looks the same to every reader, whatever is computed of the
figures: means, quartiles, extremes, and all together. A contributor's score is hidden as far as those who can be exchanged
with it differ; a reader who is one of them knows its own and takes it out. The argument is that of l-diversity in statistical
disclosure control (Machanavajjhala et al. 2007), for figures instead of tables of persons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.scoring.tables import TOLERANCE

PINNED_SHARE = 0.02
"""Share of the scale: 2 points of 100, a tenth of a band. A score that is known more narrowly than this counts as known."""

Code = tuple[str, str]
"""A series and a node."""
Kind = tuple[Code, frozenset[str]]
"""Contributors that nobody can tell apart at a node."""
Place = tuple[Code, int]
"""One of the figures told of a node in a series."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes of one scheme. `below`: every node that feeds a node, directly or not. `known`: contributors whose score at a node
    is public. `scores`: score by series and node, and by contributor; who has none there cannot be judged and protects nobody.

    Several series are scores of the same answers: who exchanges answers exchanges the scores in all of them.
    """

    below: Mapping[str, frozenset[str]]
    known: Mapping[str, frozenset[str]]
    scores: Mapping[Code, Mapping[str, float]]
    width: float
    """Scores that differ by no more than this are alike."""

    def above(self, node: str) -> list[str]:
        """Return the node and those that it feeds, nearest first."""
        over = [code for code, below in self.below.items() if node in below]
        return [node, *sorted(over, key=lambda code: len(self.below[code]))]

    def untold(self, node: str, told: Collection[str]) -> set[str]:
        """Return the lowest nodes that a node tells together: it less those parts of it that are told themselves."""
        found: set[str] = set()
        for part in self._parts(node):
            if part not in told:
                found |= self.untold(part, told) if self.below[part] else {part}
        return found

    def are_alike(self, code: Code, kind: Iterable[str]) -> bool:
        """Tell whether scores lie too close together to hide each other."""
        scores = self.scores.get(code, {})
        return _are_alike([scores[each] for each in kind if each in scores], self.width)

    def _parts(self, node: str) -> list[str]:
        below = self.below[node]
        return [code for code in below if not any(code in self.below[other] for other in below)]


@dataclass(slots=True)
class Told:
    """The sets of protected contributors that figures were shown of, by series and node: now, or on any earlier day."""

    sets: dict[Code, list[frozenset[str]]] = field(default_factory=lambda: defaultdict(list))

    def with_one(self, code: Code, contributors: frozenset[str]) -> Told:
        """Return what would be told if one more figure were shown."""
        sets = defaultdict(list, {each: list(told) for each, told in self.sets.items()})
        sets[code].append(contributors)
        return Told(sets)

    def without(self, known: Mapping[str, frozenset[str]]) -> Told:
        """Return what is told of those who are protected when these are public, by node."""
        return Told(defaultdict(list, {code: [told - known[code[1]] for told in sets] for code, sets in self.sets.items()}))

    def places(self) -> dict[str, frozenset[Place]]:
        """Return the figures that each contributor is in."""
        found: dict[str, set[Place]] = defaultdict(set)
        for code, told in self.sets.items():
            for position, contributors in enumerate(told):
                for contributor in contributors:
                    found[contributor].add((code, position))
        return {contributor: frozenset(inside) for contributor, inside in found.items()}


def pins(tree: Tree, told: Told, code: Code, contributors: frozenset[str]) -> bool:
    """Tell whether a figure of these protected contributors would pin somebody's score, at any node of its tree."""
    if not contributors:
        return False
    nodes = _tree_of(tree, code[1])
    before, after = alike(tree, told, nodes), alike(tree, told.with_one(code, contributors), nodes)
    return any(kind not in before or (kind[0] == code and kind[1] & contributors) for kind in after)


def held_back(tree: Tree, told: Told, newly: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return those who wait, of contributors that were protected so far and choose the public at some nodes.

    `told`: the sets of everybody, since figures stand on paper as they were. What becomes known of one narrows what they leave
    to others. Whoever is in one figure with somebody who would be pinned waits; when the others go public too, nobody has to.
    """
    nodes = [node for node in tree.below if node in newly]
    nodes = sorted({code for node in nodes for code in _tree_of(tree, node)})
    before, places = alike(tree, told.without(tree.known), nodes), told.places()
    held: frozenset[str] = frozenset()
    while True:
        known = {node: tree.known[node] | (newly.get(node, frozenset()) - held) for node in tree.below}
        after = alike(replace(tree, known=known), told.without(known), nodes)
        pinned = frozenset[str]().union(
            *(kind for code, kind in after if not any(kind <= had for of, had in before if of == code))
        )
        around = frozenset[Place]().union(*(places[each] for each in pinned))
        more = {each for each in frozenset[str]().union(*newly.values()) - held if places.get(each, frozenset()) & around}
        if not more:
            return held
        held |= more


def alike(tree: Tree, told: Told, nodes: Iterable[str]) -> set[Kind]:
    """Return the contributors that nobody can tell apart and whose scores are too alike to hide each other.

    Parts of a node that are not shown count where the node tells them: all that is left of it once its other parts are known.
    """
    places, found = told.places(), set[Kind]()
    for node in nodes:
        for kind, inside in _kinds(tree, places, node):
            for series in {series for (series, code), _ in inside if code == node}:
                if tree.are_alike((series, node), kind):
                    found.add(((series, node), kind))
                untold = tree.untold(node, {code for (of, code), _ in inside if of == series})
                if all(tree.are_alike((series, part), kind) for part in untold):
                    found |= {((series, part), kind) for part in untold}
    return found


def _tree_of(tree: Tree, node: str) -> list[str]:
    root = tree.above(node)[-1]
    return [root, *sorted(tree.below[root])]


def _kinds(tree: Tree, places: Mapping[str, frozenset[Place]], node: str) -> list[tuple[frozenset[str], frozenset[Place]]]:
    """Part the contributors of a node's figures into those that can be exchanged, with the figures that they are in.

    A figure of a node above is made of the scores below it, so who is in one exchanges its scores at all nodes of that branch.
    Whoever has a public score there cannot.
    """
    kinds: dict[tuple[str, frozenset[Place], str | None], set[str]] = defaultdict(set)
    above = tree.above(node)
    for contributor, inside in places.items():
        codes = {code for (_, code), _ in inside}
        if node not in codes:
            continue
        top = next(code for code in reversed(above) if code in codes)
        branch = {top, *tree.below[top]}
        is_fixed = any(contributor in tree.known[code] for code in branch)
        alike_in = frozenset(place for place in inside if place[0][1] in branch)
        kinds[top, alike_in, contributor if is_fixed else None].add(contributor)
    return [(frozenset(kind), inside) for (_, inside, _), kind in kinds.items()]


def _are_alike(scores: Sequence[float], width: float) -> bool:
    """Tell whether scores lie too close together, for a reader too who knows one of them. Without any there is no telling."""
    if not scores:
        return False
    ordered = sorted(scores)
    return any(not left or left[-1] - left[0] <= width + TOLERANCE for left in (ordered[:-1], ordered[1:]))
