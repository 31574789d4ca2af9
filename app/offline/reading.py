"""Bytes become what a workbook says, cell by cell with each one's address; or a refusal that says what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from threading import BoundedSemaphore
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from app.kit.errors import Invalid, Unavailable
from app.kit.say import mark
from app.offline.container import check_container, refusal
from app.offline.layout import ENTRIES, FORMAT, MANIFEST_SHEET, SIGN, Column, Manifest, item_of

_PARSER = Path(__file__).with_name("cells.py")
_SECONDS = 20  # of the wall clock; the parser itself may use ten of the processor
_MOST_AT_ONCE = 2
_WAIT_SECONDS = 5  # longer, and those who wait would take the threads of everybody else
_LONGEST_KEY = 250
_places = BoundedSemaphore(_MOST_AT_ONCE)
_log = structlog.get_logger("readiness")

Kind = Literal["s", "n", "p", "b", "d", "f", "e"]


class Entry(BaseModel):
    """One filled cell: where it stands, and what it holds. Kinds: text, number, percentage, yes or no, date, formula, error."""

    model_config = ConfigDict(frozen=True)

    place: str
    kind: Kind
    value: str | int | float


class ReadWorkbook(BaseModel):
    """What a workbook says: whose it is, which versions its reader saw, and the filled cells by row and column."""

    model_config = ConfigDict(frozen=True)

    manifest: Manifest
    seen: dict[str, int]
    rows: dict[str, dict[int, Entry]]
    twice: dict[str, str]
    """Keys that stand in two rows, with the place of the second: nobody can say which one counts."""
    unfilled: frozenset[str] = frozenset()
    """The keys of the rows, where nothing is filled in in any of them."""

    def items(self) -> frozenset[str]:
        """Return the codes of the questions of which some cell is filled."""
        return frozenset(item_of(key) for key in self.rows)

    def only(self, codes: Collection[str]) -> ReadWorkbook:
        """Return the workbook without the cells of every other question."""
        rows = {key: row for key, row in self.rows.items() if item_of(key) in codes}
        twice = {key: place for key, place in self.twice.items() if item_of(key) in codes}
        return self.model_copy(update={"rows": rows, "twice": twice, "unfilled": frozenset[str]()})


class ReadSheet(BaseModel):
    """The filled cells of one sheet."""

    name: str
    cells: list[tuple[int, int, Kind, str | int | float]]

    def grid(self) -> dict[int, dict[int, tuple[Kind, str | int | float]]]:
        """Return the cells by row, then by column."""
        rows: dict[int, dict[int, tuple[Kind, str | int | float]]] = {}
        for row, column, kind, value in self.cells:
            rows.setdefault(row, {})[column] = (kind, value)
        return rows


class _Sheets(BaseModel):
    sheets: list[ReadSheet]


def read_workbook(raw: bytes) -> ReadWorkbook:
    """Read a workbook that a person sent. Raises Invalid for what is none of ours, or nothing that may be opened."""
    check_container(raw)
    sheets = sheets_of(raw)
    hidden = _hidden_sheet(sheets)
    manifest, seen = _manifest(hidden.grid())
    rows: dict[str, dict[int, Entry]] = {}
    twice: dict[str, str] = {}
    unfilled: set[str] = set()
    for key, place, entries in _keyed_rows(sheet for sheet in sheets if sheet is not hidden):
        if not entries:
            unfilled.add(key)
            continue
        if key in rows and rows[key] != entries:
            twice[key] = place
        rows.setdefault(key, entries)
    return ReadWorkbook(manifest=manifest, seen=seen, rows=rows, twice=twice, unfilled=frozenset(() if rows else unfilled))


def place_of(sheet: str, row: int, column: int) -> str:
    """Name a cell as spreadsheet programs do, with its sheet before it."""
    return f"{sheet}, {chr(ord('A') + column - 1)}{row}"


def sheets_of(raw: bytes, *, width: int = 0) -> list[ReadSheet]:
    """Parse in a process of its own, a few at a time: what a bomb can bring down is that process. `width`: how many columns are
    looked at, where it is not a review's workbook. Call `check_container` before."""
    if not _places.acquire(timeout=_WAIT_SECONDS):
        raise Unavailable
    try:
        command = [sys.executable, "-I", str(_PARSER), str(width)]
        done = subprocess.run(command, input=raw, capture_output=True, timeout=_SECONDS, env={}, check=False)  # noqa: S603 - our own file
    except subprocess.TimeoutExpired as error:
        raise _too_much() from error
    finally:
        _places.release()
    if done.returncode != 0:
        _log.warning("workbook_unreadable", status=done.returncode, last=done.stderr[-200:].decode(errors="replace"))
        raise _too_much() if done.returncode < 0 or b"MemoryError" in done.stderr else _damaged()
    return _Sheets.model_validate({"sheets": json.loads(done.stdout)}).sheets


