"""Normalisations that depend on who takes part: for published indices that use them, never for the readiness review.

Each works on columns of raw values (economies x items, NaN where missing), already turned so that more is better: one
economy that joins or leaves moves every other, which is why the review uses fixed goalposts (docs/method.md 2).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.domain.questionnaire.normalisation import Normalisation, Relative
from app.domain.scoring.tables import Floats


def relative(values: Floats, normalisation: Normalisation, scale: float) -> Floats:
    """Return the scores of columns of raw values, in points of the scheme's scale (ranks: as counted; z-scores: on their own).

    A column without spread has no scale, and becomes NaN; so does a missing value.
    """
    least, most = _ends(values)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        placed = np.where(least < most, _METHODS[normalisation.method](values), np.nan)
    match normalisation.method:
        case Relative.MIN_MAX:
            low = 0.0 if normalisation.low is None else normalisation.low
            high = scale if normalisation.high is None else normalisation.high
            placed = low + (high - low) * placed
        case Relative.Z_SCORE:
            placed = placed * normalisation.standard_deviation + normalisation.mean
        case Relative.RANK | Relative.BORDA:
            pass
        case _:
            placed = placed * scale
    return np.where(np.isfinite(placed), placed, np.nan)


def _ends(values: Floats) -> tuple[Floats, Floats]:
    """Return the smallest and largest value of each column; infinite where it is empty."""
    missing = np.isnan(values)
    least = np.where(missing, np.inf, values).min(axis=0, initial=np.inf)
    return np.asarray(least), np.asarray(np.where(missing, -np.inf, values).max(axis=0, initial=-np.inf))


def _min_max(values: Floats) -> Floats:
    least, most = _ends(values)
    return np.asarray((values - least) / (most - least), dtype=np.float64)


def _z_score(values: Floats) -> Floats:
    n = np.isfinite(values).sum(axis=0)
    least, most = _ends(values)
    within = (values - least) / (most - least)  # the squares of very large or small numbers would leave the range of doubles
    centred = within - np.nansum(within, axis=0) / n
    return np.asarray(centred / np.sqrt(np.nansum(centred**2, axis=0) / (n - 1)), dtype=np.float64)


def _distance_to_maximum(values: Floats) -> Floats:
    least, most = _ends(values)
    return np.asarray(1 - (most - values) / (most - least), dtype=np.float64)


def _fraction_of_maximum(values: Floats) -> Floats:
    _least, most = _ends(values)
    return np.asarray(values / most, dtype=np.float64)


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
