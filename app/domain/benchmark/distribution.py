"""What a group's scores look like together (docs/method.md 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SMALLEST_FOR_EXTREMES = 8


@dataclass(frozen=True, slots=True)
class Distribution:
    """Counts and quantiles of a group's scores, unrounded. Extremes are one economy's own value, so they need n >= 8."""

    n: int
    mean: float
    q1: float
    median: float
    q3: float
    minimum: float | None
    maximum: float | None


def distribution(scores: Sequence[float]) -> Distribution:
    """Describe at least one score. Quantiles are type 7 (Hyndman and Fan 1996), numpy's default."""
    values = np.sort(np.asarray(scores, dtype=np.float64))
    q1, median, q3 = (float(quantile) for quantile in np.quantile(values, [0.25, 0.5, 0.75]))
    shows_extremes = values.size >= SMALLEST_FOR_EXTREMES
    return Distribution(
        n=int(values.size),
        mean=float(values.mean()),
        q1=q1,
        median=median,
        q3=q3,
        minimum=float(values[0]) if shows_extremes else None,
        maximum=float(values[-1]) if shows_extremes else None,
    )
