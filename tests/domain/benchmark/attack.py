"""What a reader who keeps every copy can compute: the narrowest range of one economy's score, by integer programming.

Written from the definition of the figures alone (docs/method.md 5), without a look at the guard. The reader knows who is in
which figure, which is more than the service says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from app.domain.benchmark.distribution import Distribution

SCALE = 100.0
_TOLERANCE = 1e-7  # of the solver
_SOLVED, _OUT_OF_TIME = 0, 1

Unknown = tuple[str, str]
"""A node and a contributor: one score."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was once shown of a cell."""

    node: str
    contributors: frozenset[str]
    shown: Distribution


@dataclass(slots=True)
class _Program:
    """Linear constraints over scores, and over binaries that say on which side of a figure a score lies."""

    columns: dict[object, int] = field(default_factory=dict)
    binaries: set[int] = field(default_factory=set)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def column(self, name: object) -> int:
        return self.columns.setdefault(name, len(self.columns))

    def side(self) -> int:
        column = self.column(("side", len(self.columns)))
        self.binaries.add(column)
        return column

    def require(self, terms: Mapping[int, float], low: float, high: float = math.inf) -> None:
        self.rows.append((dict(terms), low, high))

    def extreme(self, column: int, sign: int) -> float:
        """Minimise sign times a column. Of an unfinished search the solver's bound counts, which never narrows too much."""
        matrix = np.zeros((len(self.rows), len(self.columns)))
        for k, (terms, _, _) in enumerate(self.rows):
            for place, factor in terms.items():
                matrix[k, place] += factor
        objective = np.zeros(len(self.columns))
        objective[column] = sign
        is_binary = np.array([int(place in self.binaries) for place in range(len(self.columns))])
        found = milp(
            objective,
            constraints=LinearConstraint(matrix, [row[1] for row in self.rows], [row[2] for row in self.rows]),
            bounds=Bounds(np.zeros(len(self.columns)), np.where(is_binary == 1, 1.0, SCALE)),
            integrality=is_binary,
            options={"mip_rel_gap": 0.0, "time_limit": 1.0},
        )
        assert found.status in {_SOLVED, _OUT_OF_TIME}, found.message
        if found.mip_dual_bound is None:
            return 0.0 if sign > 0 else SCALE
        return min(max(sign * float(found.mip_dual_bound), 0.0), SCALE)


def derived_range(
    figures: Sequence[Figure],
    known: Mapping[Unknown, float],
    victim: Unknown,
    *,
    weights: Mapping[str, Mapping[str, float]] | None = None,
) -> tuple[float, float]:
    """Return the lowest and the highest score that the victim can have, given figures and the scores that the reader knows.

    `weights`: for each node made of others, the share of each. Quantiles that lie between two scores are used as bounds of
    both, which is a little less than they tell.
    """
    program = _Program()
    for figure in figures:
        _add_figure(program, figure)
    contributors = {each for figure in figures for each in figure.contributors} | {each for _, each in known}
    for above, shares in (weights or {}).items():
        for each in contributors:
            terms = {program.column((below, each)): share for below, share in shares.items()}
            program.require({**terms, program.column((above, each)): -1.0}, -_TOLERANCE, _TOLERANCE)
    for unknown, score in known.items():
        program.require({program.column(unknown): 1.0}, score - _TOLERANCE, score + _TOLERANCE)
    column = program.column(victim)
    return program.extreme(column, 1), program.extreme(column, -1)


def _add_figure(program: _Program, figure: Figure) -> None:
    columns = [program.column((figure.node, each)) for each in sorted(figure.contributors)]
    n, shown = len(columns), figure.shown
    program.require(dict.fromkeys(columns, 1.0), n * shown.mean - _TOLERANCE, n * shown.mean + _TOLERANCE)
    quantiles = [(0.25, shown.q1), (0.5, shown.median), (0.75, shown.q3), (0.0, shown.minimum), (1.0, shown.maximum)]
    for share, value in quantiles:
        if value is not None:
            position = share * (n - 1)
            _at_least(program, columns, math.floor(position) + 1, value, is_below=True)
            _at_least(program, columns, n - math.ceil(position), value, is_below=False)


def _at_least(program: _Program, columns: Sequence[int], count: int, value: float, *, is_below: bool) -> None:
    """Require that some number of scores lie on one side of a figure, or on it."""
    sides = []
    for column in columns:
        side = program.side()
        sides.append(side)
        if is_below:
            program.require({column: -1.0, side: value - SCALE}, -SCALE - _TOLERANCE)
        else:
            program.require({column: 1.0, side: -value}, -_TOLERANCE)
    program.require(dict.fromkeys(sides, 1.0), count)
