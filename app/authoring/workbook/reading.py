"""A workbook that somebody sent as a document, or a refusal that names the sheet, row and column and says what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from app.authoring.workbook.layout import FIELD, FORMAT, HIDDEN_SHEET, OWN, SIGN, VALUE, Sheet, all_sheets
from app.authoring.workbook.origin import Origin
from app.authoring.workbook.putting_together import MOST_PROBLEMS, At, CellProblem, ReadRow, Together
from app.authoring.workbook.values import Cell
from app.domain.drafting.document import DraftDocument
from app.kit.errors import BadRequest, FieldProblem, Invalid
from app.kit.say import mark, say
from app.kit.strict_json import check_json
from app.offline.container import check_container
from app.offline.reading import Kind, ReadSheet, sheets_of

_SAID = 2  # the column of the hidden sheet that says what the first one names
_WIDTH = 200  # columns that are looked at
_FILE_WORDS = {
    "file_missing": mark("Choose the workbook."),
    "file_unreadable": mark(
        "This file could not be read as a workbook. Upload the XLSX file that you downloaded and changed; if it "
        "was damaged on the way, save it once more."
    ),
    "file_unpacks_too_large": mark("The file unpacks to more than any questionnaire. It was not opened."),
    "file_has_macros_or_links": mark(
        "The workbook holds macros, embedded files or links to other files. Save it as a plain Excel workbook "
        "(.xlsx) without them, and upload that."
    ),
    "file_takes_too_much": mark(
        "Reading this file took more time or memory than any questionnaire needs, so it was stopped. Download a "
        "new workbook, and copy your changes into it."
    ),
}
_NOT_OURS = mark(
    "This workbook was not downloaded from a draft or a version, or lost its hidden sheet. Download the items "
    "as a workbook, copy your changes into it, and upload that."
)
_ANOTHER_RELEASE = mark("This workbook is of another release of this service. Download a new one, and copy your changes into it.")
_FORMULA = mark("The cell holds a formula. Type the value itself.")
_UNREADABLE = mark("The cell holds an error, or a time of day. Type the value itself.")


@dataclass(frozen=True, slots=True)
class ItemsFile:
    """What a workbook says, and what it was made from."""

    origin: Origin
    document: DraftDocument


def read_items_workbook(raw: bytes) -> ItemsFile:
    """Read a workbook of items. Raises Invalid with every problem, each at its sheet, row and column."""
    found = _opened(raw)
    origin = _origin(found)
    reader = _Reader({sheet.name: sheet for sheet in found})
    rows = {sheet.name: reader.rows(sheet) for sheet in all_sheets()}
    _refuse(reader.problems)
    together = Together(rows)
    document = together.document()
    _refuse(together.problems)
    try:
        check_json(document.text().encode())
    except (BadRequest, ValueError) as error:  # half characters cannot be encoded
        words = mark("A cell with data nests too deep, or holds a number or character that cannot be stored.")
        raise Invalid([FieldProblem("file", "bad_data", words)]) from error
    return ItemsFile(origin, document)


def is_workbook(raw: bytes, name: str) -> bool:
    """Tell whether a file is meant as a workbook, by its beginning or its name."""
    return raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or name.lower().endswith((".xlsx", ".xlsm", ".xls"))


def _opened(raw: bytes) -> list[ReadSheet]:
    """Open a file as strictly as a review's workbook is opened; only the words are about questionnaires."""
    try:
        check_container(raw)
        return sheets_of(raw, width=_WIDTH)
    except Invalid as refusal:
        raise Invalid(
            [FieldProblem(each.field, each.code, _FILE_WORDS.get(each.code, each.message)) for each in refusal.problems]
        ) from refusal


def _origin(found: Sequence[ReadSheet]) -> Origin:
    by_name = sorted(found, key=lambda sheet: sheet.name != HIDDEN_SHEET)
    hidden = next((grid for sheet in by_name if (grid := sheet.grid()).get(1, {}).get(1) == ("s", SIGN)), None)
    if hidden is None:
        raise Invalid([FieldProblem("file", "not_our_workbook", _NOT_OURS)])
    said = {str(cells[1][1]): cells[_SAID][1] for cells in hidden.values() if cells.keys() >= {1, _SAID}}
    try:
        origin = Origin.model_validate(said)
    except ValidationError as error:
        raise Invalid([FieldProblem("file", "not_our_workbook", _NOT_OURS)]) from error
    if origin.format != FORMAT:
        raise Invalid([FieldProblem("file", "workbook_of_another_release", _ANOTHER_RELEASE)])
    return origin


