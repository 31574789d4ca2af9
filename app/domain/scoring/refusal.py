"""Refusals of what cannot be scored, before any number is computed: a code, the part at fault, and what to do."""

from __future__ import annotations

from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from app.kit.errors import FieldProblem, Invalid


def refuse(code: str, field: str, message: str) -> NoReturn:
    """Raise Invalid with one problem."""
    raise Invalid([FieldProblem(field, code, message)])


def refuse_unless_positive(weights: NDArray[np.float64], field: str) -> None:
    """Raise Invalid unless all weights are finite and above zero."""
    if not (np.isfinite(weights) & (weights > 0)).all():
        refuse("scoring.weight_not_positive", field, f"Give every child of {field} a weight above zero.")
