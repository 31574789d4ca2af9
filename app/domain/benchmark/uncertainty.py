"""How far each score may be trusted: ranges, bands and comparisons over many replicates (docs/method.md, Uncertainty)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.benchmark.draws import Draws, SeededDraws, seed_of
from app.domain.benchmark.means import MEANS
from app.domain.benchmark.ranking import Ranks, compare
from app.domain.benchmark.replicates import replicate
from app.domain.benchmark.scored_answers import CellState, ScoredAnswers, check_scored_answers
from app.domain.benchmark.soundness import check_plan, check_replicates
from app.domain.questionnaire.document import Band
from app.domain.scoring.aggregate import Booleans, Plan, aggregate
from app.domain.scoring.rounding import Floats
from app.domain.scoring.sheet import METHOD_VERSION, TOLERANCE
from app.kit.errors import Problems

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
REPLICATES = 10_000
"""The Monte Carlo error of q05 and q95 is then about 0.021 standard deviations of the score; with 1,000 it is 0.067."""
SURE_OF_BAND = 0.8
"""A band is shown alone from this probability on; else a range of bands is."""
SURE_OF_HIGHER = 0.95
"""One economy is said to score higher than another from this probability on."""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What an analysis found: for economies (E) and nodes (N), NaN where a node has no score in any replicate.

    `nominal`: E x N, the scores that stand; they are the headline, never the mean of replicates. `quantiles`: 5 x E x N.
    `in_band`: E x N x bands, probabilities. `higher`: N x E x E, the probability that the row's economy scores higher than
    the column's. `rank_quantiles`: 5 x E x N, for use inside only. `scored`: E x N, the share of replicates with a score.
    """

    economies: tuple[str, ...]
    nodes: tuple[str, ...]
    bands: tuple[str, ...]
    nominal: Floats
    quantiles: Floats
    in_band: Floats
    higher: Floats
    rank_quantiles: Floats
    scored: Floats
    replicates: int
    seed: int | None
    method_version: str
    numpy_version: str


def uncertainty(
    scheme: Plan, answers: ScoredAnswers, bands: Sequence[Band], *, release: str, replicates: int = REPLICATES
) -> Uncertainty:
    """Analyse a release with draws of its own seed. Raises `Invalid` where the figures cannot be computed with."""
    return analysed(scheme, answers, bands, SeededDraws(seed_of(release, METHOD_VERSION), replicates))


def analysed(scheme: Plan, answers: ScoredAnswers, bands: Sequence[Band], draws: Draws) -> Uncertainty:
    """Analyse with given draws. Nodes stand in the order of the plan."""
    check(scheme, answers, draws.replicates)
    codes = tuple(node.code for node in scheme.nodes)
    floors = np.array([band.floor for band in bands], dtype=np.float64)
    economies = len(answers.economies)
    found = Uncertainty(
        economies=answers.economies,
        nodes=codes,
        bands=tuple(band.code for band in bands),
        nominal=nominal_scores(scheme, answers),
        quantiles=np.full((len(QUANTILES), economies, len(codes)), np.nan),
        in_band=np.full((economies, len(codes), len(bands)), np.nan),
        higher=np.full((len(codes), economies, economies), np.nan),
        rank_quantiles=np.full((len(QUANTILES), economies, len(codes)), np.nan),
        scored=np.zeros((economies, len(codes))),
        replicates=draws.replicates,
        seed=draws.seed if isinstance(draws, SeededDraws) else None,
        method_version=METHOD_VERSION,
        numpy_version=np.__version__,
    )
    for node in replicate(scheme, answers, draws):
        _describe(found, codes.index(node.code), node.scores, floors)
    return found


def check(scheme: Plan, answers: ScoredAnswers, replicates: int) -> None:
    """Raise `Invalid` that names everything from which no number can come."""
    problems = Problems()
    check_plan(problems, scheme)
    for node in scheme.nodes:
        if node.aggregation.value not in MEANS:
            message = f"This mean cannot be replicated. Choose from: {', '.join(MEANS)}."
            problems.add(f"aggregation.{node.code}", "scoring.aggregation", message)
    check_scored_answers(problems, scheme, answers)
    check_replicates(problems, replicates)
    problems.raise_if_any()


def nominal_scores(scheme: Plan, answers: ScoredAnswers) -> Floats:
    """Return the scores that stand (economies x nodes): missing answers leave, "not applicable" leaves."""
    applies = (answers.states != CellState.UNACCEPTED) & (answers.states != CellState.LEFT_OUT)
    return aggregate(scheme, answers.nominal, applies).scores[:, len(scheme.items) :]


def shown_bands(nominal: int, probabilities: Sequence[float], enough: float = SURE_OF_BAND) -> tuple[int, int]:
    """Return the first and last band to show for a score whose own band is `nominal`.

    Its band alone where that is probable enough; else the range grows to the more probable neighbour until it is.
    """
    first = last = nominal
    while sum(probabilities[first : last + 1]) < enough and (first > 0 or last < len(probabilities) - 1):
        below = probabilities[first - 1] if first > 0 else -1.0
        above = probabilities[last + 1] if last < len(probabilities) - 1 else -1.0
        first, last = (first - 1, last) if below >= above else (first, last + 1)
    return first, last


def _describe(found: Uncertainty, column: int, scores: Floats, floors: Floats) -> None:
    """Write one node's figures into the result's own arrays."""
    higher, ranked = compare(scores, TOLERANCE)
    is_there = np.isfinite(scores)
    counts = np.count_nonzero(is_there, axis=1)
    found.scored[:, column] = counts / found.replicates
    found.quantiles[:, :, column] = _quantiles(np.sort(scores, axis=1), counts)  # NaN stands at the end
    found.rank_quantiles[:, :, column] = _rank_quantiles(ranked, is_there, counts)
    reached = [np.count_nonzero(scores >= floor - TOLERANCE, axis=1) for floor in floors]
    with np.errstate(invalid="ignore"):
        found.in_band[:, column] = -np.diff([*reached, np.zeros_like(counts)], axis=0).T / counts[:, None]
        together = is_there.astype(np.float64) @ is_there.T
        found.higher[column] = higher / together


def _quantiles(in_order: Floats, counts: NDArray[np.intp]) -> Floats:
    """Return quantiles of type 7 (Hyndman and Fan 1996) of the first values of each row; NaN where there are none."""
    places = np.array(QUANTILES)[:, None] * np.maximum(counts - 1, 0)
    below = places.astype(np.intp)
    rows = np.arange(len(in_order))
    low, high = in_order[rows, below], in_order[rows, np.minimum(below + 1, np.maximum(counts - 1, 0))]
    return np.asarray(low + (places - below) * (high - low), dtype=np.float64)


def _rank_quantiles(ranked: Ranks, is_there: Booleans, counts: NDArray[np.intp]) -> Floats:
    """Return quantiles of ranks, by counting how often each was held."""
    found = np.full((len(QUANTILES), len(ranked)), np.nan)
    for economy in np.flatnonzero(counts):
        held = np.bincount(ranked[economy] if is_there[economy].all() else ranked[economy, is_there[economy]])
        places = np.array(QUANTILES) * (counts[economy] - 1)
        below = places.astype(np.intp)
        low, high = (np.searchsorted(held.cumsum(), place, side="right") for place in (below, np.ceil(places)))
        found[:, economy] = low + (places - below) * (high - low)
    return found
