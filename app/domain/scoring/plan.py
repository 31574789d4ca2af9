"""A scheme laid out as columns: items first, then nodes, children before their parents, and tiers that are computed at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from app.domain.questionnaire.document import Aggregation, CoverageRule, Node, Questionnaire, Rounding, Section
from app.domain.questionnaire.items import Item
from app.domain.scoring.refusal import refuse, refuse_unless_positive
from app.domain.scoring.tables import Floats, Indices


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """One node, ready to compute. Children are columns: items first, then the nodes computed before this one."""

    code: str
    children: Indices
    weights: Floats
    aggregation: Aggregation
    rounding: Rounding | None
    minimum_coverage: float


@dataclass(frozen=True, slots=True)
class Tier:
    """Nodes that can be computed at once: their children are there, and they share one rule.

    `children` and `weights` hold the children of one node after the other; `starts` says where each node's begin, `owners`
    whose each child is. `is_lowest`: all of them are items.
    """

    columns: Indices
    children: Indices
    weights: Floats
    starts: Indices
    owners: Indices
    is_lowest: bool
    aggregation: Aggregation
    rounding: Rounding | None
    minimum_coverage: Floats


@dataclass(frozen=True)
class Plan:
    """A scheme turned into columns: `items` are the scored items, `nodes` stand children before parents."""

    items: tuple[str, ...]
    nodes: tuple[PlannedNode, ...]
    scale: float
    rule: CoverageRule = CoverageRule.WEIGHT

    def __post_init__(self) -> None:
        if not (np.isfinite(self.scale) and self.scale > 0):
            refuse("scoring.scale", "scale", "The scale must be a number above zero.")
        for node in self.nodes:
            if node.weights.shape != node.children.shape:
                refuse("scoring.shape", node.code, f"Give each child of {node.code} one weight.")
            refuse_unless_positive(node.weights, node.code)

    @cached_property
    def tiers(self) -> tuple[Tier, ...]:
        """The nodes by tier, lowest first; a node without children has nothing to compute."""
        heights = dict.fromkeys(range(len(self.items)), 0)
        for column, node in enumerate(self.nodes, start=len(self.items)):
            heights[column] = 1 + max((heights[child] for child in node.children.tolist()), default=0)

        def alike(place: tuple[int, PlannedNode]) -> tuple[int, str, str]:
            column, node = place
            return heights[column], node.aggregation.value, repr(node.rounding)

        places = sorted(
            (place for place in enumerate(self.nodes, start=len(self.items)) if len(place[1].children)),
            key=alike,
        )
        return tuple(tier_of(list(group), is_lowest=key[0] == 1) for key, group in groupby(places, key=alike))

    @cached_property
    def mixes_items_and_nodes(self) -> bool:
        """Whether an item stands beside a node under the same parent."""
        return any(not tier.is_lowest and bool((tier.children < len(self.items)).any()) for tier in self.tiers)


def plan(questionnaire: Questionnaire) -> Plan:
    """Lay a questionnaire's scheme out as columns. The document must have passed its checks."""
    scheme = questionnaire.scheme
    scored = _scored_items(questionnaire)
    columns = {("item", item.code): i for i, (_, item) in enumerate(scored)}
    nodes: list[PlannedNode] = []
    for code in _children_first(questionnaire):
        node = questionnaire.nodes[code]
        members = [
            (columns["item", item.code], item.weight) for section, item in scored if questionnaire.node_of(section, item) == code
        ]
        members += [(columns["node", child.code], child.weight) for child in scheme.nodes if child.parent == code]
        columns["node", code] = len(scored) + len(nodes)
        nodes.append(
            PlannedNode(
                code=code,
                children=np.array([column for column, _ in members], dtype=np.intp),
                weights=np.array([weight for _, weight in members], dtype=np.float64),
                aggregation=aggregation_of(questionnaire, node),
                rounding=node.rounding or scheme.rounding,
                minimum_coverage=minimum_coverage_of(questionnaire, node),
            )
        )
    return Plan(tuple(item.code for _, item in scored), tuple(nodes), scheme.scale, scheme.coverage)


def minimum_coverage_of(questionnaire: Questionnaire, node: Node) -> float:
    """Return how much of a node must be answered before it has a score: its own share, or the scheme's."""
    return questionnaire.scheme.minimum_coverage if node.minimum_coverage is None else node.minimum_coverage


def aggregation_of(questionnaire: Questionnaire, node: Node) -> Aggregation:
    """Return the rule by which a node's children become its score."""
    named = node.aggregation or questionnaire.scheme.aggregation
    if named is not Aggregation.ARITHMETIC_THEN_GEOMETRIC:
        return named
    is_fed_by_items = any(questionnaire.node_of(section, item) == node.code for section, item in _scored_items(questionnaire))
    return Aggregation.WEIGHTED if is_fed_by_items else Aggregation.GEOMETRIC


def ancestors(questionnaire: Questionnaire, code: str) -> tuple[str, ...]:
    """Return the nodes above a node, nearest first. A document under check may miss one, or lead in a circle."""
    nodes = questionnaire.nodes
    above: dict[str, None] = {}
    parent = nodes[code].parent
    while parent in nodes and parent not in above:
        above[parent] = None
        parent = nodes[parent].parent
    return tuple(above)


def tier_of(places: Sequence[tuple[int, PlannedNode]], *, is_lowest: bool) -> Tier:
    """Lay nodes (column, node) that share one rule out side by side."""
    nodes = [node for _, node in places]
    sizes = np.array([len(node.children) for node in nodes], dtype=np.intp)
    return Tier(
        columns=np.array([column for column, _ in places], dtype=np.intp),
        children=np.concatenate([node.children for node in nodes]),
        weights=np.concatenate([node.weights for node in nodes]),
        starts=np.cumsum(sizes) - sizes,
        owners=np.repeat(np.arange(len(nodes)), sizes),
        is_lowest=is_lowest,
        aggregation=nodes[0].aggregation,
        rounding=nodes[0].rounding,
        minimum_coverage=np.array([node.minimum_coverage for node in nodes], dtype=np.float64),
    )


def _scored_items(questionnaire: Questionnaire) -> list[tuple[Section, Item]]:
    return [(section, item) for section in questionnaire.sections for item in section.items if item.scored]


def _children_first(questionnaire: Questionnaire) -> list[str]:
    """Return node codes so that children stand before their parents."""
    depth = {code: len(ancestors(questionnaire, code)) for code in questionnaire.nodes}
    return sorted(questionnaire.nodes, key=lambda code: -depth[code])