def _hidden_sheet(sheets: list[ReadSheet]) -> ReadSheet:
    """Find the sheet that says what the workbook is, whatever it is called by now."""
    by_name = sorted(sheets, key=lambda sheet: sheet.name != MANIFEST_SHEET)
    found = next((sheet for sheet in by_name if sheet.grid().get(1, {}).get(1) == ("s", SIGN)), None)
    if found is None:
        words = mark(
            "This workbook was not downloaded from a review, or lost its hidden sheet. Download a workbook from this page, "
            "copy your answers into it, and upload that."
        )
        raise refusal("not_our_workbook", words)
    return found


def _manifest(grid: Mapping[int, Mapping[int, tuple[Kind, str | int | float]]]) -> tuple[Manifest, dict[str, int]]:
    said: dict[str, str | int | float] = {}
    seen: dict[str, int] = {}
    for cells in grid.values():
        (_, name), (_, value), (_, third) = (cells.get(column, ("s", "")) for column in (1, 2, 3))
        if name == "seen" and isinstance(third, int | float) and 0 < third < 2**31:
            seen[str(value)] = int(third)
        elif isinstance(name, str) and name in Manifest.model_fields:
            said[name] = value
    if str(said.get("format", "")) != str(FORMAT):
        words = mark("This workbook is of another release of this service. Download a new one, and copy your answers into it.")
        raise refusal("workbook_of_another_release", words)
    try:
        return Manifest.model_validate(said), seen
    except ValidationError as error:
        raise _damaged() from error


def _keyed_rows(sheets: Iterator[ReadSheet]) -> Iterator[tuple[str, str, dict[int, Entry]]]:
    """Walk every row that has a key; nothing but its entry cells is taken."""
    for sheet in sheets:
        for row, cells in sheet.grid().items():
            kind, key = cells.get(Column.KEY, ("e", ""))
            if kind != "s" or not isinstance(key, str) or len(key) > _LONGEST_KEY:
                continue
            entries = {
                int(column): Entry(place=place_of(sheet.name, row, column), kind=cells[column][0], value=cells[column][1])
                for column in ENTRIES
                if column in cells and not _is_blank(cells[column])
            }
            yield key.strip(), place_of(sheet.name, row, Column.CODE), entries


def _is_blank(cell: tuple[Kind, str | int | float]) -> bool:
    return isinstance(cell[1], str) and cell[0] == "s" and not cell[1].strip()


def _damaged() -> Invalid:
    words = mark(
        "This file is damaged and could not be read. Open it in your spreadsheet program, save it once more as an Excel workbook "
        "(.xlsx), and upload that."
    )
    return refusal("file_damaged", words)


def _too_much() -> Invalid:
    words = mark(
        "Reading this file took more time or memory than any workbook of a review needs, so it was stopped. Download a new "
        "workbook, and copy your answers into it."
    )
    return refusal("file_takes_too_much", words)
