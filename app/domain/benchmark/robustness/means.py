"""Weighted means over replicates, as one transformation, a weighted sum, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.domain.scoring.tables import Floats

Scores = Floats | np.float64
"""One child's scores: one a replicate, or the same in all."""
SHIFT = 0.99


@dataclass(frozen=True, slots=True)
class Mean:
    """A quasi-arithmetic mean f^-1(sum(w f(s)) / sum(w)) (Kolmogorov 1930; Nagumo 1930)."""

    forward: Callable[[Scores], Scores]
    back: Callable[[Floats], Floats]


def shifted_geometric(scale: float) -> Mean:
    """Return G: the geometric mean of scores moved from 0..scale to 1..100, and back.

    One zero then does not make everything zero. For the scale 100, G = (exp(sum(w ln(1 + 0.99 s)) / sum(w)) - 1) / 0.99.
    """
    slope = SHIFT * 100 / scale
    return Mean(lambda scores: np.log1p(scores * slope), lambda sums: np.expm1(sums) / slope)


ARITHMETIC = Mean(lambda scores: scores, lambda sums: sums)
GEOMETRIC = Mean(np.log, np.exp)
HARMONIC = Mean(lambda scores: 1 / scores, lambda sums: 1 / sums)

MEANS: Mapping[str, Callable[[float], Mean]] = {
    "arithmetic": lambda _scale: ARITHMETIC,
    "weighted": lambda _scale: ARITHMETIC,
    "geometric": lambda _scale: GEOMETRIC,
    "harmonic": lambda _scale: HARMONIC,
    "shifted_geometric": shifted_geometric,
}
"""By the name that a scheme gives; each made for the scheme's scale."""
