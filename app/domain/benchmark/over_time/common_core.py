"""The comparable core of two versions: the items, and the links of the scheme, that mean the same in both (docs/method.md 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from app.domain.benchmark.over_time.lineage import comparable_pairs
from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import Plan, PlannedNode, plan
from app.domain.scoring.tables import Booleans

# What may differ between two versions of a node whose children are combined alike. Every other field must be equal, so that
# a new one is compared from its first day.
_NOT_HOW_IT_IS_COMPUTED = frozenset({"code", "children", "weights", "minimum_coverage"})

Link = tuple[str, str, str, float]
"""A child of a node: the node, "item" or "node", the child's code in the later version, its weight."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions as columns. `kept`: of each node's children, those that belong to the core."""

    questionnaire: Questionnaire
    plan: Plan
    kept: tuple[Booleans, ...]


@dataclass(frozen=True, slots=True)
class Core:
    """What two versions have in common in one series.

    `pairs`: the earlier code of each comparable item by its later one; whether an item is also in a node's core depends on
    the links between them. `alike`: the nodes that exist in both and combine their children alike. `plan`: the later scheme,
    all of its columns, of which only the core's links are left; it computes both years.
    """

    before: Side
    after: Side
    series: Series
    pairs: Mapping[str, str]
    alike: frozenset[str]
    plan: Plan

    @property
    def is_on_one_scale(self) -> bool:
        """Whether the scores of both versions end at the same number."""
        return self.before.plan.scale == self.after.plan.scale


def core_of(before: Questionnaire, after: Questionnaire, series: Series = Series.SELF) -> Core:
    """Find what two versions of one questionnaire have in common.

    A link from a child to its node is common when both exist in both versions, the node and (where the child is one) the
    child are computed alike, and the child's weight is the same. A node's core is what common links lead to, so a changed
    weight of a pillar leaves the pillar comparable and takes it out of the index.
    """
    earlier, later = plan(before), plan(after)
    pairs = comparable_pairs(before, after, series) if earlier.scale == later.scale else {}
    alike = _alike(earlier, later)
    earlier_links = [_links(earlier, node, {old: new for new, old in pairs.items()}) for node in earlier.nodes]
    later_links = [_links(later, node, {code: code for code in pairs}) for node in later.nodes]
    common = _common(earlier_links, alike) & _common(later_links, alike)
    kept_before, kept_after = _kept(earlier_links, common), _kept(later_links, common)
    return Core(
        before=Side(before, earlier, kept_before),
        after=Side(after, later, kept_after),
        series=series,
        pairs=pairs,
        alike=alike,
        plan=replace(later, nodes=tuple(_restricted(*each) for each in zip(later.nodes, kept_after, strict=True))),
    )


def _alike(earlier: Plan, later: Plan) -> frozenset[str]:
    if earlier.rule is not later.rule:
        return frozenset()
    methods = {node.code: _method(node) for node in earlier.nodes}
    return frozenset(node.code for node in later.nodes if methods.get(node.code) == _method(node))


def _method(node: PlannedNode) -> dict[str, object]:
    return {field.name: getattr(node, field.name) for field in fields(node) if field.name not in _NOT_HOW_IT_IS_COMPUTED}


def _links(scheme: Plan, node: PlannedNode, names: Mapping[str, str]) -> list[Link | None]:
    """Name each child of a node; None for an item without a partner in the other version."""
    found: list[Link | None] = []
    for column, weight in zip(node.children.tolist(), node.weights.tolist(), strict=True):
        if column >= len(scheme.items):
            found.append((node.code, "node", scheme.nodes[column - len(scheme.items)].code, weight))
        else:
            name = names.get(scheme.items[column])
            found.append(None if name is None else (node.code, "item", name, weight))
    return found


def _common(links: list[list[Link | None]], alike: frozenset[str]) -> set[Link]:
    return set(_comparable(links, alike))


def _comparable(links: list[list[Link | None]], alike: frozenset[str]) -> Iterator[Link]:
    for link in (link for of_node in links for link in of_node if link is not None):
        parent, kind, child, _weight = link
        if parent in alike and (kind == "item" or child in alike):
            yield link


def _kept(links: list[list[Link | None]], common: set[Link]) -> tuple[Booleans, ...]:
    return tuple(np.array([link in common for link in of_node], dtype=np.bool_) for of_node in links)


def _restricted(node: PlannedNode, kept: Booleans) -> PlannedNode:
    return replace(node, children=node.children[kept], weights=node.weights[kept])
