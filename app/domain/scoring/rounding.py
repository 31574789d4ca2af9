"""Rounding of published tiers, by the rules that published indices use."""

from __future__ import annotations

import numpy as np

from app.domain.questionnaire.document import Rounding
from app.domain.scoring.tables import Floats


def rounded(scores: Floats, rounding: Rounding | None) -> Floats:
    """Round each score; missing ones (NaN) stay missing."""
    if rounding is None:
        return scores
    match rounding.rule:
        case "half_up":
            power = 10.0**rounding.decimals
            return np.floor(scores * power + 0.5) / power
        case "half_even":
            return np.round(scores, rounding.decimals)
        case "r4":
            return _nearer_candidate(scores, rounding.decimals)


def _nearer_candidate(scores: Floats, decimals: int) -> Floats:
    """Pick the nearer of the two neighbours with so many decimals, in the arithmetic of doubles; even ones at a tie.

    The rule of R since 4.0.0 (R NEWS; "Rounding to Decimal Digits in Binary", Maechler 2020), for decimals below 16.
    """
    power = 10.0**decimals
    scaled = scores * power
    below, above = np.floor(scaled) / power, np.ceil(scaled) / power
    to_below, to_above = scores - below, above - scores
    is_even = np.mod(np.floor(scaled), 2) == 0
    return np.where((to_below < to_above) | ((to_below == to_above) & is_even), below, above)
