"""What missing answers could be worth: simple fillings, for comparison only. No score of a review is ever imputed.

Definitions as in COINr 1.1.14 (`i_mean`, `i_median`, `i_mean_grp`, `i_median_grp`, rows within a group) and the OECD/JRC
Handbook (2008), step 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.domain.benchmark.diagnosis.checked import checked
from app.domain.scoring.refusal import refuse
from app.domain.scoring.tables import Floats


class Middle(StrEnum):
    """What a missing value is replaced by."""

    MEAN = "mean"
    MEDIAN = "median"


def impute(values: Floats, middle: Middle, *, groups: Sequence[str] | None = None) -> Floats:
    """Fill each column with its mean or median; with `groups` (one for each economy), that of the economy's own group.

    `values`: economies x items. What has nothing to be filled from stays missing. Raises Invalid as `checked` does, and
    `scoring.shape` where groups do not fit.
    """
    table = checked(values)
    if groups is not None and len(groups) != len(table):
        refuse("scoring.shape", "groups", f"Name a group for each of the {len(table)} economies.")
    if groups is None:
        return _filled(table, _middles(table, middle))
    result, of_group = table.copy(), np.array(groups)
    for group in sorted(set(groups)):
        rows = of_group == group
        result[rows] = _filled(table[rows], _middles(table[rows], middle))
    return result


def impute_by_own_mean(values: Floats, nodes: Sequence[NDArray[np.intp]]) -> Floats:
    """Fill each economy's gaps with the mean of its own values in the same node (the columns of its items).

    Values of one node must share a scale. A node of which an economy has nothing stays missing. Raises Invalid as `checked`.
    """
    result = checked(values).copy()
    for columns in nodes:
        result[:, columns] = _filled(result[:, columns].T, _middles(result[:, columns].T, Middle.MEAN)).T
    return result


def _middles(table: Floats, middle: Middle) -> Floats:
    found = np.full(table.shape[1], np.nan)
    for column in range(table.shape[1]):
        present = table[np.isfinite(table[:, column]), column]
        if present.size:
            found[column] = present.mean() if middle is Middle.MEAN else np.median(present)
    return found


def _filled(table: Floats, middles: Floats) -> Floats:
    return np.where(np.isnan(table), middles, table)
