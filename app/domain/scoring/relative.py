"""Normalisations that depend on who takes part: for published indices that use them, never for the readiness review.

Each works on columns of raw values (economies x items, NaN where missing), already turned so that more is better: one
economy that joins or leaves moves every other, which is why the review uses fixed goalposts (docs/method.md 2).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from app.domain.scoring.rounding import Floats


class Relative(StrEnum):
    """The methods a scheme may name; definitions as in the OECD/JRC Handbook (2008), step 5."""

    MIN_MAX = "min_max"
    """The smallest value scores nothing, the largest everything."""
    Z_SCORE = "z_score"
    """Standard deviations (n - 1) from the mean."""
    DISTANCE_TO_MAXIMUM = "distance_to_maximum"
    """One less the distance to the largest value, as a share of the range."""
    FRACTION_OF_MAXIMUM = "fraction_of_maximum"
    """The value as a share of the largest."""
    RANK = "rank"
    """The number of economies that do worse, plus one; ties share the smallest."""
    BORDA = "borda"
    """The number of economies that do worse."""
    PERCENT_RANK = "percent_rank"
    """The share of the other economies that do worse."""


def relative(values: Floats, method: Relative, *, low: float = 0.0, high: float = 1.0) -> Floats:
    """Normalise each column.

    For `min_max`, `low` and `high` are the ends of the new range; for `z_score` its new mean and standard deviation; other
    methods take neither. A column without spread has no scale: it becomes NaN.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        result = _METHODS[method](values)
    if method is Relative.MIN_MAX:
        result = low + (high - low) * result
    elif method is Relative.Z_SCORE:
        result = result * high + low
    return np.where(np.isfinite(result), result, np.nan)


def _min_max(values: Floats) -> Floats:
    least, most = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    return np.asarray((values - least) / (most - least), dtype=np.float64)


def _z_score(values: Floats) -> Floats:
    return np.asarray((values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0, ddof=1), dtype=np.float64)


def _distance_to_maximum(values: Floats) -> Floats:
    least, most = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    return np.asarray(1 - (most - values) / (most - least), dtype=np.float64)


def _fraction_of_maximum(values: Floats) -> Floats:
    return np.asarray(values / np.nanmax(values, axis=0), dtype=np.float64)


def _worse(values: Floats) -> Floats:
    """Count, for each value, the smaller ones of its column, by one sort a column."""
    counts = np.full(values.shape, np.nan)
    for column in range(values.shape[1]):
        present = np.isfinite(values[:, column])
        ordered = np.sort(values[present, column])
        counts[present, column] = np.searchsorted(ordered, values[present, column], side="left")
    return counts


def _rank(values: Floats) -> Floats:
    return _worse(values) + 1


def _percent_rank(values: Floats) -> Floats:
    return np.asarray(_worse(values) / (np.isfinite(values).sum(axis=0) - 1), dtype=np.float64)


_METHODS: dict[Relative, Callable[[Floats], Floats]] = {
    Relative.MIN_MAX: _min_max,
    Relative.Z_SCORE: _z_score,
    Relative.DISTANCE_TO_MAXIMUM: _distance_to_maximum,
    Relative.FRACTION_OF_MAXIMUM: _fraction_of_maximum,
    Relative.RANK: _rank,
    Relative.BORDA: _worse,
    Relative.PERCENT_RANK: _percent_rank,
}
