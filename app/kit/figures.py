"""How figures are printed; rounding for display happens here and nowhere else."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def score(value: float | Decimal, decimals: int = 1) -> str:
    """Print a number with the given decimals, halves rounded up, as people do by hand."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{abs(rounded) if rounded.is_zero() else rounded:f}"


def whole_percent(share: float) -> str:
    """Print a share of 1 as whole per cents, halves rounded up; whoever shows a share says it in this one way."""
    return score(100 * Decimal(repr(share)), 0)
