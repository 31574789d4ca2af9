"""The alternatives of a composite index: treatment, normalisation, weights and formula, each run a choice of all four.

For indices that are built from indicators relative to each other (OECD/JRC Handbook 2008, step 7), and for replaying their
published analyses. Runs are computed together: those that share data and formula are one small product a node.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.benchmark.robustness.means import MEANS, Mean
from app.domain.benchmark.robustness.soundness import check_economies, check_finite, check_plan, check_shape, check_weights
from app.domain.questionnaire.document import Aggregation
from app.domain.questionnaire.normalisation import Normalisation, Treatment
from app.domain.scoring.plan import Plan
from app.domain.scoring.relative import relative
from app.domain.scoring.tables import Booleans, Floats
from app.domain.scoring.treatment import Treated, treat
from app.kit.errors import Problems


@dataclass(frozen=True, slots=True)
class Alternative:
    """One run: values pulled in at most so often, a normalisation, a weight set by its name, and the formula of all nodes."""

    most_winsorised: int
    normalisation: Normalisation
    weights: str
    aggregation: Aggregation


@dataclass(frozen=True, slots=True)
class Indicators:
    """What an index is made of.

    `values`: economies x items of the plan, NaN where missing; `directions`: 1 where more is better, -1 where less is;
    `weights`: for each name a weight for every item and node of the plan, in its order (the root's own counts for nothing).
    """

    economies: tuple[str, ...]
    scheme: Plan
    values: Floats
    directions: Floats
    weights: Mapping[str, Floats]


def replay(indicators: Indicators, runs: Sequence[Alternative]) -> Floats:
    """Return the score of the last node of the plan, for every economy (rows) in every run (columns).

    Raises `Invalid` for values from which no number can come, and for logarithms or inverses of what is not above zero.
    """
    _check(indicators, runs)
    numbers = {name: place for place, name in enumerate(indicators.weights)}
    weights = np.array(list(indicators.weights.values())).T
    alike: dict[tuple[int, Normalisation, Aggregation], list[int]] = {}
    for place, run in enumerate(runs):
        alike.setdefault((run.most_winsorised, run.normalisation, run.aggregation), []).append(place)
    treated = _treated(indicators, {run.most_winsorised for run in runs})
    scores = np.empty((len(indicators.economies), len(runs)))
    for (most, normalisation, aggregation), places in alike.items():
        normalised = relative(treated[most], normalisation, indicators.scheme.scale)
        picked = weights.take([numbers[runs[place].weights] for place in places], axis=1)
        scores[:, places] = _index(indicators.scheme, normalised, picked, aggregation)
    return scores


def _treated(indicators: Indicators, mosts: Collection[int]) -> dict[int, Floats]:
    """Treat all columns for several numbers of values that may be pulled in, and turn them so that more is better.

    A column that needs more steps than a run allows takes logarithms there, so each is winsorised once, as far as any allows.
    """
    found = {most: indicators.values.copy() for most in mosts}
    furthest = Treatment(most_winsorised=max(mosts))
    for column in np.flatnonzero(_may_be_skewed(indicators.values, furthest)):
        values = indicators.values[:, column]
        treated = treat(values, furthest)
        if treated.done is not Treated.NOTHING:
            logarithms = treat(values, Treatment(most_winsorised=0)).values
            for most in mosts:
                reaches = treated.done is Treated.WINSORISED and treated.steps <= most
                found[most][:, column] = treated.values if reaches else logarithms
    return {most: values * indicators.directions for most, values in found.items()}


def _may_be_skewed(values: Floats, limits: Treatment) -> Booleans:
    """Screen all columns at once by their skewness; what is near the limit or above is for `treat` to judge."""
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = values - np.nanmean(values, axis=0)
        squares = centred * centred
        skewness = np.nanmean(squares * centred, axis=0) / np.nanmean(squares, axis=0) ** 1.5
    n = np.isfinite(values).sum(axis=0)
    most = np.sqrt(n * (n - 1)) / np.maximum(n - 2, 1) * np.abs(skewness)
    return np.asarray(~(most < limits.skewness * (1 - 1e-9)), dtype=np.bool_)


def _index(scheme: Plan, normalised: Floats, weights: Floats, aggregation: Aggregation) -> Floats:
    """Aggregate all nodes of all runs (economies x runs). `weights`: items and nodes x runs.

    Between levels a mean stays in its own form, such as the logarithm: there is no way back and forth.
    """
    mean = _mean(scheme, normalised, aggregation)
    forms = np.asarray(mean.forward(normalised), dtype=np.float64)
    is_known = np.isfinite(forms)
    is_whole = bool(is_known.all())
    present, known = is_known.astype(np.float64), np.where(is_known, forms, 0.0)
    nodes: dict[int, Floats] = {}
    for column, node in enumerate(scheme.nodes, start=len(scheme.items)):
        own = node.children < len(scheme.items)
        items, below = node.children[own], node.children[~own].tolist()
        counted = weights[items]
        sums = known[:, items] @ counted
        whole = counted.sum(axis=0) if is_whole else present[:, items] @ counted
        for child in below:
            is_there = np.True_ if is_whole else np.isfinite(nodes[child])
            whole = whole + is_there * weights[child]
            sums += (nodes[child] if is_whole else np.where(is_there, nodes[child], 0.0)) * weights[child]
        with np.errstate(invalid="ignore"):
            nodes[column] = sums / whole  # 0 / 0: nothing there
    return mean.back(nodes[column])


def _mean(scheme: Plan, normalised: Floats, aggregation: Aggregation) -> Mean:
    problems = Problems()
    if aggregation in {Aggregation.GEOMETRIC, Aggregation.HARMONIC} and (normalised <= 0).any():
        problems.add("normalisation", "scoring.not_positive", "A geometric or harmonic mean needs scores above zero.")
    problems.raise_if_any()
    return MEANS[aggregation.value](scheme.scale)


def _check(indicators: Indicators, runs: Sequence[Alternative]) -> None:
    problems = Problems()
    check_plan(problems, indicators.scheme)
    check_economies(problems, indicators.economies)
    check_shape(problems, "values", indicators.values.shape, (len(indicators.economies), len(indicators.scheme.items)))
    check_finite(problems, "values", indicators.values, may_miss=True)
    if np.isnan(indicators.values).all(axis=0).any():
        problems.add("values", "scoring.nothing_observed", "Nobody has a value of one item. Leave it out of the index.")
    check_shape(problems, "directions", indicators.directions.shape, (len(indicators.scheme.items),))
    if not np.isin(indicators.directions, (-1.0, 1.0)).all():
        problems.add("directions", "scoring.direction", "A direction is 1 where more is better, or -1 where less is.")
    for name, weights in indicators.weights.items():
        columns = len(indicators.scheme.items) + len(indicators.scheme.nodes)
        if check_shape(problems, f"weights.{name}", weights.shape, (columns,)):
            check_weights(problems, f"weights.{name}", weights)
    if not runs:
        problems.add("runs", "scoring.replicates", "Give at least one run.")
    problems.add_unknown("runs", [run.weights for run in runs if run.weights not in indicators.weights], list(indicators.weights))
    problems.raise_if_any()
