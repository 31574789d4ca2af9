"""Where a score stands among those of its group, without a rank (docs/method.md 5)."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.scoring.tables import TOLERANCE

SMALLEST_FOR_PERCENTILE = 6


def percentile(values: Sequence[float], own: float) -> float | None:
    """Return 100 (below + half of the equal) / n, in (0, 100); None for fewer than 6 scores.

    `values`: the scores of the whole group, `own` among them. Scores within 1e-9 are equal; the own one is equal to itself,
    so nobody stands at 0 or 100.
    """
    if len(values) < SMALLEST_FOR_PERCENTILE:
        return None
    below = sum(value < own - TOLERANCE for value in values)
    equal = sum(abs(value - own) <= TOLERANCE for value in values)
    return 100 * (below + 0.5 * equal) / len(values)
