"""The scores of every node in every replicate: answers, weights and formula as each replicate draws them.

Each economy is computed by itself, so nobody else's presence can change a digit of its scores. Work runs over vectors of
replicates, one for each child of a node; a node's replicates are kept only until its parent has used them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from app.domain.benchmark.robustness.drawn_answers import Child, Replication, cells, drawn_items
from app.domain.benchmark.robustness.draws import Draws
from app.domain.benchmark.robustness.means import ARITHMETIC, MEANS, Mean, shifted_geometric
from app.domain.benchmark.robustness.scored_answers import ScoredAnswers
from app.domain.benchmark.robustness.tree import Branch, branches
from app.domain.scoring.plan import Plan
from app.domain.scoring.rounding import rounded
from app.domain.scoring.tables import Floats


@dataclass(frozen=True, slots=True)
class NodeReplicates:
    """One node's scores in every replicate (economies x replicates), NaN where nothing of it counts. Do not change them.

    `is_whole`: there is no NaN.
    """

    code: str
    scores: Floats
    is_whole: bool


def replicate(scheme: Plan, answers: ScoredAnswers, draws: Draws) -> Iterator[NodeReplicates]:
    """Compute every node, children before parents. The input must have passed its checks."""
    run = Replication(scheme, answers, draws, draws.shared())
    kept: dict[int, NodeReplicates] = {}
    for branch in branches(scheme):
        scores = _node(run, branch, kept)
        kept[branch.column] = NodeReplicates(branch.code, scores, bool(np.isfinite(scores).all()))
        for child in branch.nodes:
            del kept[child]
        yield kept[branch.column]


def _node(run: Replication, branch: Branch, kept: Mapping[int, NodeReplicates]) -> Floats:
    weights = run.draws.weights(branch.code, branch.weights.size) * branch.weights[:, None]
    whole = weights.sum(axis=0)
    known = cells(run, branch)
    scores = np.empty((len(run.answers.economies), run.draws.replicates))
    with np.errstate(divide="ignore", invalid="ignore"):  # a zero makes a geometric or harmonic mean zero
        for economy in range(len(scores)):
            children = [*drawn_items(run, branch, known, economy), *_nodes(branch, economy, kept)]
            scores[economy] = _score(run, branch, children, weights, whole)
    return rounded(np.clip(scores, 0.0, run.scheme.scale, out=scores), branch.rounding)


def _score(run: Replication, branch: Branch, children: list[Child], weights: Floats, whole: Floats) -> Floats:
    scale = run.scheme.scale
    if not branch.may_be_geometric:
        return _mean(MEANS[branch.aggregation](scale), children, weights, whole)
    plain, shifted = (_mean(mean, children, weights, whole) for mean in (ARITHMETIC, shifted_geometric(scale)))
    return np.where(run.shared.is_geometric, shifted, plain)


def _mean(mean: Mean, children: list[Child], weights: Floats, whole: Floats) -> Floats:
    """Return the mean of the children that count; NaN where none does."""
    sums, term = np.zeros_like(whole), np.empty_like(whole)
    for child in children:
        np.multiply(weights[child.row], mean.forward(child.scores), out=term)
        sums += term if child.counts is None else np.where(child.counts, term, 0.0)
    sums /= _counted(children, weights, whole)
    return mean.back(sums)


def _counted(children: list[Child], weights: Floats, whole: Floats) -> Floats:
    """Return the sum of the weights that count in each replicate."""
    if len(children) == len(weights) and all(child.counts is None for child in children):
        return whole
    total = np.zeros_like(whole)
    for child in children:
        total += weights[child.row] if child.counts is None else np.where(child.counts, weights[child.row], 0.0)
    return total


def _nodes(branch: Branch, economy: int, kept: Mapping[int, NodeReplicates]) -> Iterator[Child]:
    for row, column in zip(branch.node_rows, branch.nodes, strict=True):
        scores = kept[column].scores[economy]
        is_there = None if kept[column].is_whole else np.isfinite(scores)
        if is_there is None or is_there.any():
            yield Child(row, scores, is_there)
