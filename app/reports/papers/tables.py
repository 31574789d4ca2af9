"""The tables of a paper as a workbook (XLSX): a sheet each, numbers unrounded."""

from __future__ import annotations

import io
import re
from datetime import datetime

from xlsxwriter import Workbook

from app.infra.language import gettext as _
from app.reports.calculation.writing import MIDDLE, Formats, begin, put, put_text
from app.reports.papers.blocks import Paper, Table

_README = "README"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]|[^\u0000-\uffff]")
_LONGEST = 31


def tables(paper: Paper, made_at: datetime) -> bytes:
    """Return the workbook. Texts are written as texts: what a person wrote is never a formula or a link."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": paper.title, "author": paper.author, "created": made_at.replace(tzinfo=None)})
    formats = Formats(book)
    _write_about(book, formats, paper)
    taken = {_README.lower()}
    for table in (block for block in paper.blocks if isinstance(block, Table) and block.sheet):
        sheet = book.add_worksheet(_sheet_name(table.sheet, taken))
        rows = table.exact or table.rows
        begin(sheet, formats, [(head, MIDDLE) for head in table.exact_heads or table.heads], len(rows))
        for row, cells in enumerate(rows, 2):
            for column, value in enumerate(cells):
                if isinstance(value, str):
                    put_text(sheet, row, column, value, formats.cell)
                else:
                    put(sheet, row, column, value, formats.cell)
    book.close()
    return file.getvalue()


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that a sheet may have: authors write titles as they like, and two may be alike."""
    plain = " ".join(_FORBIDDEN.sub(" ", wanted).split()).strip("'") or "Sheet"
    name, number = plain[:_LONGEST], 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: _LONGEST - 4]} {number}"
    taken.add(name.lower())
    return name


def _write_about(book: Workbook, formats: Formats, paper: Paper) -> None:
    sheet = book.add_worksheet(_README)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, paper.title, formats.title)
    notes = [(_("Note"), note) for note in (*paper.cover.boxes, *paper.cover.foot)]
    for row, (label, words) in enumerate((*paper.cover.facts, *notes), 3):
        put_text(sheet, row, 0, label, formats.cell)
        put_text(sheet, row, 1, words, formats.cell)
