"""How the sheets of a review's workbook look: the same calm colours as the questionnaire's own workbook."""

from __future__ import annotations

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.offline.layout import Column

WIDTHS = {
    Column.KEY: 1,
    Column.CODE: 9,
    Column.QUESTION: 40,
    Column.CHOICES: 52,
    Column.ANSWER: 30,
    Column.STATE: 20,
    Column.REASON: 26,
    Column.COMMENT: 34,
    Column.EVIDENCE: 28,
    Column.HELP: 60,
}
_DEEP, _SOFT, _LINE, _ENTRY = "#0B4A5E", "#EEF4F6", "#D3DDE0", "#FFF9E5"
_A4, _MARGIN = 9, 0.4
_LINE_POINTS, _TALLEST = 14, 400


class Formats:
    """The formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        cell = {"text_wrap": True, "valign": "top", "font_size": 10, "bottom": 1, "bottom_color": _LINE}
        self.cell: Format = book.add_format(cell)
        self.code: Format = book.add_format({**cell, "bold": True, "font_color": _DEEP})
        self.question: Format = book.add_format({**cell, "bold": True})
        self.part: Format = book.add_format({**cell, "indent": 1})
        self.quiet: Format = book.add_format({**cell, "font_color": "#5A6B72", "italic": True})
        entry = {**cell, "bg_color": _ENTRY, "border": 1, "border_color": _LINE, "locked": False}
        self.entry: Format = book.add_format({**entry, "align": "left"})
        self.text_entry: Format = book.add_format({**entry, "align": "left", "num_format": "@"})
        self.date_entry: Format = book.add_format({**entry, "align": "left", "num_format": "yyyy-mm-dd"})
        self.closed: Format = book.add_format({**cell, "bg_color": _SOFT})
        self.head: Format = book.add_format({**cell, "bold": True, "font_color": "#FFFFFF", "bg_color": _DEEP, "bottom": 0})
        self.title: Format = book.add_format({"bold": True, "font_size": 16, "font_color": _DEEP, "valign": "vcenter"})
        self.prose: Format = book.add_format({"text_wrap": True, "valign": "top", "font_size": 10, "bg_color": _SOFT})
        self.line: Format = book.add_format({"text_wrap": True, "valign": "top", "font_size": 11})
        self.heading: Format = book.add_format({"bold": True, "font_size": 12, "font_color": _DEEP, "valign": "bottom"})


def prepare(sheet: Worksheet, *, is_right_to_left: bool) -> None:
    """Set up what all visible sheets share: quiet lines, printing on A4, and a locked structure without a password."""
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=_MARGIN, right=_MARGIN)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    if is_right_to_left:
        sheet.right_to_left()


def height_of(text: str, width: int) -> int:
    """Return the height in points that a text takes in a cell so many characters wide; programs do not work it out for joined
    cells."""
    lines = sum(1 + len(line) // max(width, 1) for line in text.split("\n"))
    return min(lines * _LINE_POINTS + 6, _TALLEST)
