"""Item scores become node scores for many economies at once, one tier of the scheme after the other (docs/method.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from app.domain.questionnaire.document import Aggregation, CoverageRule, Node, Questionnaire, Rounding, Section
from app.domain.questionnaire.items import Item
from app.domain.scoring.refusal import refuse, refuse_unless_positive
from app.domain.scoring.rounding import Floats, rounded

Booleans = NDArray[np.bool_]
Indices = NDArray[np.intp]

TOLERANCE = 1e-9
_AT_ONCE = 12_000  # values of a block that stays in the processor's cache, and in memory that is used again
_SHIFT = 99.0  # a scale of 0 to S becomes one of 1 to 100


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
        return tuple(_tier(list(group), is_lowest=key[0] == 1) for key, group in groupby(places, key=alike))

    @cached_property
    def mixes_items_and_nodes(self) -> bool:
        """Whether an item stands beside a node under the same parent."""
        return any(not tier.is_lowest and bool((tier.children < len(self.items)).any()) for tier in self.tiers)


@dataclass(frozen=True, slots=True)
class _Block:
    """Memory for some economies (columns), used again for the next: fresh memory costs more than the sums done in it.

    `work`: two tables, as large as the children of any tier.
    """

    values: Floats
    coverage: Floats
    is_applicable: Booleans
    work: Floats

    @classmethod
    def of(cls, scheme: Plan, rows: int) -> _Block:
        width = len(scheme.items) + len(scheme.nodes)
        most = max((len(tier.children) for tier in scheme.tiers), default=0)
        table = (width, rows)
        return cls(np.empty(table), np.empty(table), np.empty(table, dtype=np.bool_), np.empty((2, most * rows)))

    def first(self, rows: int) -> _Block:
        """Return the same memory for fewer economies, at the end."""
        if rows == self.values.shape[1]:
            return self
        return _Block(self.values[:, :rows], self.coverage[:, :rows], self.is_applicable[:, :rows], self.work)


@dataclass(frozen=True, slots=True)
class NodeScores:
    """Scores of economies (rows) by nodes (columns, as the plan has them); NaN where nothing was observed. Coverage in [0, 1]."""

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
                aggregation=aggregation_of(questionnaire, node),
                rounding=node.rounding or scheme.rounding,
                minimum_coverage=scheme.minimum_coverage if node.minimum_coverage is None else node.minimum_coverage,
            )
        )
    return Plan(tuple(item.code for _, item in scored), tuple(nodes), scheme.scale, scheme.coverage)


def aggregation_of(questionnaire: Questionnaire, node: Node) -> Aggregation:
    """Return the rule by which a node's children become its score."""
    named = node.aggregation or questionnaire.scheme.aggregation
    if named is not Aggregation.ARITHMETIC_THEN_GEOMETRIC:
        return named
    is_fed_by_items = any(questionnaire.node_of(section, item) == node.code for section, item in _scored_items(questionnaire))
    return Aggregation.WEIGHTED if is_fed_by_items else Aggregation.GEOMETRIC


