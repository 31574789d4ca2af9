"""The alternatives of a composite index: treatment, normalisation, weights and formula, each run a choice of all four.

For indices that are built from indicators relative to each other (OECD/JRC Handbook 2008, step 7), and for replaying their
published analyses. Runs are computed together: those that share data and formula are one small product a node.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.benchmark.means import MEANS, Mean
from app.domain.benchmark.soundness import check_economies, check_finite, check_plan, check_shape, check_weights
from app.domain.questionnaire.document import Aggregation
from app.domain.scoring.aggregate import Plan
from app.domain.scoring.relative import Relative, relative
from app.domain.scoring.rounding import Floats
from app.domain.scoring.treatment import Limits, is_skewed, treat
from app.kit.errors import Problems


@dataclass(frozen=True, slots=True)
class Normalisation:
    """A method with its range (`min_max`) or its mean and standard deviation (`z_score`)."""

    method: Relative
    low: float = 0.0
    high: float = 1.0


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
    scores = np.full((len(indicators.economies), len(runs)), np.nan)
    alike: dict[tuple[int, Normalisation, Aggregation], list[int]] = {}
    for place, run in enumerate(runs):
        alike.setdefault((run.most_winsorised, run.normalisation, run.aggregation), []).append(place)
    treated = {most: _treated(indicators, most) for most in {run.most_winsorised for run in runs}}
    for (most, normalisation, aggregation), places in alike.items():
        normalised = relative(treated[most], normalisation.method, low=normalisation.low, high=normalisation.high)
        weights = np.array([indicators.weights[runs[place].weights] for place in places])
        scores[:, places] = _index(indicators.scheme, normalised, weights, aggregation)
    return scores


def _treated(indicators: Indicators, most: int) -> Floats:
    limits = Limits(most_winsorised=most)
    values = indicators.values.copy()
    for column in range(values.shape[1]):
        if is_skewed(values[:, column], limits):
            values[:, column] = treat(values[:, column], limits).values
    return values * indicators.directions


def _index(scheme: Plan, normalised: Floats, weights: Floats, aggregation: Aggregation) -> Floats:
    """Aggregate all nodes of all runs (economies x runs). Between levels a mean's own form is kept: no way back and forth."""
    mean: Mean = MEANS[aggregation.value](scheme.scale)
    if aggregation in {Aggregation.GEOMETRIC, Aggregation.HARMONIC} and (normalised <= 0).any():
        problems = Problems()
        problems.add("normalisation", "scoring.not_positive", "A geometric or harmonic mean needs scores above zero.")
        problems.raise_if_any()
    forms = np.asarray(mean.forward(normalised), dtype=np.float64)
    nodes: dict[int, Floats] = {}
    for column, node in enumerate(scheme.nodes, start=len(scheme.items)):
        items, below = (node.children[mask] for mask in (node.children < len(scheme.items), node.children >= len(scheme.items)))
        present = np.isfinite(forms[:, items])
        whole = present.astype(np.float64) @ weights[:, items].T
        sums = np.where(present, forms[:, items], 0.0) @ weights[:, items].T
        for child in below:
            is_there = np.isfinite(nodes[child])
            whole += is_there * weights[:, child]
            sums += np.where(is_there, nodes[child], 0.0) * weights[:, child]
        with np.errstate(invalid="ignore"):
            nodes[column] = sums / whole  # 0 / 0: nothing there
    return mean.back(nodes[column])


def _check(indicators: Indicators, runs: Sequence[Alternative]) -> None:
    problems = Problems()
    check_plan(problems, indicators.scheme)
    check_economies(problems, indicators.economies)
    check_shape(problems, "values", indicators.values.shape, (len(indicators.economies), len(indicators.scheme.items)))
    check_finite(problems, "values", indicators.values, may_miss=True)
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
