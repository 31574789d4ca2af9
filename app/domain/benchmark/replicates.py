"""The scores of every node in every replicate: answers, weights and formula as each replicate draws them.

Each economy is computed by itself, so nobody else's presence can change a digit of its scores. Work runs over vectors of
replicates, one for each child of a node; a node's replicates are kept only until its parent has used them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.benchmark.draws import FULL, Draws, Shared
from app.domain.benchmark.means import ARITHMETIC, MEANS, Mean, Scores, shifted_geometric
from app.domain.benchmark.moved_goalposts import GOALPOSTS
from app.domain.benchmark.scored_answers import CellState, ScoredAnswers
from app.domain.benchmark.tree import Branch, branches
from app.domain.scoring.aggregate import Booleans, Plan
from app.domain.scoring.rounding import Floats, rounded

_OBSERVED, _MISSING, _UNACCEPTED, _SURVEYED = (
    int(state) for state in (CellState.OBSERVED, CellState.MISSING, CellState.UNACCEPTED, CellState.SURVEYED)
)
_DRAWN = {_MISSING, _SURVEYED}


@dataclass(frozen=True, slots=True)
class NodeReplicates:
    """One node's scores in every replicate (economies x replicates), NaN where nothing of it counts. Do not change them."""

    code: str
    scores: Floats


@dataclass(frozen=True, slots=True)
class _Child:
    """A child's scores, and where it counts: in the replicates named, or in all."""

    row: int
    scores: Scores
    counts: Booleans | None = None


@dataclass(frozen=True, slots=True)
class _Replication:
    """What all nodes of one run share."""

    scheme: Plan
    answers: ScoredAnswers
    draws: Draws
    shared: Shared


def replicate(scheme: Plan, answers: ScoredAnswers, draws: Draws) -> Iterator[NodeReplicates]:
    """Compute every node, children before parents. The input must have passed its checks."""
    run = _Replication(scheme, answers, draws, draws.shared())
    kept: dict[int, Floats] = {}
    for branch in branches(scheme):
        kept[branch.column] = _node(run, branch, kept)
        for child in branch.nodes:
            del kept[child]
        yield NodeReplicates(branch.code, kept[branch.column])


def _node(run: _Replication, branch: Branch, kept: dict[int, Floats]) -> Floats:
    weights = run.draws.weights(branch.code, branch.weights.size) * branch.weights[:, None]
    whole = weights.sum(axis=0)
    scores = np.empty((len(run.answers.economies), run.draws.replicates))
    for economy in range(len(run.answers.economies)):
        children = [*_items(run, branch, economy), *_nodes(branch, economy, kept)]
        scores[economy] = _score(run, branch, children, weights, whole)
    return rounded(np.clip(scores, 0.0, run.scheme.scale, out=scores), branch.rounding)


def _score(run: _Replication, branch: Branch, children: list[_Child], weights: Floats, whole: Floats) -> Floats:
    scale = run.scheme.scale
    if not branch.may_be_geometric:
        return _mean(MEANS[branch.aggregation](scale), children, weights, whole)
    plain, shifted = (_mean(mean, children, weights, whole) for mean in (ARITHMETIC, shifted_geometric(scale)))
    return np.where(run.shared.is_geometric, shifted, plain)


def _mean(mean: Mean, children: list[_Child], weights: Floats, whole: Floats) -> Floats:
    """Return the mean of the children that count; NaN where none does."""
    if not children:
        return np.full(whole.shape, np.nan)
    sums, term = np.zeros_like(whole), np.empty_like(whole)
    with np.errstate(divide="ignore", invalid="ignore"):  # a zero makes a geometric or harmonic mean zero
        for child in children:
            np.multiply(weights[child.row], mean.forward(child.scores), out=term)
            sums += term if child.counts is None else np.where(child.counts, term, 0.0)
        sums /= _counted(children, weights, whole)
        return mean.back(sums)


def _counted(children: list[_Child], weights: Floats, whole: Floats) -> Floats:
    """Return the sum of the weights that count in each replicate."""
    if len(children) == len(weights) and all(child.counts is None for child in children):
        return whole
    total = np.zeros_like(whole)
    for child in children:
        total += weights[child.row] if child.counts is None else np.where(child.counts, weights[child.row], 0.0)
    return total


