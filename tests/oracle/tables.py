"""Reading the oracle's tables: CSV with 17 significant digits, `NA` where a value is missing."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).resolve().parent / "data"
_MISSING = ("NA", "")


@dataclass(frozen=True, slots=True)
class Table:
    """One file. `rows`: its first column, as text; `columns`: the other columns that are numbers throughout, whose `values`
    are rows x columns with NaN for `NA`; `texts`: every other column and the first, as text, by its name."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: NDArray[np.float64]
    texts: Mapping[str, tuple[str, ...]]

    def column(self, name: str) -> NDArray[np.float64]:
        """Return one column of numbers."""
        return np.asarray(self.values[:, self.columns.index(name)])

    def select(self, columns: Sequence[str]) -> NDArray[np.float64]:
        """Return some columns of numbers, in this order."""
        return self.values[:, [self.columns.index(name) for name in columns]]

    def where(self, name: str, value: str) -> Table:
        """Return the rows whose text in a column is this."""
        kept = [row for row, text in enumerate(self.texts[name]) if text == value]
        return Table(
            tuple(self.rows[row] for row in kept),
            self.columns,
            self.values[kept],
            {column: tuple(texts[row] for row in kept) for column, texts in self.texts.items()},
        )


@cache
def table(path: str) -> Table:
    """Read a file, named from tests/oracle/data: `table("syn21/y2024/corr/kendall_level1_index.csv")`."""
    with (DATA / path).open(encoding="utf-8", newline="") as file:
        heading, *lines = csv.reader(file)
    columns = list(zip(*lines, strict=True))
    numeric = [at for at in range(1, len(heading)) if all(_is_number(text) for text in columns[at])]
    values = np.array([[_number(columns[at][row]) for at in numeric] for row in range(len(lines))], dtype=np.float64)
    return Table(
        columns[0],
        tuple(heading[at] for at in numeric),
        values.reshape(len(lines), len(numeric)),
        {heading[at]: columns[at] for at in range(len(heading)) if at not in numeric},
    )


def _is_number(text: str) -> bool:
    try:
        _number(text)
    except ValueError:
        return False
    return True


def _number(text: str) -> float:
    return float("nan") if text in _MISSING else float(text)
