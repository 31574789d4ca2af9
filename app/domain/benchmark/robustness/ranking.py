"""Who scores higher than whom, and ranks: for use inside only, since no rank is ever shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.domain.scoring.tables import Booleans, Floats

Ranks = NDArray[np.int32]


def ranks(scores: Floats, tolerance: float = 0.0) -> Ranks:
    """Rank each column of economies x replicates: 1 is the highest, ties share the smallest.

    Scores that differ by no more than `tolerance` tie. What stands for a missing score (NaN) is no rank; leave it out.
    """
    _, found = compare(scores, tolerance)
    return found


def compare(scores: Floats, tolerance: float = 0.0) -> tuple[NDArray[np.int64], Ranks]:
    """Count in how many replicates each economy (row) scores higher than each other (column), and rank the replicates."""
    count = len(scores)
    higher = np.zeros((count, count), dtype=np.int64)
    found = np.empty(scores.shape, dtype=np.int32)
    is_higher: Booleans = np.empty(scores.shape, dtype=np.bool_)
    for economy in range(count):
        np.greater(scores, scores[economy] + tolerance, out=is_higher)
        higher[:, economy] = [np.count_nonzero(row) for row in is_higher]
        found[economy] = _sum_of_rows(is_higher)
    found += 1
    return higher, found


def _sum_of_rows(flags: Booleans) -> NDArray[np.int32]:
    """Add up flags over rows, 255 at a time, so that the sums fit a byte."""
    total = np.zeros(flags.shape[1], dtype=np.int32)
    for start in range(0, len(flags), 255):
        total += flags[start : start + 255].view(np.uint8).sum(axis=0, dtype=np.uint8)
    return total
