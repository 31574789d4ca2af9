"""Item scores become node scores for many economies at once: one small product per node (docs/method.md 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.questionnaire.document import Aggregation, Questionnaire, Rounding, Section
from app.domain.questionnaire.items import Item
from app.domain.scoring.rounding import Floats, rounded

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PlannedNode:
    """One node, ready to compute. Children are columns: items first, then the nodes computed before this one."""

    code: str
    children: NDArray[np.intp]
    weights: Floats
    aggregation: Aggregation
    rounding: Rounding | None
    minimum_coverage: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A scheme turned into columns: `items` are the scored items, `nodes` stand children before parents."""

    items: tuple[str, ...]
    nodes: tuple[PlannedNode, ...]
    scale: float


@dataclass(frozen=True, slots=True)
class NodeScores:
    """Scores of economies (rows) by items and nodes (columns); NaN where nothing was observed. Coverage in [0, 1]."""

    scores: Floats
    coverage: Floats
    is_applicable: Booleans


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
                aggregation=node.aggregation or scheme.aggregation,
                rounding=node.rounding or scheme.rounding,
                minimum_coverage=scheme.minimum_coverage if node.minimum_coverage is None else node.minimum_coverage,
            )
        )
    return Plan(tuple(item.code for _, item in scored), tuple(nodes), scheme.scale)


def aggregate(scheme: Plan, scores: Floats, is_applicable: Booleans) -> NodeScores:
    """Compute every node.

    `scores`: economies x items, NaN where there is no value; `is_applicable`: same shape, False for accepted "not
    applicable". A child with nothing observed is left out and the others' weights are rescaled; a child below its own
    coverage threshold still feeds its parent, whose own coverage decides (docs/method.md 3).
    """
    rows = scores.shape[0]
    width = len(scheme.items) + len(scheme.nodes)
    all_scores = np.full((rows, width), np.nan)
    all_scores[:, : len(scheme.items)] = np.where(is_applicable, scores, np.nan)
    applicable = np.zeros((rows, width), dtype=np.bool_)
    applicable[:, : len(scheme.items)] = is_applicable
    coverage = np.zeros((rows, width))
    coverage[:, : len(scheme.items)] = np.where(is_applicable & np.isfinite(scores), 1.0, 0.0)
    for column, node in enumerate(scheme.nodes, start=len(scheme.items)):
        children, weights = node.children, node.weights
        counted = applicable[:, children] * weights
        whole = counted.sum(axis=1)
        applicable[:, column] = whole > 0
        with np.errstate(invalid="ignore"):
            coverage[:, column] = np.where(whole > 0, (counted * coverage[:, children]).sum(axis=1) / whole, 0.0)
        all_scores[:, column] = rounded(mean(all_scores[:, children], weights, node.aggregation), node.rounding)
    return NodeScores(all_scores, coverage, applicable)


def mean(scores: Floats, weights: Floats, aggregation: Aggregation) -> Floats:
    """Return the mean of the observed children of each row; NaN where none is observed."""
    observed = np.isfinite(scores)
    weight = np.where(observed, weights, 0.0)
    filled = np.where(observed, scores, 0.0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        means = _means(filled, weight, weight.sum(axis=1), aggregation)
    # exp(log(100)) is a little above 100; a mean never leaves the range of what it is taken of.
    lowest, highest = (np.where(observed, scores, edge) for edge in (np.inf, -np.inf))
    inside = np.clip(means, lowest.min(axis=1, initial=np.inf), highest.max(axis=1, initial=-np.inf))
    return np.where(observed.any(axis=1), inside, np.nan)


def _means(scores: Floats, weight: Floats, total: Floats, aggregation: Aggregation) -> Floats:
    match aggregation:
        case Aggregation.GEOMETRIC:
            return np.asarray(np.exp(np.where(weight > 0, weight * np.log(scores), 0.0).sum(axis=1) / total), dtype=np.float64)
        case Aggregation.HARMONIC:
            return np.asarray(total / np.where(weight > 0, weight / scores, 0.0).sum(axis=1), dtype=np.float64)
        case _:
            first = (weight * scores).sum(axis=1) / total
            # A second pass takes out the rounding error of the first, so that ties of rounded tiers fall as published.
            return np.asarray(first + (weight * (scores - first[:, None])).sum(axis=1) / total, dtype=np.float64)


def _scored_items(questionnaire: Questionnaire) -> list[tuple[Section, Item]]:
    return [(section, item) for section in questionnaire.sections for item in section.items if item.scored]


def _children_first(questionnaire: Questionnaire) -> list[str]:
    """Return node codes so that children stand before their parents."""
    depth = {code: len(ancestors(questionnaire, code)) for code in questionnaire.nodes}
    return sorted(questionnaire.nodes, key=lambda code: -depth[code])


def ancestors(questionnaire: Questionnaire, code: str) -> tuple[str, ...]:
    """Return the nodes above a node, nearest first. A document under check may miss one, or lead in a circle."""
    nodes = questionnaire.nodes
    above: dict[str, None] = {}
    parent = nodes[code].parent
    while parent in nodes and parent not in above:
        above[parent] = None
        parent = nodes[parent].parent
    return tuple(above)
