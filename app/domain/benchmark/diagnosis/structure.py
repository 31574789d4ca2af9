"""Whether items belong together: correlations, Cronbach's alpha, principal components (OECD/JRC Handbook 2008, step 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from app.domain.benchmark.diagnosis.checked import checked
from app.domain.scoring.refusal import refuse
from app.domain.scoring.tables import Floats

_FEWEST_ROWS = 2
_FEWEST_PAIRS = 3
_FLAT = 1e-12


class Correlation(StrEnum):
    """Which kind of correlation."""

    PEARSON = "pearson"
    """Of the values: how straight the line is."""
    SPEARMAN = "spearman"
    """Of the ranks, ties at their mean."""
    KENDALL = "kendall"
    """Of pairs in the same order, less those in opposite order: tau-b, which allows for ties (Kendall 1945)."""


@dataclass(frozen=True, slots=True)
class Components:
    """Principal components of standardised columns, largest first.

    `loadings`: columns x components, each of length one and signed so that its sum is not negative; `shares` of the variance
    add up to one; `centre` and `scale`: mean and standard deviation (n - 1) that the columns were standardised by; `n`: the
    economies without a gap that it rests on.
    """

    eigenvalues: Floats
    shares: Floats
    loadings: Floats
    centre: Floats
    scale: Floats
    n: int


def correlations(values: Floats, others: Floats | None = None, *, method: Correlation = Correlation.PEARSON) -> Floats:
    """Correlate the columns of a table with those of another (or with each other), over the economies that have both.

    Returns columns x columns of `others`; NaN with fewer than 3 such economies, or where one side has no spread. Raises
    Invalid as `checked` does, and `scoring.shape` for tables of different length.
    """
    left = checked(values)
    right = left if others is None else checked(others)
    if len(left) != len(right):
        refuse("scoring.shape", "others", f"Both tables need the same economies: {len(left)} rows here, {len(right)} there.")
    correlate = _METHODS[method]
    found = np.full((left.shape[1], right.shape[1]), np.nan)
    for row in range(left.shape[1]):
        # Of a table with itself, the other half is the mirror image.
        for column in range(row if others is None else 0, right.shape[1]):
            found[row, column] = _of_pair(left[:, row], right[:, column], correlate)
    return found if others is not None else np.where(np.isnan(found), found.T, found)


def cronbach_alpha(values: Floats, *, pairwise: bool = False) -> float:
    """Return Cronbach's alpha (1951), k/(k-1) (1 - sum of variances / sum of covariances), for columns of one node.

    Over the economies without a gap; or, `pairwise`, from covariances over the economies that have both. NaN for one
    column, fewer than 2 such economies, or no spread. Raises Invalid as `checked` does.
    """
    table = checked(values)
    items = table.shape[1]
    covariances = _pairwise_covariances(table) if pairwise else _complete_covariances(table)
    whole = float(covariances.sum())
    if items == 1 or not np.isfinite(whole) or abs(whole) < _FLAT:
        return float("nan")
    alpha: float = items / (items - 1) * (1 - float(np.trace(covariances)) / whole)
    return alpha


def principal_components(values: Floats) -> Components | None:
    """Return the components of the correlation matrix, or None where they are not defined.

    They need two columns with spread each, and 3 economies without a gap. Raises Invalid as `checked` does.
    """
    complete = _without_gaps(checked(values))
    if complete.shape[1] == 1 or len(complete) < _FEWEST_PAIRS:
        return None
    centre, scale = complete.mean(axis=0), complete.std(axis=0, ddof=1)
    if (scale < _FLAT).any():
        return None
    standardised = (complete - centre) / scale
    eigenvalues, vectors = np.linalg.eigh(standardised.T @ standardised / (len(complete) - 1))
    largest_first = np.maximum(eigenvalues[::-1], 0.0)
    return Components(
        eigenvalues=largest_first,
        shares=largest_first / largest_first.sum(),
        loadings=_signed(vectors[:, ::-1]),
        centre=centre,
        scale=scale,
        n=len(complete),
    )


def _of_pair(left: Floats, right: Floats, correlate: Callable[[Floats, Floats], float]) -> float:
    both = np.isfinite(left) & np.isfinite(right)
    x, y = left[both], right[both]
    if len(x) < _FEWEST_PAIRS or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return correlate(x, y)


def _pearson(x: Floats, y: Floats) -> float:
    x, y = x - x.mean(), y - y.mean()
    r = float((x @ y) / np.sqrt((x @ x) * (y @ y)))
    return min(1.0, max(-1.0, r))


def _spearman(x: Floats, y: Floats) -> float:
    return _pearson(_mean_ranks(x), _mean_ranks(y))


def _mean_ranks(x: Floats) -> Floats:
    _, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place], dtype=np.float64)


def _kendall(x: Floats, y: Floats) -> float:
    return float(stats.kendalltau(x, y).statistic)


_METHODS: dict[Correlation, Callable[[Floats, Floats], float]] = {
    Correlation.PEARSON: _pearson,
    Correlation.SPEARMAN: _spearman,
    Correlation.KENDALL: _kendall,
}


def _without_gaps(table: Floats) -> Floats:
    return table[np.isfinite(table).all(axis=1)]


def _complete_covariances(table: Floats) -> Floats:
    complete = _without_gaps(table)
    if len(complete) < _FEWEST_ROWS:
        return np.full((table.shape[1], table.shape[1]), np.nan)
    return np.atleast_2d(np.cov(complete, rowvar=False))


def _pairwise_covariances(table: Floats) -> Floats:
    found = np.full((table.shape[1], table.shape[1]), np.nan)
    for row in range(table.shape[1]):
        for column in range(row, table.shape[1]):
            both = np.isfinite(table[:, row]) & np.isfinite(table[:, column])
            if both.sum() >= _FEWEST_ROWS:
                x, y = table[both, row], table[both, column]
                found[row, column] = found[column, row] = (x - x.mean()) @ (y - y.mean()) / (both.sum() - 1)
    return found


def _signed(vectors: Floats) -> Floats:
    """Turn each vector so that its entries do not add up to less than nothing; one that adds up to nothing, so that its first
    entry of weight is positive."""
    sums = vectors.sum(axis=0)
    firsts = vectors[(np.abs(vectors) > _FLAT).argmax(axis=0), np.arange(vectors.shape[1])]
    return np.asarray(vectors * np.where(np.where(np.abs(sums) > _FLAT, sums, firsts) < 0, -1.0, 1.0), dtype=np.float64)
