"""Rows as they stand in a backup: one form for both databases, a line of JSON each, and a hash that no order changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, Float, Integer, MetaData, String, Table, TableClause, Text, Uuid, column, table
from sqlmodel import AutoString

from app.infra.tables import UtcTime

Plain = str | int | float | bool | None
_MODULUS = 1 << 256

_TYPES: Mapping[str, Uuid[UUID] | UtcTime | Date | Boolean | BigInteger | Float[float] | Text] = {
    "uuid": Uuid(),
    "time": UtcTime(),
    "date": Date(),
    "boolean": Boolean(),
    "integer": BigInteger(),
    "real": Float(53),
    "text": Text(),
}
# The first that fits: a BigInteger is an Integer, a Text is a String.
_KINDS: Sequence[tuple[type[object], str]] = (
    (Uuid, "uuid"),
    (UtcTime, "time"),
    (Date, "date"),
    (Boolean, "boolean"),
    (Integer, "integer"),
    (Float, "real"),
    (String, "text"),
    (AutoString, "text"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column and the kind of its values, which both databases know."""

    name: str
    kind: str


class Tally:
    """How many rows there are, and a hash over all of them that does not depend on their order."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        """Count one row."""
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(sha256(line).digest())) % _MODULUS

    @property
    def hash(self) -> str:
        """The sum of the SHA-256 of every row."""
        return f"{self._sum:064x}"


def columns_of(found: Table) -> tuple[Column, ...]:
    """Return the columns of a table of ours; one whose values a backup does not know is a fault of the program."""
    return tuple(Column(one.name, _kind_of(one.type)) for one in found.columns)


def tables_in(metadata: MetaData) -> Mapping[str, tuple[Column, ...]]:
    """Return all tables and their columns, those that others point to first."""
    return {found.name: columns_of(found) for found in metadata.sorted_tables}


def as_table(name: str, columns: Iterable[Column]) -> TableClause:
    """Return a table to read or write, of any age of the schema."""
    return table(name, *(column(one.name, _TYPES[one.kind]) for one in columns))


def line_of(columns: Sequence[Column], row: Sequence[object]) -> bytes:
    """Return a row as one line; the same row gives the same line on both databases."""
    values = [_plain(one.kind, value) for one, value in zip(columns, row, strict=True)]
    return json.dumps(values, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode()


def row_of(columns: Sequence[Column], line: bytes) -> dict[str, object]:
    """Return the row of a line; raises ValueError where it is none."""
    values = json.loads(line)
    if not isinstance(values, list):
        message = "A row is a list."
        raise TypeError(message)
    return {one.name: _value(one.kind, value) for one, value in zip(columns, values, strict=True)}


def is_kind(kind: str) -> bool:
    """Tell whether this program knows such values."""
    return kind in _TYPES


def _kind_of(found: object) -> str:
    for type_, kind in _KINDS:
        if isinstance(found, type_):
            return kind
    message = f"A backup does not know values of the type {found!r}; add it to app/keeping/rows.py."
    raise LookupError(message)


def _plain(kind: str, value: object) -> Plain:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return float(value) if kind == "real" else value
    return str(value)


def _value(kind: str, value: Plain) -> object:
    if value is None:
        return None
    if kind == "uuid":
        return UUID(str(value))
    if kind == "time":
        return datetime.fromisoformat(str(value))
    return date.fromisoformat(str(value)) if kind == "date" else value