def aggregate(scheme: Plan, scores: Floats, is_applicable: Booleans) -> NodeScores:
    """Compute every node.

    `scores`: economies x items, NaN where there is no value; `is_applicable`: same shape, False for accepted "not
    applicable". A child with nothing observed is left out and the others' weights are rescaled; a child below its own
    coverage threshold still feeds its parent, whose own coverage decides (docs/method.md 3). Raises Invalid for shapes that
    disagree, no economy, or infinite scores.
    """
    _refuse_misfits(scheme, scores, is_applicable)
    rows, items = scores.shape
    table = (len(scheme.nodes), rows)
    found = NodeScores(np.empty(table).T, np.empty(table).T, np.empty(table, dtype=np.bool_).T)
    step = min(rows, max(1, _AT_ONCE // max(1, items)))
    memory = _Block.of(scheme, step)
    for start in range(0, rows, step):
        part = slice(start, start + step)
        block = memory.first(min(step, rows - start))
        _aggregate_block(scheme, scores[part], is_applicable[part], block)
        found.scores[part], found.coverage[part] = block.values[items:].T, block.coverage[items:].T
        found.is_applicable[part] = block.is_applicable[items:].T
    return found


def _aggregate_block(scheme: Plan, scores: Floats, is_applicable: Booleans, block: _Block) -> None:
    """Compute some economies. They lie side by side in memory, so sums run over rows, and none depends on their number."""
    items = scores.shape[1]
    values, coverage, applicable = block.values, block.coverage, block.is_applicable
    values[items:], coverage[items:], applicable[items:] = np.nan, 0.0, False
    values[:items], applicable[:items] = scores.T, is_applicable.T
    if not is_applicable.all():
        values[:items][~applicable[:items]] = np.nan
    if scheme.mixes_items_and_nodes:
        coverage[:items] = np.isfinite(values[:items])
    for tier in scheme.tiers:
        computed, observed = means(values, tier, scheme.scale, block.work)
        values[tier.columns] = rounded(computed, tier.rounding)
        _cover(tier, scheme.rule, observed, values, applicable, coverage)


def _cover(tier: Tier, rule: CoverageRule, observed: Floats, values: Floats, applicable: Booleans, coverage: Floats) -> None:
    """Fill in what of each node of a tier applies and is covered; `observed` is the weight of its observed children."""
    by_weight = rule is CoverageRule.WEIGHT
    weights = tier.weights[:, np.newaxis] if by_weight else np.ones((len(tier.weights), 1))
    inside = applicable[tier.children]
    whole = np.add.reduceat(weights if inside.all() else weights * inside, tier.starts)
    if not by_weight:
        observed = np.add.reduceat(inside * np.isfinite(values[tier.children]), tier.starts, dtype=np.float64)
    elif not tier.is_lowest:
        observed = np.add.reduceat(weights * inside * coverage[tier.children], tier.starts)
    covered = observed / np.where(whole > 0, whole, 1.0)
    applicable[tier.columns], coverage[tier.columns] = whole > 0, covered
    if not by_weight:
        is_thin = covered + TOLERANCE < tier.minimum_coverage[:, np.newaxis]
        values[tier.columns] = np.where(is_thin, np.nan, values[tier.columns])


def mean(scores: Floats, weights: Floats, aggregation: Aggregation, scale: float = 100.0) -> Floats:
    """Return the mean of the observed children of each row; NaN where none is observed. `scores`: economies x children."""
    children = np.arange(len(weights))
    node = PlannedNode("", children, weights, aggregation, None, 0.0)
    tier = _tier([(len(weights), node)], is_lowest=True)
    found, _observed = means(np.ascontiguousarray(scores.T), tier, scale, np.empty((2, scores.size)))
    return found.ravel()


def means(values: Floats, tier: Tier, scale: float, work: Floats) -> tuple[Floats, Floats]:
    """Return the means of a tier's nodes (nodes x economies), and the weight of the children that are observed in each.

    Missing children (NaN) leave, and the weights of the others are rescaled; NaN where none is observed, or where the mean is
    not defined: geometric and harmonic ones of what is below zero. `values`: columns x economies; `work`: memory to work in.
    """
    shape = (len(tier.children), values.shape[1])
    children, terms = (table[: shape[0] * shape[1]].reshape(shape) for table in work)
    values.take(tier.children, axis=0, out=children, mode="clip")  # the default mode would copy once more
    missing = np.isnan(children)
    np.multiply(tier.weights[:, np.newaxis], ~missing, out=terms)
    total = np.add.reduceat(terms, tier.starts)
    np.copyto(children, 0.0, where=missing)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return _MEANS.get(tier.aggregation, _arithmetic)(_Observed(tier, scale, children, missing, terms, total)), total


@dataclass(frozen=True, slots=True)
class _Observed:
    """What a mean is taken of (children x economies): zeros where a child is missing. `total`: the weight of those observed."""

    tier: Tier
    scale: float
    children: Floats
    missing: Booleans
    terms: Floats
    total: Floats

    def mean_of_terms(self) -> Floats:
        """Return the weighted means of `terms`, which are zero where a child is missing, and are used up."""
        np.multiply(self.tier.weights[:, np.newaxis], self.terms, out=self.terms)
        return np.asarray(np.add.reduceat(self.terms, self.tier.starts) / self.total, dtype=np.float64)


def _arithmetic(given: _Observed) -> Floats:
    given.terms[...] = given.children
    first = given.mean_of_terms()
    # A second pass takes out the rounding error of the first, so that ties of rounded tiers fall as published.
    first.take(given.tier.owners, axis=0, out=given.terms, mode="clip")
    np.subtract(given.children, given.terms, out=given.terms)
    np.copyto(given.terms, 0.0, where=given.missing)
    return first + given.mean_of_terms()


def _geometric(given: _Observed) -> Floats:
    given.terms[...] = given.children
    np.copyto(given.terms, 1.0, where=given.missing)
    np.log(given.terms, out=given.terms)
    return _within(given, np.exp(given.mean_of_terms()))


def _shifted_geometric(given: _Observed) -> Floats:
    np.multiply(given.children, _SHIFT / given.scale, out=given.terms)
    np.log1p(given.terms, out=given.terms)
    return _within(given, np.expm1(given.mean_of_terms()) * (given.scale / _SHIFT))


def _harmonic(given: _Observed) -> Floats:
    np.divide(given.tier.weights[:, np.newaxis], np.where(given.children < 0, np.nan, given.children), out=given.terms)
    np.copyto(given.terms, 0.0, where=given.missing)
    return _within(given, given.total / np.add.reduceat(given.terms, given.tier.starts))


_MEANS = {
    Aggregation.GEOMETRIC: _geometric,
    Aggregation.SHIFTED_GEOMETRIC: _shifted_geometric,
    Aggregation.HARMONIC: _harmonic,
}


def _within(given: _Observed, found: Floats) -> Floats:
    """Keep means within the range of what they are taken of: exp(log(100)) is a little above 100."""
    lowest = np.minimum.reduceat(np.where(given.missing, np.inf, given.children), given.tier.starts)
    highest = np.maximum.reduceat(np.where(given.missing, -np.inf, given.children), given.tier.starts)
    return np.where(lowest <= highest, np.clip(found, lowest, highest), np.nan)


def _refuse_misfits(scheme: Plan, scores: Floats, is_applicable: Booleans) -> None:
    if scores.ndim != 2 or scores.shape[1] != len(scheme.items) or is_applicable.shape != scores.shape:  # noqa: PLR2004 - a table
        refuse("scoring.shape", "scores", f"Give a row for each economy and {len(scheme.items)} columns, one for each item.")
    if not scores.shape[0]:
        refuse("scoring.no_economy", "scores", "There is no economy to score. Give at least one.")
    if np.isinf(scores).any():
        refuse("scoring.not_finite", "scores", "A score is infinite. Correct it; what is missing is left out, not infinite.")


def _tier(places: Sequence[tuple[int, PlannedNode]], *, is_lowest: bool) -> Tier:
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


def ancestors(questionnaire: Questionnaire, code: str) -> tuple[str, ...]:
    """Return the nodes above a node, nearest first. A document under check may miss one, or lead in a circle."""
    nodes = questionnaire.nodes
    above: dict[str, None] = {}
    parent = nodes[code].parent
    while parent in nodes and parent not in above:
        above[parent] = None
        parent = nodes[parent].parent
    return tuple(above)
