"""A table for clients: its columns with type, unit and meaning. Every file format and the data dictionary are made of this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

Value = str | int | float | bool | tuple[str, ...] | None
Row = Mapping[str, Value]

SEPARATOR = ";"
"""Between the entries of a list, where a file has one text for it."""


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TIME = "time"
    """A moment in UTC, as ISO 8601 to the second."""
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `codelist`: the list that its values are codes of. `codes`: every value that it may have, where they are few
    and fixed. `is_optional`: whether it may be absent."""

    name: str
    kind: Kind
    meaning: str
    example: Value = None
    unit: str = ""
    codelist: str | None = None
    codes: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `key`: the columns that tell its rows apart. `links`: columns that together name a row of another table."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    links: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its columns in their order."""
        return tuple(column.name for column in self.columns)

    def only(self, names: Iterable[str]) -> Table:
        """Return the table with these columns, in the order asked for."""
        known = {column.name: column for column in self.columns}
        return replace(self, columns=tuple(known[name] for name in dict.fromkeys(names)))
