"""Refuse figures from which no honest number can come, before any number is computed (codes: docs/errors.md)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.scoring.plan import Plan
from app.kit.errors import Problems

FEWEST_SAMPLES = 2


def check_plan(problems: Problems, scheme: Plan) -> None:
    """Name a scheme without items or nodes; a plan sees to its own weights and scale."""
    if not scheme.items or not scheme.nodes:
        problems.add("items", "scoring.no_item", "There is nothing to score. Give at least one scored item and one node.")


def check_weights(problems: Problems, field: str, weights: NDArray[np.float64]) -> None:
    """Name weights that are missing, infinite, zero or negative."""
    if not np.isfinite(weights).all():
        check_finite(problems, field, weights)
    elif (weights <= 0).any():
        problems.add(field, "scoring.weight_not_positive", "Every weight must be above zero; leave the item out instead.")


def check_finite(problems: Problems, field: str, values: NDArray[np.float64], *, may_miss: bool = False) -> None:
    """Name infinities, and missing values (NaN) where none may be."""
    if not (np.isfinite(values) | (np.isnan(values) if may_miss else False)).all():
        message = "Give finite numbers; only a missing value may be NaN." if may_miss else "Give finite numbers only."
        problems.add(field, "scoring.not_finite", message)


def check_shape(problems: Problems, field: str, found: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    """Name an array whose rows and columns are not those of the others; tell whether it fits."""
    if found != expected:
        problems.add(field, "scoring.shape", f"This has the shape {found}; {expected} belongs to the rest.")
    return found == expected


def check_probabilities(problems: Problems, field: str, values: NDArray[np.float64]) -> None:
    """Name probabilities outside 0 to 1."""
    if not ((values >= 0) & (values <= 1)).all():
        problems.add(field, "scoring.probability", "A probability lies between 0 and 1.")


def check_economies(problems: Problems, economies: Sequence[str]) -> None:
    """Name an empty list of economies, and one that stands in it twice."""
    if not economies:
        problems.add("economies", "scoring.no_economy", "There is nobody to score. Give at least one economy.")
    if len(set(economies)) < len(economies):
        problems.add("economies", "scoring.economy_twice", "An economy stands here twice. Keep one of the two.")


def check_replicates(problems: Problems, replicates: int) -> None:
    """Name a number of replicates below one."""
    if replicates < 1:
        problems.add("replicates", "scoring.replicates", "At least one replicate is needed; 10,000 are usual.")


def check_samples(problems: Problems, samples: int) -> None:
    """Name a number of Sobol samples that is no power of two: only those fill the space evenly (Owen 2020)."""
    if samples < FEWEST_SAMPLES or samples & (samples - 1):
        problems.add("samples", "scoring.samples", "The number of samples must be a power of two, such as 1024.")
