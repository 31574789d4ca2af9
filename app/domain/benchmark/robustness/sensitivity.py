"""Which uncertainty matters most: Sobol indices of every factor (docs/method.md, Uncertainty)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.stats import qmc, sobol_indices

from app.domain.benchmark.robustness.draws import Draws, Factor, PickedDraws, SeededDraws, Shared, seed_of
from app.domain.benchmark.robustness.moved_goalposts import GOALPOSTS
from app.domain.benchmark.robustness.ranking import ranks
from app.domain.benchmark.robustness.replicates import replicate
from app.domain.benchmark.robustness.scored_answers import ScoredAnswers
from app.domain.benchmark.robustness.soundness import check_samples
from app.domain.benchmark.robustness.uncertainty import check, nominal_scores
from app.domain.scoring.plan import Plan
from app.domain.scoring.sheet import METHOD_VERSION
from app.domain.scoring.tables import TOLERANCE, Floats
from app.kit.errors import Problems

SAMPLES = 1_024
"""Samples of each matrix, a power of two. Read the intervals: realisations stand in no order (docs/method.md 10)."""
RESAMPLES = 1_000
CONFIDENCE = 0.9
RANK_CHANGE = "mean_rank_change"
FACTORS = (Factor.WEIGHTS, Factor.AGGREGATION, Factor.GOALPOSTS, Factor.NOT_APPLICABLE, Factor.MISSING, Factor.EVIDENCE)


@dataclass(frozen=True, slots=True)
class Indices:
    """First and total order of every output (rows) and factor (columns); NaN for an output that nothing moves."""

    first: Floats
    total: Floats


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a variance decomposition found.

    `outputs`: each economy's score at the node, and `mean_rank_change`: the mean distance of ranks from the nominal ones,
    over economies, for use inside only. `low` and `high` are the ends of the bootstrap interval.
    """

    node: str
    factors: tuple[str, ...]
    outputs: tuple[str, ...]
    indices: Indices
    low: Indices
    high: Indices
    samples: int
    resamples: int
    confidence: float
    seed: int
    numpy_version: str
    scipy_version: str


def sensitivity(
    scheme: Plan,
    answers: ScoredAnswers,
    node: str,
    *,
    release: str,
    samples: int = SAMPLES,
    resamples: int = RESAMPLES,
) -> Sensitivity:
    """Decompose the variance of the scores at one node. Raises `Invalid` where the figures cannot be computed with.

    Each factor is one coordinate of a scrambled Sobol sequence that picks one of as many ready realisations as there are
    samples. Estimators: Saltelli et al. (2010), table 2 (b) and (f), by `scipy.stats.sobol_indices`.
    """
    problems = Problems()
    check_samples(problems, samples)
    problems.add_unknown("node", [node], [each.code for each in scheme.nodes])
    problems.raise_if_any()
    check(scheme, answers, samples)
    seed = seed_of(release, METHOD_VERSION)
    factors = FACTORS if answers.survey is None else (*FACTORS, Factor.SURVEY)
    ready = SeededDraws(seed, samples)
    chance = np.random.Generator(np.random.PCG64(seed))
    results = _outputs(scheme, answers, node, picked(ready, factors, design(len(factors), samples, chance)))
    indices, low, high = decomposed(results.reshape(len(results), -1, samples), resamples, chance)
    return Sensitivity(
        node=node,
        factors=tuple(factor.name.lower() for factor in factors),
        outputs=(*answers.economies, RANK_CHANGE),
        indices=indices,
        low=low,
        high=high,
        samples=samples,
        resamples=resamples,
        confidence=CONFIDENCE,
        seed=seed,
        numpy_version=np.__version__,
        scipy_version=scipy.__version__,
    )


def design(factors: int, samples: int, chance: np.random.Generator) -> Floats:
    """Return the coordinates of every run (factors x runs): A, then B, then A with one factor of B, for each factor."""
    both = qmc.Sobol(d=2 * factors, scramble=True, rng=chance).random(samples).T
    first, second = both[:factors], both[factors:]
    mixed = np.repeat(first[:, None], factors, axis=1)
    mixed[np.arange(factors), np.arange(factors)] = second
    return np.concatenate([first, second, mixed.reshape(factors, -1)], axis=1)


def picked(ready: Draws, factors: tuple[Factor, ...], coordinates: Floats) -> PickedDraws:
    """Let each coordinate pick a realisation: equal shares of [0, 1) for every one that a factor has."""
    realisations = {Factor.AGGREGATION: 2, Factor.GOALPOSTS: len(GOALPOSTS), Factor.NOT_APPLICABLE: 2}
    picks = {
        factor: (row * realisations.get(factor, ready.replicates)).astype(np.intp)
        for factor, row in zip(factors, coordinates, strict=True)
    }
    decisions = Shared(
        is_geometric=picks[Factor.AGGREGATION] == 1,
        goalposts=picks[Factor.GOALPOSTS],
        is_nothing=picks[Factor.NOT_APPLICABLE] == 1,
    )
    return PickedDraws(ready, decisions, picks)


