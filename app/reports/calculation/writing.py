"""Writing sheets: formats, headings with widths, and cells by what they hold."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LONGEST_CELL = 32_767
NARROW, MIDDLE, WIDE = 12, 24, 60
Heads = Sequence[tuple[str, int]]


class Formats:
    """How cells look."""

    def __init__(self, book: Workbook) -> None:
        cell = {"text_wrap": True, "valign": "top", "font_size": 10}
        self.cell: Format = book.add_format(cell)
        self.entry: Format = book.add_format({**cell, "bg_color": "#FFF9E5", "border": 1, "border_color": "#D3DDE0"})
        self.head: Format = book.add_format({**cell, "bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4A5E"})
        self.node: Format = book.add_format({**cell, "bold": True, "bg_color": "#E6F0F2"})
        self.title: Format = book.add_format({"bold": True, "font_size": 16})


def begin(sheet: Worksheet, formats: Formats, heads: Heads, rows: int) -> None:
    """Write the headings, keep them in view and on every printed page."""
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, formats.head)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(rows, 1), len(heads) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def put(sheet: Worksheet, row: int, column: int, value: str | float | None, look: Format) -> None:
    """Write one cell; `row` from 1. A text that begins with = is a formula of ours: other texts are written by `put_text`.

    Formulas carry no result: programs that would trust one compute it.
    """
    if value is None or value == "":
        sheet.write_blank(row - 1, column, None, look)
    elif isinstance(value, str) and value.startswith("="):
        sheet.write_formula(row - 1, column, value, look, "")
    elif isinstance(value, str):
        put_text(sheet, row, column, value, look)
    else:
        sheet.write_number(row - 1, column, value, look)


def put_text(sheet: Worksheet, row: int, column: int, value: str, look: Format) -> None:
    """Write what somebody wrote: never a formula or a link."""
    sheet.write_string(row - 1, column, value[:LONGEST_CELL], look)