class _Reader:
    """Reads the sheets into rows; problems gather on the way."""

    def __init__(self, found: Mapping[str, ReadSheet]) -> None:
        self.found = found
        self.problems: list[CellProblem] = []

    def rows(self, sheet: Sheet) -> list[ReadRow]:
        """Return the rows of a sheet that are read."""
        if sheet.name not in self.found:
            words = mark(
                "This sheet is missing. Put it back as it was, or download a new workbook and copy your changes into it."
            )
            self.problems.append(CellProblem(At(sheet.name, 0), "sheet_missing", words))
            return []
        grid = self.found[sheet.name].grid()
        return self._form(sheet, grid) if sheet.is_form else list(self._table(sheet, grid))

    def _form(self, sheet: Sheet, grid: Mapping[int, Mapping[int, tuple[Kind, Cell]]]) -> list[ReadRow]:
        heads = {str(cell): column for column, (_kind, cell) in grid.get(1, {}).items()}
        cells: dict[str, tuple[Cell, At]] = {}
        for name in (FIELD, VALUE):
            if name not in heads:
                self._missing(sheet, name)
                return []
        for row, line in grid.items():
            name = str(line.get(heads[FIELD], ("s", ""))[1]).strip()
            if row == 1 or not name or name.startswith(OWN):
                continue
            at = At(sheet.name, row, _letters(heads[VALUE]))
            if sheet.column(name) is None or name in cells:
                self._unknown(At(sheet.name, row, _letters(heads[FIELD])), name, is_twice=name in cells)
            elif (cell := self._cell(line.get(heads[VALUE]), at)) is not None:
                cells[name] = (cell, at)
        return [ReadRow(At(sheet.name, 1), cells)]

    def _table(self, sheet: Sheet, grid: Mapping[int, Mapping[int, tuple[Kind, Cell]]]) -> Iterator[ReadRow]:
        heads = self._heads(sheet, grid.get(1, {}))
        first = min(heads, default=1)
        for row, line in grid.items():
            if row == 1 or str(line.get(first, ("s", ""))[1]).lstrip().startswith(OWN):
                continue
            cells: dict[str, tuple[Cell, At]] = {}
            for column, name in heads.items():
                at = At(sheet.name, row, _letters(column))
                if (cell := self._cell(line.get(column), at)) is not None:
                    cells[name] = (cell, at)
            if cells:
                yield ReadRow(At(sheet.name, row), cells)

    def _heads(self, sheet: Sheet, line: Mapping[int, tuple[Kind, Cell]]) -> dict[int, str]:
        """Return the columns that are read by their numbers; one that is missing, unknown or there twice is named."""
        heads: dict[int, str] = {}
        for column, (_kind, cell) in line.items():
            name = str(cell).strip()
            if not name or name.startswith(OWN):
                continue
            if name in heads.values() or (name not in sheet.owners and sheet.column(name) is None):
                self._unknown(At(sheet.name, 1, _letters(column)), name, is_twice=name in heads.values())
            heads[column] = name
        for name in (*sheet.owners, *(column.name for column in sheet.columns if not column.is_spare)):
            if name not in heads.values():
                self._missing(sheet, name)
        return heads

    def _cell(self, cell: tuple[Kind, Cell] | None, at: At) -> Cell | None:
        """Return what a cell holds; a formula is named and not taken: what it comes to depends on where it is opened."""
        if cell is None:
            return None
        kind, value = cell
        if kind in {"f", "e"}:
            code, words = ("cell_formula", _FORMULA) if kind == "f" else ("cell_unreadable", _UNREADABLE)
            self.problems.append(CellProblem(at, code, words))
            return None
        return bool(value) if kind == "b" else value

    def _unknown(self, at: At, name: str, *, is_twice: bool) -> None:
        if is_twice:
            words = say("{name} is there twice. Take one of the two out.", name=name)
            self.problems.append(CellProblem(at, "column_twice", words))
            return
        words = say("{name} is no field of the format. Correct the name, or write # before it: it is then not read.", name=name)
        self.problems.append(CellProblem(at, "unknown_column", words))

    def _missing(self, sheet: Sheet, name: str) -> None:
        words = say(
            "The column {name} is missing. Put it back, or download a new workbook and copy your changes into it.", name=name
        )
        self.problems.append(CellProblem(At(sheet.name, 1), "column_missing", words))


def _refuse(problems: Sequence[CellProblem]) -> None:
    if problems:
        raise Invalid([FieldProblem("file", each.code, _placed(each)) for each in problems[:MOST_PROBLEMS]])


def _placed(problem: CellProblem) -> str:
    at = problem.at
    if at.column:
        return say(
            "Sheet {sheet}, row {row}, column {column}: {message}",
            sheet=at.sheet,
            row=at.row,
            column=at.column,
            message=problem.message,
        )
    if at.row:
        return say("Sheet {sheet}, row {row}: {message}", sheet=at.sheet, row=at.row, message=problem.message)
    return say("Sheet {sheet}: {message}", sheet=at.sheet, message=problem.message)


def _letters(column: int) -> str:
    """Return the letters of a column, counted from 1: A to Z, AA and so on."""
    before, last = divmod(column - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + last)
