"""Made-up schemes and answers to measure with: the shape of real ones, and nobody's own."""

from __future__ import annotations

import numpy as np

from app.domain.benchmark.robustness.alternatives import Alternative, Indicators
from app.domain.benchmark.robustness.scored_answers import CellState, ScoredAnswers
from app.domain.questionnaire.document import Aggregation
from app.domain.questionnaire.items import Goalposts
from app.domain.questionnaire.normalisation import Normalisation, Relative
from app.domain.scoring.plan import Plan, PlannedNode
from app.domain.scoring.tables import Floats

_NORMALISATIONS = (
    Normalisation(method=Relative.MIN_MAX, low=1, high=100),
    Normalisation(method=Relative.Z_SCORE, mean=10, standard_deviation=2),
)
_FORMULAS = (Aggregation.WEIGHTED, Aggregation.GEOMETRIC)
_WEIGHT_SETS = 100
_STATES = {CellState.OBSERVED: 0.94, CellState.MISSING: 0.05, CellState.UNACCEPTED: 0.01}
_DOUBTS = {0.15: 0.3, 0.05: 0.4, 0.0: 0.3}
_NUMERIC = 0.3
"""Shares of cells, answers and items: about what the demonstration has."""


def scheme(items: int, *tiers: int) -> Plan:
    """Lay items out under tiers of so many nodes each, lowest first: `scheme(100, 12, 4, 1)` has 17 nodes."""
    nodes: list[PlannedNode] = []
    below = np.arange(items)
    for tier, count in enumerate(tiers):
        start = items + len(nodes)
        for number, children in enumerate(np.array_split(below, count)):
            weights = 1 + np.arange(children.size) % 3 / 2
            nodes.append(PlannedNode(f"T{tier}N{number:03}", children, weights, Aggregation.WEIGHTED, None, 2 / 3))
        below = np.arange(start, start + count)
    return Plan(tuple(f"I{number:04}" for number in range(items)), tuple(nodes), 100.0)


def answers(plan: Plan, economies: int) -> ScoredAnswers:
    """Make up answers: levels for most items, numbers for the rest, some missing, some without evidence."""
    chance = np.random.default_rng(1)
    shape = (economies, len(plan.items))
    states = chance.choice(list(map(int, _STATES)), p=list(_STATES.values()), size=shape).astype(np.int8)
    levels = 25.0 * chance.integers(0, 5, size=shape)
    shares = chance.random(shape)
    is_number = np.arange(shape[1]) < _NUMERIC * shape[1]
    moved = (shares, (shares + 0.1) / 1.2, np.clip((shares - 0.1) / 0.8, 0, 1))  # goalposts as given, outward and inward
    scores = np.stack([np.where(is_number, 100 * each, levels) for each in moved])
    scores[:, states != CellState.OBSERVED] = np.nan
    doubt = chance.choice(list(_DOUBTS), p=list(_DOUBTS.values()), size=shape)
    names = tuple(f"E{number:05}" for number in range(economies))
    return ScoredAnswers(names, plan.items, states, scores, np.maximum(scores - 25, 0), doubt)


def indicators(economies: int, plan: Plan) -> Indicators:
    """Make up an index of relative indicators, every tenth of them skewed, with 100 weight sets."""
    chance = np.random.default_rng(2)
    values = chance.normal(50, 10, size=(economies, len(plan.items)))
    values[:, ::10] = chance.lognormal(0, 1.5, size=values[:, ::10].shape)
    columns = len(plan.items) + len(plan.nodes)
    weights = {str(number): chance.uniform(0.75, 1.25, columns) for number in range(_WEIGHT_SETS)}
    return Indicators(tuple(f"E{n:05}" for n in range(economies)), plan, values, np.ones(len(plan.items)), weights)


def runs(count: int) -> list[Alternative]:
    """Draw runs: five limits of winsorising, two normalisations, 100 weight sets, two formulas."""
    chance = np.random.default_rng(3)
    return [
        Alternative(
            int(chance.integers(1, 6)),
            _NORMALISATIONS[chance.integers(2)],
            str(chance.integers(_WEIGHT_SETS)),
            _FORMULAS[chance.integers(2)],
        )
        for _ in range(count)
    ]


def raw_numbers(economies: int, items: int) -> tuple[Floats, list[Goalposts]]:
    """Make up numbers (economies x items), one in twenty missing, with the goalposts of each item."""
    chance = np.random.default_rng(4)
    values = chance.uniform(-10, 110, size=(economies, items))
    values[chance.random(values.shape) < _STATES[CellState.MISSING]] = np.nan
    return values, [Goalposts(lo=0, hi=100)] * items
