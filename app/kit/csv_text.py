"""CSV that a spreadsheet opens as text and numbers, never as formulas (RFC 4180; OWASP CSV injection)."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence

Cell = str | int | float | bool | None
MEDIA_TYPE = "text/csv; charset=utf-8"

# A spreadsheet skips blanks and quotes before the sign, and takes the full-width signs for the plain ones.
_FORMULA = re.compile("[ \"'\u00a0\u3000]*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def csv_text(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the table; numbers stay exact numbers, an absent value (None) is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(header) for header in headers])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    if not math.isfinite(value):
        problem = "a table holds numbers; say why one is absent in a column of its own"
        raise ValueError(problem)
    return repr(value)
