"""A row of an economy for every table that stands behind the wall, made from what the tables say of themselves.

So a table that is added tomorrow is filled and tried as well, without a word here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint, Column, ColumnElement, Table, insert, select
from sqlmodel import Session, SQLModel

from app.infra import scope, wall
from app.infra.db import Database
from app.kit import clock

Value = str | int | float | bool | UUID | date | None
Row = Mapping[str, Value]
_NAMES = UUID("0d2c51b5-4f52-4c3e-9d55-27a3f1a7c0de")


def walled() -> Iterator[tuple[Table, wall.Wall]]:
    """Name the tables behind the wall, parents first."""
    asked = wall.walled_tables()
    return ((table, asked[table.name]) for table in SQLModel.metadata.sorted_tables if table.name in asked)


def fill(database: Database, economy: str) -> None:
    """Give an economy a row in every such table where it has none, in no scope but its own."""
    for table, put in walled():
        with scope.reading(scope.of_economy(economy)), database.write() as session:
            if session.execute(select(*table.primary_key).where(*_own(table, put, economy))).first() is None:
                session.execute(insert(table).values(row(session, table, economy)))


def row(session: Session, table: Table, economy: str, turn: int = 0) -> Row:
    """Make one row that the table's own rules accept; what may be empty is, unless the wall looks at it."""
    put = wall.wall_of(table)
    assert put is not None
    made: dict[str, Value] = {}
    for column in table.columns:
        if column.name in {*put.columns, "economy"}:
            made[column.name] = economy
        elif not column.nullable:
            made[column.name] = _above(session, column, economy) if column.foreign_keys else _plain(table, column, economy, turn)
    return made


def _own(table: Table, put: wall.Wall, economy: str) -> list[ColumnElement[bool]]:
    return [table.c[name] == economy for name in put.columns]


def _above(session: Session, column: Column[object], economy: str) -> Value:
    """Return the key of a row that this one may stand below: the economy's own, where there is one."""
    (key,) = column.foreign_keys
    above = key.column.table
    statement = select(key.column)
    if "economy" in above.columns:
        statement = statement.where(above.c.economy == economy)
    found: Value = session.scalars(statement.limit(1)).one()
    return found


def _plain(table: Table, column: Column[object], economy: str, turn: int) -> Value:
    name = f"{table.name}.{column.name} of {economy}, {turn}"
    now = clock.now()
    of_type: dict[type, Value] = {
        UUID: uuid5(_NAMES, name),
        bool: False,
        int: turn + 1,
        float: 0.5,
        datetime: now,
        date: now.date(),
    }
    kind = getattr(column.type, "impl_instance", column.type).python_type
    if kind in of_type:
        return of_type[kind]
    length = getattr(column.type, "length", None) or len(name)
    return _first_choice(table, column) or name[-length:]


def _first_choice(table: Table, column: Column[object]) -> str:
    for rule in table.constraints:
        found = re.match(rf"{column.name} in \('(\w+)'", str(rule.sqltext)) if isinstance(rule, CheckConstraint) else None
        if found:
            return found[1]
    return ""
