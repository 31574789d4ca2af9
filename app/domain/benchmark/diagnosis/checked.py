"""What diagnostics can be computed of: a table of economies by columns, with NaN where a value is missing."""

from __future__ import annotations

import numpy as np

from app.domain.scoring.refusal import refuse
from app.domain.scoring.tables import Floats

_TABLE = 2


def checked(values: Floats, *, fewest: int = 1) -> Floats:
    """Return the table as doubles.

    `values`: economies x columns; `fewest`: economies that the figure needs. Raises Invalid (`scoring.shape`,
    `scoring.no_economy`, `scoring.no_item`, `scoring.not_finite`, `scoring.too_few_economies`) for what is none.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != _TABLE:
        refuse("scoring.shape", "values", "Give a table: one row for each economy, one column for each item or node.")
    rows, columns = table.shape
    if not rows:
        refuse("scoring.no_economy", "values", "There is no economy in the table. Give at least one.")
    if not columns:
        refuse("scoring.no_item", "values", "There is no item in the table. Give at least one.")
    if np.isinf(table).any():
        refuse("scoring.not_finite", "values", "A value is infinite. Correct it; what is missing is left out, not infinite.")
    if rows < fewest:
        refuse("scoring.too_few_economies", "values", f"This needs at least {fewest} economies, and there are {rows}.")
    return table
