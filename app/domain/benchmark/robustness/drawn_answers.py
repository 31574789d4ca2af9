"""The answers of an economy to the items of one node, as each replicate draws them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.benchmark.robustness.draws import FULL, Draws, Shared, Sixteens
from app.domain.benchmark.robustness.means import Scores
from app.domain.benchmark.robustness.moved_goalposts import GOALPOSTS
from app.domain.benchmark.robustness.scored_answers import CellState, ScoredAnswers
from app.domain.benchmark.robustness.tree import Branch
from app.domain.scoring.plan import Plan
from app.domain.scoring.tables import Booleans, Floats

_OBSERVED, _MISSING, _UNACCEPTED, _SURVEYED = (
    int(state) for state in (CellState.OBSERVED, CellState.MISSING, CellState.UNACCEPTED, CellState.SURVEYED)
)
_DRAWN = {_MISSING, _SURVEYED}
_NOTHING = np.float64(0)


@dataclass(frozen=True, slots=True)
class Replication:
    """What all nodes of one run share."""

    scheme: Plan
    answers: ScoredAnswers
    draws: Draws
    shared: Shared


@dataclass(frozen=True, slots=True)
class Child:
    """A child's scores, and where it counts: in the replicates named, or in all. `row` numbers it among its siblings."""

    row: int
    scores: Scores
    counts: Booleans | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """One node's answers, laid out once for all economies (E) and items (I).

    `scores`: E x I x 6, under each position of the goalposts as answered and then a category lower. `last`: E x I, an answer
    falls where its draw is not above it.
    """

    states: list[list[int]]
    scores: list[list[list[float]]]
    can_fall: list[list[bool]]
    last: Sixteens


def cells(run: Replication, branch: Branch) -> Cells:
    """Lay out the answers to a node's items."""
    states = run.answers.states[:, branch.items]
    scores = np.concatenate([run.answers.scores[:, :, branch.items], run.answers.lower[:, :, branch.items]])
    limits = np.rint(run.answers.doubt[:, branch.items] * FULL) - 1
    can_fall = (states == _OBSERVED) & (limits >= 0) & (scores[0] > scores[len(GOALPOSTS)])
    return Cells(states.tolist(), np.moveaxis(scores, 0, 2).tolist(), can_fall.tolist(), np.maximum(limits, 0).astype(np.uint16))


def drawn_items(run: Replication, branch: Branch, known: Cells, economy: int) -> Iterator[Child]:
    """Draw an economy's answers to a node's items; items that leave in every replicate are left out."""
    states = known.states[economy]
    falls = _falls(run, branch, known, economy)
    drawn = {_SURVEYED: _errors(run, branch, economy, states), _MISSING: _filled(run, branch, economy, states)}
    for place, (row, state) in enumerate(zip(branch.item_rows, states, strict=True)):
        if state == _OBSERVED:
            fall = falls[place] if falls is not None and known.can_fall[economy][place] else None
            yield Child(row, _observed(known.scores[economy][place], run.shared, fall))
        elif state == _UNACCEPTED:
            yield Child(row, _NOTHING, run.shared.is_nothing)
        elif state in _DRAWN:
            scores = next(drawn[state], None)
            if scores is not None:
                yield Child(row, scores)


def _observed(layers: list[float], shared: Shared, falls: Booleans | None) -> Scores:
    """Return an answer's score under the goalposts of each replicate, a category lower where it falls."""
    high, moved, further, low, _, _ = layers
    is_numeric = high != moved or high != further
    if falls is None:
        return np.array(layers).take(shared.goalposts) if is_numeric else np.float64(high)
    if is_numeric:
        return np.array(layers).take(shared.goalposts + len(GOALPOSTS) * falls)
    return np.where(falls, low, high)


def _falls(run: Replication, branch: Branch, known: Cells, economy: int) -> Booleans | None:
    """Tell which answers fall by a category in which replicates (items x replicates)."""
    if not any(known.can_fall[economy]):
        return None
    drawn = run.draws.doubts(run.answers.economies[economy], branch.code, len(branch.items))
    falls: Booleans = np.less_equal(drawn, known.last[economy][:, None])
    return falls


def _errors(run: Replication, branch: Branch, economy: int, states: list[int]) -> Iterator[Floats]:
    """Draw survey estimates within their standard errors, one surveyed item after the other."""
    survey = run.answers.survey
    if survey is None or _SURVEYED not in states:
        return
    surveyed = branch.items[np.array(states) == _SURVEYED]
    drawn = run.draws.errors(run.answers.economies[economy], branch.code, surveyed.size)
    estimates, widths = (values[economy, surveyed][:, None] for values in (survey.estimates, survey.standard_errors))
    yield from np.clip(estimates + widths * drawn, 0.0, run.scheme.scale)


def _filled(run: Replication, branch: Branch, economy: int, states: list[int]) -> Iterator[Floats]:
    """Fill each missing answer: in half of the replicates another answer nearby, else between nothing and their mean.

    Nearby is the same node; where nothing is answered there, the nearest node above with an answer. Without any: nothing.
    """
    given = _nearby(run, branch, economy) if _MISSING in states else None
    if given is None:
        return
    table, weights = run.answers.scores[:, economy, given], branch.item_weights[given]
    means = (table * weights).sum(axis=1) / weights.sum()
    layers = run.shared.goalposts
    for uniform in run.draws.missing(run.answers.economies[economy], branch.code, states.count(_MISSING)):
        places = (uniform * (2 * given.size)).astype(np.intp)  # half of them beyond the donors
        other = table.take(np.minimum(places, given.size - 1) + layers * given.size)
        yield np.where(places < given.size, other, (2 * uniform - 1) * means.take(layers))


def _nearby(run: Replication, branch: Branch, economy: int) -> NDArray[np.intp] | None:
    """Return the items that an economy answered in the nearest node where it answered any."""
    states = run.answers.states[economy]
    found = (near[states[near] == _OBSERVED] for near in branch.donors)
    return next((near for near in found if near.size), None)
