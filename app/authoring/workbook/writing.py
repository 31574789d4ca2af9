"""Write a questionnaire as a workbook of its items; texts are written as texts, never as formulas or links."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.authoring.shapes import Control
from app.authoring.workbook.layout import FIELD, HIDDEN_SHEET, ORDER, OTHER, OWN, SIGN, VALUE, Column, Sheet, all_sheets
from app.authoring.workbook.origin import Origin
from app.authoring.workbook.putting_together import Together, rows_of
from app.authoring.workbook.taking_apart import Row, taken_apart
from app.authoring.workbook.values import LONGEST_TEXT, Cell, is_exactly, other_name
from app.domain.drafting.document import DraftDocument
from app.infra.catalogs import Language
from app.infra.language import gettext as _
from app.infra.language import speaking
from app.kit.errors import NotReady
from app.kit.say import mark

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # the same content is the same file at any time, so that it need not be sent again
_WIDE, _MIDDLE, _NARROW = 60, 22, 12
_LONGEST_CHOICES = 255  # characters of a list that is written into its cell
_SPARE_ROWS = 200  # rows below the last that offer the same choices
_TOO_ODD = mark(
    "This draft holds something that no spreadsheet can carry, such as a very long text. Download it as YAML instead."
)


class _Formats:
    def __init__(self, book: Workbook) -> None:
        cell = {"text_wrap": True, "valign": "top", "font_size": 10}
        self.text: Format = book.add_format({**cell, "num_format": "@"})
        self.number: Format = book.add_format({**cell, "align": "left"})
        self.decimal: Format = book.add_format({**cell, "align": "left", "num_format": "0.0##############"})
        self.head: Format = book.add_format({**cell, "bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4A5E"})
        self.help: Format = book.add_format({**cell, "italic": True, "font_color": "#4A5A61", "bg_color": "#EEF3F4"})
        self.title: Format = book.add_format({"bold": True, "font_size": 16, "font_color": "#0B4A5E"})
        self.line: Format = book.add_format({"text_wrap": True, "valign": "top", "font_size": 11})


def items_workbook(document: DraftDocument, origin: Origin, language: Language) -> bytes:
    """Return the workbook of a document: what is read from it again is the same. What no cell can hold raises NotReady."""
    rows = taken_apart(document)
    _must_come_back(document, rows)
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    with speaking(language):
        title = " ".join(filter(None, (origin.questionnaire, origin.version)))
        book.set_properties({"title": title, "comments": origin.content, "created": _NO_DAY})
        formats = _Formats(book)
        _read_me(book.add_worksheet(_("Read me")), formats, title)
        for sheet in all_sheets():
            write = _write_form if sheet.is_form else _write_table
            write(book.add_worksheet(sheet.name), formats, sheet, rows.get(sheet.name, []))
        _hidden(book.add_worksheet(HIDDEN_SHEET), origin)
    book.close()
    return file.getvalue()


def _must_come_back(document: DraftDocument, rows: Mapping[str, Sequence[Row]]) -> None:
    again = Together(dict(rows_of(rows)))
    is_too_long = any(
        isinstance(cell, str) and len(cell) > LONGEST_TEXT for each in rows.values() for row in each for cell in row.values()
    )
    if is_too_long or not is_exactly(again.document().content(), document.content()) or again.problems:
        raise NotReady(_TOO_ODD)


def _read_me(sheet: Worksheet, formats: _Formats, title: str) -> None:
    sheet.set_column(0, 0, 100)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, title, formats.title)
    lines = [
        _(
            "This workbook holds the whole questionnaire. Change it here, and upload it into the draft: you then see "
            "what differs, part by part, and decide."
        ),
        _(
            "Each row of the sheet \u201citems\u201d is a question. Its levels, options and fields stand in sheets of "
            "their own, a row each; the column \u201cof item\u201d says to which question a row belongs."
        ),
        _(
            "To add a question, fill in a row with a code of its own. To take one out, delete its row, and its rows "
            "in the other sheets."
        ),
        _(
            "Questions are put in the order of the numbers in the column \u201corder\u201d, section by section. A row "
            "without a number follows the one above it."
        ),
        _(
            "An empty cell means that nothing is said. Write yes or no where a column asks for it, and several codes "
            "with commas between them."
        ),
        _(
            "A condition is written like this: A1 equals yes. Several stand below each other, after a line that says "
            "\u201call of:\u201d or \u201cany of:\u201d. The words are: equals, in, includes, at_least, answered, and "
            "not before them."
        ),
        _(
            "A cell that begins with \u201cjson:\u201d holds what no plain text can say. Leave it as it is, or ask "
            "whoever manages the questionnaire."
        ),
        _(
            "Rows and columns that begin with # are not read: they are for explanations and for your own notes. Other "
            "sheets are not read either."
        ),
        _(
            "Keep the names of sheets and columns. Write words and numbers, no formulas, and save the file as an "
            "Excel workbook (.xlsx) without macros and password."
        ),
        _(
            "A code that was published never changes. To ask something else, take the question out and add another "
            "with a new code."
        ),
    ]
    for row, line in enumerate(lines, start=2):
        sheet.write_string(row, 0, line, formats.line)


def _write_table(sheet: Worksheet, formats: _Formats, layout: Sheet, rows: Sequence[Row]) -> None:
    columns = [*(_owner(name) for name in layout.owners), *_used(layout, rows)]
    for number, column in enumerate(columns):
        name = _head(layout, column)
        sheet.set_column(number, number, _width(column), formats.number if _is_number(column) else formats.text)
        sheet.write_string(0, number, name, formats.head)
        sheet.write_string(1, number, (f"{OWN} " if number == 0 else "") + column.help, formats.help)
        for line, row in enumerate(rows, start=2):
            if name in row:
                _write(sheet, formats, line, number, row[name])
        _offer(sheet, column, (2, number, len(rows) + _SPARE_ROWS, number))
    sheet.freeze_panes(2, min(len(layout.owners) + 1, 3))
    sheet.autofilter(1, 0, len(rows) + 1, len(columns) - 1)  # from the row of explanations on, which sorting then leaves alone


def _write_form(sheet: Worksheet, formats: _Formats, layout: Sheet, rows: Sequence[Row]) -> None:
    sheet.set_column(0, 0, 30, formats.text)
    sheet.set_column(1, 1, 70, formats.text)
    sheet.set_column(2, 2, _WIDE, formats.help)
    for number, name in enumerate((FIELD, VALUE, f"{OWN} {_('What it is')}")):
        sheet.write_string(0, number, name, formats.head)
    row = rows[0] if rows else {}
    for line, column in enumerate(_used(layout, rows), start=1):
        name = _head(layout, column)
        sheet.write_string(line, 0, name, formats.text)
        sheet.write_string(line, 2, column.help, formats.help)
        if name in row:
            _write(sheet, formats, line, 1, row[name])
        _offer(sheet, column, (line, 1, line, 1))
    sheet.freeze_panes(1, 1)


def _hidden(sheet: Worksheet, origin: Origin) -> None:
    sheet.write_string(0, 0, SIGN)
    for row, (name, value) in enumerate(origin.model_dump(exclude_none=True).items(), start=1):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, str(value))
    sheet.protect()
    sheet.very_hidden()


def _owner(name: str) -> Column:
    words = (
        "Its place in the form, from 1; empty: behind the row above." if name == ORDER else "Code of what this row belongs to."
    )
    return Column((name,), Control.NUMBER if name == ORDER else Control.LINE, words)


def _used(layout: Sheet, rows: Sequence[Row]) -> list[Column]:
    """Return the columns of a sheet: all of the format's, and those for data where a row needs one."""
    needed = dict.fromkeys(name for row in rows for name in row if name not in layout.owners)
    own = [column for column in layout.columns if not column.is_spare or column.name in needed]
    return [*own, *(column for name in needed if name.startswith(OTHER) and (column := layout.column(name)))]


def _head(layout: Sheet, column: Column) -> str:
    return other_name(column.name) if column.is_spare and column not in layout.columns else column.name


def _is_number(column: Column) -> bool:
    return column.control is Control.NUMBER


def _width(column: Column) -> int:
    if column.control is Control.PROSE or column.path[-1] in {"text", "quote"}:
        return _WIDE
    return _NARROW if column.control in {Control.NUMBER, Control.FLAG} else _MIDDLE


def _write(sheet: Worksheet, formats: _Formats, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, formats.number)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell, formats.text)
    else:  # the format tells a decimal from a whole number: 2.0 is written as 2
        sheet.write_number(row, column, cell, formats.decimal if isinstance(cell, float) else formats.number)


def _offer(sheet: Worksheet, column: Column, place: tuple[int, int, int, int]) -> None:
    """Offer what can be chosen; other words are taken too, for the checker to speak of."""
    choices = ("yes", "no") if column.control is Control.FLAG else column.choices
    if column.control in {Control.FLAG, Control.CHOICE} and choices and len(",".join(choices)) <= _LONGEST_CHOICES:
        sheet.data_validation(*place, {"validate": "list", "source": list(choices), "error_type": "warning"})