def _nodes(branch: Branch, economy: int, kept: dict[int, Floats]) -> Iterator[_Child]:
    for row, column in zip(branch.node_rows, branch.nodes, strict=True):
        scores = kept[column][economy]
        is_there = np.isfinite(scores)
        if is_there.all():
            yield _Child(row, scores)
        elif is_there.any():
            yield _Child(row, scores, is_there)


def _items(run: _Replication, branch: Branch, economy: int) -> Iterator[_Child]:
    states = run.answers.states[economy, branch.items]
    falls = _falls(run, branch, economy, states)
    errors = iter(_errors(run, branch, economy, states))
    filled = iter(_filled(run, branch, economy, states))
    for place, (row, state) in enumerate(zip(branch.item_rows, states.tolist(), strict=True)):
        if state == _OBSERVED:
            yield _Child(row, _observed(run, economy, branch.items[place], None if falls is None else falls[place]))
        elif state == _UNACCEPTED:
            yield _Child(row, np.float64(0.0), run.shared.is_nothing)
        elif state in _DRAWN:
            scores = next(errors if state == _SURVEYED else filled, None)
            if scores is not None:
                yield _Child(row, scores)


def _observed(run: _Replication, economy: int, column: np.intp, falls: Booleans | None) -> Scores:
    """Return an answer's score under the goalposts of each replicate, a category lower where it falls."""
    high, low = run.answers.scores[:, economy, column].tolist(), run.answers.lower[:, economy, column].tolist()
    can_fall = falls is not None and run.answers.doubt[economy, column] > 0
    if high[0] == high[1] == high[2]:
        return np.where(falls, low[0], high[0]) if falls is not None and can_fall else np.float64(high[0])
    if falls is None or not can_fall:
        return np.array(high).take(run.shared.goalposts)
    return np.array([*high, *low]).take(run.shared.goalposts + len(GOALPOSTS) * falls)


def _falls(run: _Replication, branch: Branch, economy: int, states: NDArray[np.int8]) -> Booleans | None:
    """Tell which answers fall by a category in which replicates (items x replicates)."""
    doubt = np.where(states == _OBSERVED, run.answers.doubt[economy, branch.items], 0.0)
    if not doubt.any():
        return None
    last = np.maximum(np.rint(doubt * FULL) - 1, 0).astype(np.uint16)
    drawn = run.draws.doubts(run.answers.economies[economy], branch.code, len(branch.items))
    falls: Booleans = np.less_equal(drawn, last[:, None])
    return falls


def _errors(run: _Replication, branch: Branch, economy: int, states: NDArray[np.int8]) -> Floats:
    """Draw survey estimates within their standard errors (surveyed items x replicates)."""
    surveyed, survey = branch.items[states == _SURVEYED], run.answers.survey
    if survey is None or not surveyed.size:
        return np.empty((0, run.draws.replicates))
    drawn = run.draws.errors(run.answers.economies[economy], branch.code, surveyed.size)
    estimates, widths = (values[economy, surveyed][:, None] for values in (survey.estimates, survey.standard_errors))
    return np.asarray(np.clip(estimates + widths * drawn, 0.0, run.scheme.scale), dtype=np.float64)


def _filled(run: _Replication, branch: Branch, economy: int, states: NDArray[np.int8]) -> Iterator[Floats]:
    """Fill each missing answer: in half of the replicates another answer nearby, else between nothing and their mean.

    Nearby is the same node; where nothing is answered there, the nearest node above with an answer. Without any: nothing.
    """
    missing = int((states == _MISSING).sum())
    if not missing:
        return
    donors = next((near for near in branch.donors if (run.answers.states[economy, near] == _OBSERVED).any()), None)
    if donors is None:
        return
    given = donors[run.answers.states[economy, donors] == _OBSERVED]
    table = run.answers.scores[:, economy, given]
    means = (table * branch.item_weights[given]).sum(axis=1) / branch.item_weights[given].sum()
    layers = run.shared.goalposts
    for uniform in run.draws.missing(run.answers.economies[economy], branch.code, missing):
        places = (uniform * (2 * given.size)).astype(np.intp)  # half of them beyond the donors
        other = table.take(np.minimum(places, given.size - 1) + layers * given.size)
        yield np.where(places < given.size, other, (2 * uniform - 1) * means.take(layers))