def decomposed(results: Floats, resamples: int, chance: np.random.Generator) -> tuple[Indices, Indices, Indices]:
    """Return the indices, and the lower and upper ends of their intervals.

    `results`: outputs x (factors + 2) x samples, in the order of `design`. The bootstrap draws samples anew, percentile
    method; it counts how often each sample is drawn, so that one product gives every mean of every resample.
    """
    moves = np.ptp(results, axis=(1, 2)) > TOLERANCE  # below it there is only what arithmetic loses
    shape = (len(results), results.shape[1] - 2)
    found = [Indices(np.full(shape, np.nan), np.full(shape, np.nan)) for _ in range(3)]
    if moves.any():
        by_sample = results[moves]
        first, second, mixed = by_sample[:, 0], by_sample[:, 1], np.moveaxis(by_sample[:, 2:], 1, 0)
        estimate = sobol_indices(func={"f_A": first, "f_B": second, "f_AB": mixed}, n=results.shape[2])
        found[0].first[moves] = estimate.first_order.reshape(-1, shape[1])
        found[0].total[moves] = estimate.total_order.reshape(-1, shape[1])
        again = bootstrapped(by_sample, resamples, chance)
        tail = (1 - CONFIDENCE) / 2
        for end, share in zip(found[1:], (tail, 1 - tail), strict=True):
            end.first[moves] = np.quantile(again.first, share, axis=0)
            end.total[moves] = np.quantile(again.total, share, axis=0)
    return found[0], found[1], found[2]


def bootstrapped(results: Floats, resamples: int, chance: np.random.Generator) -> Indices:
    """Return the indices of every resample (resamples x outputs x factors)."""
    samples = results.shape[2]
    centred = results - results[:, :2].mean(axis=(1, 2), keepdims=True)
    first, second, mixed = centred[:, :1], centred[:, 1:2], centred[:, 2:]
    counts = _counts(resamples, samples, chance)

    def means(terms: Floats) -> Floats:
        return np.asarray(np.tensordot(counts, terms, axes=(1, 2)) / samples, dtype=np.float64)

    variance = means((first**2 + second**2) / 2) - means((first + second) / 2) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return Indices(means(second * (mixed - first)) / variance, means((first - mixed) ** 2) / 2 / variance)


def indices_of_coinr(results: Floats, samples: int) -> Indices:
    """Return the indices as COINr 1.1 computes them from the outputs of its runs, in the order of `design`; 1 x factors.

    S_i = mean(y_B (y_ABi - y_A)) / V and ST_i = mean((y_A - y_ABi)^2) / (2 V), where V is the variance (n - 1) of y_A and
    y_B together. The first is not centred, so it is noisy: for comparing with published analyses only.
    """
    runs = results.reshape(-1, samples)
    first, second, mixed = runs[0], runs[1], runs[2:]
    variance = np.var(runs[:2], ddof=1)
    if variance == 0:
        return Indices(np.full((1, len(mixed)), np.nan), np.full((1, len(mixed)), np.nan))
    first_order = (second * (mixed - first)).mean(axis=1) / variance
    total_order = ((first - mixed) ** 2).mean(axis=1) / (2 * variance)
    return Indices(first_order[None], total_order[None])


def mean_rank_change(ranked: NDArray[np.int32], nominal: NDArray[np.int32]) -> Floats:
    """Return the mean over economies of how far each rank is from the nominal one, for every replicate."""
    return np.asarray(np.abs(ranked - nominal[:, None]).mean(axis=0), dtype=np.float64)


def _outputs(scheme: Plan, answers: ScoredAnswers, node: str, draws: Draws) -> Floats:
    """Return the scores of the economies at the node, and their mean rank change (outputs x runs)."""
    place = [each.code for each in scheme.nodes].index(node)
    nominal = nominal_scores(scheme, answers)[:, place]
    scores = next(each.scores for each in replicate(scheme, answers, draws) if each.code == node)
    is_there = np.isfinite(nominal) & np.isfinite(scores).all(axis=1)
    outputs = np.zeros((len(scores) + 1, scores.shape[1]))
    outputs[:-1][is_there] = scores[is_there]
    if is_there.any():
        ranked = ranks(scores[is_there], TOLERANCE)
        outputs[-1] = mean_rank_change(ranked, ranks(nominal[is_there, None], TOLERANCE)[:, 0])
    return outputs


def _counts(resamples: int, samples: int, chance: np.random.Generator) -> Floats:
    """Count how often each of the samples is drawn in each resample."""
    drawn = chance.integers(samples, size=(resamples, samples)) + samples * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * samples).reshape(resamples, samples).astype(np.float64)
