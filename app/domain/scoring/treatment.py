"""Outliers: pull in the few furthest values, or take logarithms where that is not enough."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.domain.questionnaire.normalisation import Treatment
from app.domain.scoring.tables import Floats

_FEWEST_FOR_KURTOSIS = 4


class Treated(StrEnum):
    """What was done to a column."""

    NOTHING = "nothing"
    WINSORISED = "winsorised"
    LOGARITHM = "logarithm"


@dataclass(frozen=True, slots=True)
class TreatedColumn:
    """A column after treatment. `steps`: values pulled in, each together with its ties."""

    values: Floats
    done: Treated
    steps: int


def treat(values: Floats, limits: Treatment) -> TreatedColumn:
    """Treat one column (NaN where missing).

    While it is skewed, the furthest value becomes the next one, at most `most_winsorised` times; if it is skewed even then,
    the original column is taken to log(x - min + 0.01 range) instead.
    """
    winsorised, steps = values.copy(), 0
    while steps < limits.most_winsorised and is_skewed(winsorised, limits):
        _pull_in_furthest(winsorised)
        steps += 1
    if not is_skewed(winsorised, limits):
        return TreatedColumn(winsorised, Treated.WINSORISED if steps else Treated.NOTHING, steps)
    least, most = np.nanmin(values), np.nanmax(values)
    return TreatedColumn(np.log(values - least + 0.01 * (most - least)), Treated.LOGARITHM, 0)


def is_skewed(values: Floats, limits: Treatment) -> bool:
    """Tell whether a column exceeds both limits; one without spread, or with too few values, does not."""
    skewness, kurtosis = shape(values)
    return bool(abs(skewness) > limits.skewness and kurtosis > limits.kurtosis)


def shape(values: Floats) -> tuple[float, float]:
    """Return sample skewness G1 and excess kurtosis G2 (Joanes and Gill 1998, type 2); NaN where they are not defined."""
    present = values[np.isfinite(values)]
    n = present.size
    if n < _FEWEST_FOR_KURTOSIS or present.min() == present.max():
        return float("nan"), float("nan")
    centred = present - present.mean()
    centred /= np.abs(centred).max()  # the fourth power of a large number would overflow; the shape has no unit
    spread = float(np.mean(centred**2))
    g1 = float(np.mean(centred**3)) / spread**1.5
    g2 = float(np.mean(centred**4)) / spread**2 - 3
    return (
        np.sqrt(n * (n - 1)) / (n - 2) * g1,
        (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6),
    )


def _pull_in_furthest(values: Floats) -> None:
    """Replace the extreme on the long side, with its ties, by the next value."""
    skewness, _ = shape(values)
    extreme = np.nanmin(values) if skewness < 0 else np.nanmax(values)
    others = values[np.isfinite(values) & (values != extreme)]
    values[values == extreme] = others.min() if skewness < 0 else others.max()
