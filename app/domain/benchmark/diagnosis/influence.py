"""What decides a score: effective weights, leaving one part out, and weights that are a little different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.domain.benchmark.diagnosis.checked import checked
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.plan import Plan, PlannedNode
from app.domain.scoring.refusal import refuse
from app.domain.scoring.tables import Booleans, Floats

MOVES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Perturbed:
    """How far scores move when weights differ: `scores` (draws x economies x nodes) and the quantiles MOVES of their
    changes, all draws and economies taken together (quantiles x nodes)."""

    scores: Floats
    moves: Floats


def effective_weights(scheme: Plan) -> Floats:
    """Return the share of each item and node (columns of the plan) in the top node above it: shares among siblings,
    multiplied down the tree. A top node has 1."""
    found = np.ones(_width(scheme))
    for column, node in reversed(list(enumerate(scheme.nodes, start=len(scheme.items)))):
        found[node.children] = found[column] * node.weights / node.weights.sum()
    return found


def feeding_items(scheme: Plan) -> list[NDArray[np.intp]]:
    """Return, for each node of the plan, the columns of the items that feed it, directly or not."""
    found: list[list[int]] = [[item] for item in range(len(scheme.items))]
    for node in scheme.nodes:
        found.append(sorted(item for child in node.children.tolist() for item in found[child]))
    return [np.array(items, dtype=np.intp) for items in found[len(scheme.items) :]]


def top_of(scheme: Plan, column: int) -> int:
    """Return the column of the top node above an item or node; its own for one that has no parent."""
    parent = _parent(scheme, column)
    return column if parent is None else top_of(scheme, parent)


def column_of(scheme: Plan, code: str) -> int:
    """Return the column of an item or node. A node goes before an item of the same code. Raises Invalid for neither."""
    codes = _codes(scheme)
    if code not in codes:
        refuse("unknown_code", "code", f"There is no item or node {code} that is scored. Choose one of the scheme's.")
    return len(codes) - 1 - codes[::-1].index(code)


def without(scheme: Plan, column: int) -> Plan | None:
    """Return the plan in which an item or node (by column) feeds nothing; None where its top node is left with nothing.

    A parent that loses its only child leaves its own parent too. Columns keep their places.
    """
    parent = _parent(scheme, column)
    if parent is None:
        return None
    place = parent - len(scheme.items)
    node = scheme.nodes[place]
    kept = node.children != column
    if not kept.any():
        return without(scheme, parent)
    smaller = replace(node, children=node.children[kept], weights=node.weights[kept])
    return replace(scheme, nodes=(*scheme.nodes[:place], smaller, *scheme.nodes[place + 1 :]))


def leave_one_out(scheme: Plan, scores: Floats, is_applicable: Booleans, columns: Sequence[int], top: int) -> Floats:
    """Return the scores at a top node (by column) when each of some items or nodes is left out: economies x columns.

    `scores`, `is_applicable`: as for `aggregate`. NaN where nothing is left to score. Raises Invalid as `checked` does.
    """
    table = checked(scores)
    found = np.full((len(table), len(columns)), np.nan)
    for place, column in enumerate(columns):
        smaller = without(scheme, column)
        if smaller is not None:
            found[:, place] = aggregate(smaller, table, is_applicable).scores[:, top - len(scheme.items)]
    return found


def ranks(scores: Floats) -> Floats:
    """Rank each column, 1 for the highest, ties at the smallest rank, NaN where missing. For what moves by how much inside
    this analysis; no economy's rank is ever shown."""
    table = checked(scores)
    found = np.full(table.shape, np.nan)
    for column in range(table.shape[1]):
        present = np.isfinite(table[:, column])
        ordered = np.sort(-table[present, column])
        found[present, column] = 1 + np.searchsorted(ordered, -table[present, column], side="left")
    return found


def draw_factors(scheme: Plan, draws: int, share: float, generator: np.random.Generator) -> Floats:
    """Draw factors for all weights of a plan: draws x weights, each U(1 - share, 1 + share), in the order of its nodes."""
    if not 0 < share < 1:
        refuse("out_of_range", "share", "Give a share above 0 and below 1, such as 0.25.")
    return generator.uniform(1 - share, 1 + share, (draws, _count_weights(scheme)))


def perturb(scheme: Plan, scores: Floats, is_applicable: Booleans, factors: Floats) -> Perturbed:
    """Multiply all weights by each row of `factors` (draws x weights) and score again; weights are relative, so that no
    rescaling is needed. Raises Invalid as `checked` does, and `scoring.shape` for factors that do not fit."""
    table = checked(scores)
    if checked(factors).shape[1] != _count_weights(scheme):
        refuse("scoring.shape", "factors", f"Give a factor for each of the {_count_weights(scheme)} weights.")
    nominal = aggregate(scheme, table, is_applicable).scores
    found = np.stack([aggregate(_reweighted(scheme, row), table, is_applicable).scores for row in factors])
    return Perturbed(found, _quantiles(found - nominal))


def _quantiles(changes: Floats) -> Floats:
    moves = np.full((len(MOVES), changes.shape[2]), np.nan)
    for column in range(changes.shape[2]):
        present = changes[:, :, column][np.isfinite(changes[:, :, column])]
        if present.size:
            moves[:, column] = np.quantile(present, MOVES)
    return moves


def _reweighted(scheme: Plan, factors: Floats) -> Plan:
    nodes: list[PlannedNode] = []
    start = 0
    for node in scheme.nodes:
        nodes.append(replace(node, weights=node.weights * factors[start : start + len(node.weights)]))
        start += len(node.weights)
    return replace(scheme, nodes=tuple(nodes))


def _count_weights(scheme: Plan) -> int:
    return sum(len(node.weights) for node in scheme.nodes)


def _width(scheme: Plan) -> int:
    return len(scheme.items) + len(scheme.nodes)


def _codes(scheme: Plan) -> list[str]:
    return [*scheme.items, *(node.code for node in scheme.nodes)]


def _parent(scheme: Plan, column: int) -> int | None:
    places = (place for place, node in enumerate(scheme.nodes, start=len(scheme.items)) if column in node.children)
    return next(places, None)
