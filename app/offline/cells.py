"""Takes the filled cells out of a workbook, in a process of its own: `python -I cells.py 0 < workbook > cells.json`.

What a stranger may have made is parsed here, where nothing but a short answer comes out: memory, time and files are limited by
the operating system before the parser is even loaded. So this file imports nothing of ours.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.workbook import Workbook

MEMORY_BYTES = 512 * 1024 * 1024
PROCESSOR_SECONDS = 10
MOST_SHEETS, MOST_ROWS, MOST_CELLS = 300, 20_000, 200_000
MOST_CHARACTERS, MOST_BYTES = 8_000_000, 24_000_000
LONGEST_TITLE = 31  # of a sheet, in any spreadsheet program
LONGEST_TEXT = 32_767
LARGEST_NUMBER = 1e300
_WIDTH = 10
_NO_FILE = 0

Taken = list[str | int | float]


def limit() -> None:
    """Ask the operating system to end this process before it becomes a burden."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_NO_FILE, _NO_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def filled_cells(raw: bytes, width: int = 0) -> list[dict[str, object]]:
    """Return each sheet's name and its filled cells as [row, column, kind, value]; kinds: s, n, p (percent), b, d, f, e.

    `width`: how many columns are looked at, where it is not a review's workbook; whole numbers that are shown with decimals
    then stay decimals."""
    import openpyxl  # noqa: PLC0415 - only once the limits hold

    if not openpyxl.DEFUSEDXML:
        message = "defusedxml is missing"
        raise RuntimeError(message)
    _refuse_document_types(raw)
    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    return [{"name": str(name), "cells": cells} for name, cells in _sheets(book, width)]


def _refuse_document_types(raw: bytes) -> None:
    """No spreadsheet program writes one; entities are refused by the parser, and this refuses what could name another file."""
    sign = "<!DOCTYPE"
    signs = [sign.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")) and any(each in archive.read(name) for each in signs):
                message = "a part has a document type"
                raise ValueError(message)


def _sheets(book: Workbook, width: int) -> Iterator[tuple[str, list[Taken]]]:
    left, characters = MOST_CELLS, 0
    for sheet in book.worksheets[:MOST_SHEETS]:
        sheet.reset_dimensions()  # its declared size may be a lie
        title, found = sheet.title[:LONGEST_TITLE], list[Taken]()  # a title is copied into the place of every cell
        characters += len(title)
        for row in sheet.iter_rows(max_col=width or _WIDTH, max_row=MOST_ROWS):
            found += (taken := [_taken(cell, keeps_decimals=bool(width)) for cell in row if cell.value is not None])
            characters += sum(len(cell[3]) for cell in taken if isinstance(cell[3], str))
            if characters > MOST_CHARACTERS:  # one long text may stand in any number of cells, and is packed only once
                raise MemoryError
            if len(found) >= left:
                break
        left -= len(found)
        if characters > MOST_CHARACTERS:
            raise MemoryError
        yield title, found


def _taken(cell: Cell | MergedCell | ReadOnlyCell, *, keeps_decimals: bool) -> Taken:
    kind, value = _kind_and_value(cell)
    if keeps_decimals and kind == "n" and ".0" in str(cell.number_format):
        value = float(value)
    return [cell.row or 0, cell.column or 0, kind, value]


def _kind_and_value(cell: Cell | MergedCell | ReadOnlyCell) -> tuple[str, str | int | float]:
    value: object = cell.value
    match value:
        case _ if cell.data_type == "f":
            return "f", ""
        case _ if cell.data_type == "e":
            return "e", ""
        case bool():
            return "b", int(value)
        case int() | float() if not abs(value) <= LARGEST_NUMBER:  # infinite ones, and what is no number, are none either
            return "e", ""
        case int() | float():
            return ("p" if "%" in str(cell.number_format) else "n"), value
        case datetime():
            return "d", value.date().isoformat()
        case date():
            return "d", value.isoformat()
        case str():
            return "s", value.replace("_x000D_", "")[:LONGEST_TEXT]
        case time() | _:
            return "e", ""


def main(width: int = 0) -> None:
    """Read the workbook from the standard input, and write its cells as JSON."""
    limit()
    raw = sys.stdin.buffer.read()
    said = json.dumps(filled_cells(raw, width), allow_nan=False)
    if len(said) > MOST_BYTES:  # JSON of this kind is ASCII
        raise MemoryError
    sys.stdout.write(said)


if __name__ == "__main__":
    main(int(sys.argv[1]))
