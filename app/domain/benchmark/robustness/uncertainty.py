"""How far each score may be trusted: ranges, bands and comparisons over many replicates (docs/method.md, Uncertainty)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.benchmark.robustness.draws import Draws, SeededDraws, seed_of
from app.domain.benchmark.robustness.means import MEANS
from app.domain.benchmark.robustness.ranking import Ranks, compare
from app.domain.benchmark.robustness.replicates import NodeReplicates, replicate
from app.domain.benchmark.robustness.scored_answers import CellState, ScoredAnswers, check_scored_answers
from app.domain.benchmark.robustness.soundness import check_plan, check_replicates
from app.domain.questionnaire.document import Band
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.plan import Plan
from app.domain.scoring.sheet import METHOD_VERSION
from app.domain.scoring.tables import TOLERANCE, Floats
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
        _describe(found, codes.index(node.code), node, floors)
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
    return aggregate(scheme, answers.nominal, applies).scores


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


def _describe(found: Uncertainty, column: int, node: NodeReplicates, floors: Floats) -> None:
    """Write one node's figures into the result's own arrays."""
    higher, ranked = compare(node.scores, TOLERANCE)
    is_there = np.isfinite(node.scores)
    counts = is_there.sum(axis=1)
    in_order = np.sort(node.scores, axis=1)  # NaN stands at the end
    found.scored[:, column] = counts / found.replicates
    found.quantiles[:, :, column] = _quantiles(in_order, counts)
    found.rank_quantiles[:, :, column] = _rank_quantiles(ranked if node.is_whole else np.where(is_there, ranked, 0), counts)
    below = np.array([values.searchsorted(floors - TOLERANCE) for values in in_order])
    reached = np.maximum(counts[:, None] - below, 0)
    together = is_there.astype(np.float64) @ is_there.T
    with np.errstate(invalid="ignore"):
        found.in_band[:, column] = -np.diff(reached, append=0, axis=1) / counts[:, None]
        found.higher[column] = higher / together


def _quantiles(in_order: Floats, counts: NDArray[np.intp]) -> Floats:
    """Return quantiles of type 7 (Hyndman and Fan 1996) of the first values of each row; NaN where there are none."""
    places = np.array(QUANTILES)[:, None] * np.maximum(counts - 1, 0)
    below = places.astype(np.intp)
    rows = np.arange(len(in_order))
    low, high = in_order[rows, below], in_order[rows, np.minimum(below + 1, np.maximum(counts - 1, 0))]
    return np.asarray(low + (places - below) * (high - low), dtype=np.float64)


def _rank_quantiles(ranked: Ranks, counts: NDArray[np.intp]) -> Floats:
    """Return quantiles of ranks by counting how often each was held; rank 0 is none."""
    economies = len(ranked)
    numbered = ranked + (economies + 1) * np.arange(economies)[:, None]
    held = np.bincount(numbered.ravel(), minlength=economies * (economies + 1)).reshape(economies, economies + 1)
    no_better = held[:, 1:].cumsum(axis=1)
    places = np.array(QUANTILES)[:, None] * np.maximum(counts - 1, 0)
    below = places.astype(np.intp)
    low, high = ((no_better <= at[:, :, None]).sum(axis=2) + 1 for at in (below, np.ceil(places)))
    return np.where(counts > 0, low + (places - below) * (high - low), np.nan)
