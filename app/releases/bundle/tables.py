"""The tables of a bundle: which file holds which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.releases import codebook
from app.releases.formats.codes import CODELISTS, DICTIONARY, ITEMS
from app.releases.formats.columns import Row, Table
from app.releases.formats.figures import CELLS, PAIRS, SCORES
from app.releases.formats.writing import table_csv
from app.releases.readable import ReadableRelease


@dataclass(frozen=True, slots=True)
class TableFile:
    """One table as a file of the bundle."""

    path: str
    table: Table
    content: bytes


def table_files(release: ReadableRelease) -> list[TableFile]:
    """Return every table of a release, the figures first."""
    rows: list[tuple[str, Table, Sequence[Row]]] = [
        ("scores.csv", SCORES, release.scores.rows),
        ("cells.csv", CELLS, release.cells.rows),
        ("pairs.csv", PAIRS, release.pairs.rows),
        ("items.csv", ITEMS, codebook.items(release)),
        ("dictionary.csv", DICTIONARY, codebook.dictionary()),
        *((f"codelists/{name}.csv", table, codebook.codelist(release, name)) for name, table in CODELISTS.items()),
    ]
    return [TableFile(path, table, table_csv(table, found)) for path, table, found in rows]
