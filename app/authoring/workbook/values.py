"""A field of the format as what stands in a cell, and back, so that nothing is lost: what a cell cannot say plainly is data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from app.authoring.shapes import Control
from app.authoring.workbook.conditions import condition_text, read_condition
from app.authoring.workbook.layout import OTHER, OWN, Column
from app.domain.drafting.conditions import number_of, number_text

Cell = str | int | float | bool
LONGEST_TEXT = 32_767
DATA = "json:"
_MOST = 2**53
_LARGEST = 1e300  # beyond it the reader of workbooks takes no number
# What the file format, or one of the programs that read it, would not bring back as it was.
_FRAGILE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|x005F_")
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}


class UnreadableCell(ValueError):
    """What a cell holds cannot be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def cell_of(column: Column, value: object, types: Mapping[str, str], *, is_first: bool = False) -> Cell:
    """Return what stands in a cell for a value: plainly where it comes back as it is, else as data. `is_first`: it stands where
    rows of the committee's own begin with a sign."""
    plain = _plain(column, value, types)
    if plain is not None and not (is_first and isinstance(plain, str) and plain.startswith(OWN)):
        try:
            if is_exactly(value_of(column, plain, types), value):
                return plain
        except UnreadableCell:
            pass
    return as_data(value)


def value_of(column: Column, cell: Cell, types: Mapping[str, str]) -> object:
    """Return what a cell means for its field, None for nothing; raise UnreadableCell for what means nothing at all."""
    if isinstance(cell, str):
        if not cell.strip():
            return None
        if cell.lstrip().startswith(DATA):
            return _read_data(cell.lstrip().removeprefix(DATA))
    readers: dict[Control, Callable[[Cell], object]] = {
        Control.FLAG: _flag,
        Control.NUMBER: _read_number,
        Control.FIXED: lambda cell: _read_number(cell) if all(map(str.isdigit, column.choices)) else _text(cell).strip(),
        Control.LIST: lambda cell: [part.strip() for part in re.split("[,\n]", _text(cell)) if part.strip()],
        Control.CONDITION: lambda cell: _condition(_text(cell), types),
        Control.PROSE: _text,
    }
    if column.control is None:
        return cell
    return readers.get(column.control, _line)(cell)


def as_data(value: object) -> str:
    """Write a value as data."""
    return f"{DATA} {_json(value)}"


def other_name(name: str) -> str:
    """Return the name of the column of a field that the format does not know."""
    return f"{OTHER}{_json(name)}"


def is_exactly(one: object, other: object) -> bool:
    """Tell whether two values are written alike: 1 is not 1.0, and the order of fields says nothing."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _json(value: object) -> str:
    """Write JSON in signs that every program brings back."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if not _FRAGILE.search(text):
        return text
    plain = json.dumps(value, allow_nan=False).replace("\x7f", "\\u007f")
    return plain.replace("_x", "\\u005fx").replace("x005F", "x005\\u0046")


def _plain(column: Column, value: object, types: Mapping[str, str]) -> Cell | None:
    """Return what a person would type for a value; None where nobody could."""
    text: str | None = None
    if isinstance(value, bool):
        return ("yes" if value else "no") if column.control is Control.FLAG else value if column.control is None else None
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        text = value
    elif column.control is Control.CONDITION:
        text = condition_text(value, types)
    elif column.control is Control.LIST and isinstance(value, list) and all(isinstance(each, str) for each in value):
        text = ", ".join(map(str, value))
    return None if text is None or len(text) > LONGEST_TEXT or _FRAGILE.search(text) else text


def _number(value: float) -> Cell:
    """Return a number as it is, where a cell keeps all of it; else as text, with every figure."""
    if isinstance(value, int):
        return value if abs(value) <= _MOST else str(value)
    is_kept = repr(value) != "-0.0" and abs(value) <= _LARGEST and repr(float(f"{value:.16G}")) == repr(value)
    return value if is_kept else repr(value)


def _flag(cell: Cell) -> object:
    return _FLAGS.get(cell.strip().lower(), cell.strip()) if isinstance(cell, str) else cell


def _read_number(cell: Cell) -> object:
    return number_of(cell.strip()) if isinstance(cell, str) else cell


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell if isinstance(cell, str) else number_text(cell)


def _line(cell: Cell) -> object:
    return _text(cell).strip()


def _condition(text: str, types: Mapping[str, str]) -> object:
    if text.lstrip().startswith("{"):
        return _read_data(text)
    try:
        return read_condition(text, types)
    except ValueError as error:
        raise UnreadableCell("bad_condition") from error


def _read_data(text: str) -> object:
    try:
        read: object = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UnreadableCell("bad_data") from error
    return read


def _refuse(word: str) -> object:
    raise ValueError(word)
