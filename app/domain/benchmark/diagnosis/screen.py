"""The screen before any scoring: how much of the data is there, by item, node and economy, and what shape it has.

Definitions as in COINr 1.1.14 (`Screen`, `get_data_avail`, `get_stats`), which the tests compare with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.domain.benchmark.diagnosis.checked import checked
from app.domain.questionnaire.normalisation import Treatment
from app.domain.scoring.refusal import refuse
from app.domain.scoring.tables import Booleans, Floats
from app.domain.scoring.treatment import shape

Columns = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Availability:
    """Shares of the values asked for that are there, 0 to 1; NaN where nothing applies."""

    by_item: Floats
    by_economy: Floats
    by_node: Floats
    """Economies x nodes: the share of the items that feed each node."""


@dataclass(frozen=True, slots=True)
class EconomyScreen:
    """For each economy: values missing, values of zero, the share that is there, and the share of these that is not zero.

    `is_thin`: the share that is there lies below the threshold.
    """

    missing: NDArray[np.intp]
    zeros: NDArray[np.intp]
    available: Floats
    non_zero: Floats
    is_thin: Booleans


@dataclass(frozen=True, slots=True)
class Statistics:
    """One column's distribution; figures are NaN where too few values are there for them.

    `n`: values there; `of`: economies asked; `non_zero`, `unique`, `same`: values other than zero, different values, and
    how often the most frequent one occurs. `sd` divides by n - 1; skewness and excess kurtosis are of type 2 (Joanes and
    Gill 1998); quantiles of type 7 (Hyndman and Fan 1996).
    """

    n: int
    of: int
    minimum: float
    q1: float
    median: float
    q3: float
    maximum: float
    mean: float
    sd: float
    skewness: float
    kurtosis: float
    non_zero: int
    unique: int
    same: int


class Remark(StrEnum):
    """What is worth a look in a column."""

    LOW_AVAILABILITY = "low_availability"
    """Few of the values are there."""
    MANY_ZEROS = "many_zeros"
    """Few of the values asked for are other than zero."""
    FEW_VALUES = "few_values"
    """Few different values: usual for levels and ticks, odd for amounts."""
    OUTLIERS = "outliers"
    """Skewed and heavy-tailed at once."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares of the economies asked below which a column is remarked on; the limits for outliers (COINr's defaults)."""

    available: float = 0.65
    non_zero: float = 0.5
    unique: float = 0.5
    outliers: Treatment = field(default_factory=Treatment)


def availability(
    values: Floats, nodes: Sequence[Columns] = (), *, is_applicable: Booleans | None = None, fewest: int = 1
) -> Availability:
    """Count what is there. `values`: economies x items; `nodes`: for each node, the columns of the items that feed it.

    Raises Invalid as `checked` does, and `scoring.shape` where `is_applicable` has another shape.
    """
    table = checked(values, fewest=fewest)
    applies = np.ones(table.shape, dtype=np.bool_) if is_applicable is None else is_applicable
    if applies.shape != table.shape:
        refuse("scoring.shape", "is_applicable", "Say for each value whether it applies: the same rows and columns.")
    there = np.isfinite(table) & applies
    return Availability(
        by_item=_share(there, applies, axis=0),
        by_economy=_share(there, applies, axis=1),
        by_node=np.array([_share(there[:, columns], applies[:, columns], axis=1) for columns in nodes])
        .reshape(len(nodes), len(table))
        .T,
    )


def screen_economies(values: Floats, *, threshold: float) -> EconomyScreen:
    """Name the economies of which less than `threshold` (0 to 1) of the values are there."""
    table = checked(values)
    there = np.isfinite(table)
    present, zeros = there.sum(axis=1), (table == 0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        non_zero = 1 - zeros / np.where(present, present, np.nan)
    share = present / table.shape[1]
    return EconomyScreen(table.shape[1] - present, zeros, share, non_zero, share < threshold)


def statistics(values: Floats, *, fewest: int = 1) -> list[Statistics]:
    """Describe each column of a table (economies x items). Raises Invalid as `checked` does."""
    return [_describe(column) for column in checked(values, fewest=fewest).T]


def remarks(statistic: Statistics, thresholds: Thresholds) -> frozenset[Remark]:
    """Tell what is worth a look in a column."""
    is_skewed = abs(statistic.skewness) > thresholds.outliers.skewness and statistic.kurtosis > thresholds.outliers.kurtosis
    found = {
        Remark.LOW_AVAILABILITY: statistic.n / statistic.of < thresholds.available,
        Remark.MANY_ZEROS: statistic.non_zero / statistic.of < thresholds.non_zero,
        Remark.FEW_VALUES: statistic.unique / statistic.of < thresholds.unique,
        Remark.OUTLIERS: is_skewed,
    }
    return frozenset(remark for remark, holds in found.items() if holds)


def _share(there: Booleans, applies: Booleans, *, axis: int) -> Floats:
    whole = applies.sum(axis=axis)
    return np.asarray(there.sum(axis=axis) / np.where(whole, whole, np.nan), dtype=np.float64)


def _describe(column: Floats) -> Statistics:
    present = column[np.isfinite(column)]
    missing = float("nan")
    quantiles = np.quantile(present, [0, 0.25, 0.5, 0.75, 1]) if present.size else np.full(5, missing)
    skewness, kurtosis = shape(column)
    counts = np.unique(present, return_counts=True)[1]
    return Statistics(
        n=int(present.size),
        of=int(column.size),
        minimum=float(quantiles[0]),
        q1=float(quantiles[1]),
        median=float(quantiles[2]),
        q3=float(quantiles[3]),
        maximum=float(quantiles[4]),
        mean=float(present.mean()) if present.size else missing,
        sd=float(present.std(ddof=1)) if present.size > 1 else missing,
        skewness=float(skewness),
        kurtosis=float(kurtosis),
        non_zero=int(np.count_nonzero(present)),
        unique=int(counts.size),
        same=int(counts.max(initial=0)),
    )
