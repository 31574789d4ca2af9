"""The second wall between economies: the database itself gives a transaction only the rows of its scope, whatever is asked.

The first wall is the condition in each statement. On PostgreSQL row-level security stands behind it (a migration makes the
policies); on SQLite, which has none, a view of a connection's own stands before each table, statements read the views, and
triggers of the connection's own refuse to write what lies outside of the scope.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, FromClause, Table, func, select
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlmodel import SQLModel

from app.infra import scope

_log = structlog.get_logger("readiness")
_KEY = "wall"
_SUFFIX = "_in_scope"
_FUNCTION = "readiness_scope"
REFUSAL = "this row belongs to an economy outside of the scope"
_PASSES = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_STANDING = """SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity
AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'wall')"""
_SQLITE_SCOPE = f"(SELECT {_FUNCTION}())"
_POSTGRESQL_SCOPE = f"(SELECT current_setting('{scope.SETTING}', true))"


@dataclass(frozen=True, slots=True)
class Wall:
    """What a row's economy is known by: columns of its own (any of them), or the parent that a column names.

    `shown`: a condition, in SQL, of rows that others may read as well; `why_shown` says why."""

    columns: tuple[str, ...] = ()
    column: str = ""
    parent: str = ""
    shown: str = ""
    why_shown: str = ""

    def inside(self, dialect: str, row: str) -> str:
        """Return the condition under which a row lies in the scope; `row` names it in SQL."""
        if not self.parent:
            own = (_is_among(dialect, f'{row}."{column}"') for column in self.columns)
            return " OR ".join((_is_everything(dialect), *own))
        above = self._above()
        # PostgreSQL holds the parent's rows to their own wall by itself.
        is_held = dialect == "postgresql" and not above.shown
        return f"{_is_everything(dialect)} OR {self._parent(row, '' if is_held else above.inside(dialect, _quoted(self.parent)))}"

    def shown_to_others(self, row: str) -> str:
        """Return the condition under which a row may be read out of the scope; empty where none may."""
        if not self.parent:
            return self.shown.format(row=row)
        shown = self._above().shown_to_others(_quoted(self.parent))
        return self._parent(row, shown) if shown else ""

    def _above(self) -> Wall:
        above = wall_of(SQLModel.metadata.tables[self.parent])
        if above is None:
            message = f"{self.parent} has no wall that a row of it could stand behind."
            raise LookupError(message)
        return above

    def _parent(self, row: str, condition: str) -> str:
        same = f'"{self.parent}".id = {row}."{self.column}"'
        return f'EXISTS (SELECT 1 FROM "{self.parent}" WHERE {same}{f" AND ({condition})" if condition else ""})'  # noqa: S608 - names of our own tables


def put_wall(table: type[SQLModel], *columns: str, shown: str = "", why_shown: str = "") -> None:
    """Keep the rows of a table to the scope of their economy, which is in one of these columns."""
    named = columns or ("economy",)
    SQLModel.metadata.tables[str(table.__tablename__)].info[_KEY] = Wall(named, shown=shown, why_shown=why_shown)


def put_wall_of(table: type[SQLModel], column: str, parent: str) -> None:
    """Keep the rows of a table to the scope of the parent that `column` names."""
    SQLModel.metadata.tables[str(table.__tablename__)].info[_KEY] = Wall(column=column, parent=parent)


def wall_of(table: FromClause) -> Wall | None:
    """Return the wall of a table; None where it has none."""
    found = table.info.get(_KEY) if isinstance(table, Table) else None
    return found if isinstance(found, Wall) else None


def walled_tables() -> dict[str, Wall]:
    """Return every table that has a wall, by name."""
    found = {table.name: wall_of(table) for table in SQLModel.metadata.sorted_tables}
    return {name: wall for name, wall in found.items() if wall is not None}


def policies(table: str, wall: Wall) -> tuple[str, ...]:
    """Return the statements that put the wall on PostgreSQL; FORCE holds the tables' owner to it as well."""
    inside, shown = wall.inside("postgresql", _quoted(table)), wall.shown_to_others(_quoted(table))
    statements = (
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY wall ON "{table}" USING ({inside}) WITH CHECK ({inside})',
    )
    return (*statements, f'CREATE POLICY shown ON "{table}" FOR SELECT USING ({shown})') if shown else statements


def is_passed_by(engine: Engine) -> bool:
    """Tell whether the role that the program connects with passes row-level security by, as the server's owner does."""
    if engine.dialect.name != "postgresql":
        return False
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql(_PASSES).scalar_one())


def fallen(connection: Connection) -> Iterator[str]:
    """Name the tables that PostgreSQL should keep apart by economy and does not; SQLite's wall is new on each connection."""
    if connection.dialect.name == "postgresql":
        standing = set(connection.exec_driver_sql(_STANDING).scalars())
        yield from (table for table in walled_tables() if table not in standing)


def warn_if_passed(engine: Engine) -> None:
    """Say in the log that the database does not keep economies apart, where the role is one that it does not hold."""
    if is_passed_by(engine):
        _log.warning("row_level_security_is_bypassed", advice="Connect as an ordinary role that owns the database.")


def build_on(connection: Any) -> None:  # noqa: ANN401 - a driver's own connection
    """Put the wall on a new connection of SQLite."""
    connection.create_function(_FUNCTION, 0, lambda: str(scope.current()))
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name, wall in walled_tables().items():
        if name in there:
            connection.execute(_view_before(name, wall))
            for statement in _triggers(name, wall):
                connection.execute(statement)


def take_away(connection: Connection) -> None:
    """Let a migration, on a connection that serves nothing else, see and change the rows of all economies."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.set_config(scope.SETTING, str(scope.EVERYTHING), True)))  # noqa: FBT003 - PostgreSQL's own
        return
    for kind, name in connection.exec_driver_sql("SELECT type, name FROM sqlite_temp_master").all():
        if name.endswith(_SUFFIX):
            connection.exec_driver_sql(f'DROP {kind} temp."{name}"')


class Walled(SQLiteCompiler):
    """Writes the view's name where a statement reads from a table that has a wall."""

    def visit_table(  # type: ignore[override]  # SQLAlchemy dispatches by keywords alone
        self,
        table: Table,
        *,
        asfrom: bool = False,
        iscrud: bool = False,
        **context: Any,  # noqa: ANN401 - SQLAlchemy's own
    ) -> str:
        written: str = super().visit_table(table, asfrom=asfrom, iscrud=iscrud, **context)  # type: ignore[no-untyped-call]  # it has no types
        if not asfrom or iscrud or wall_of(table) is None:
            return written
        view = self.preparer.quote(_view(table.name))
        return view if context.get("enclosing_alias") is not None else f"{view} AS {written}"


def _view_before(table: str, wall: Wall) -> str:
    conditions = wall.inside("sqlite", _quoted(table)), wall.shown_to_others(_quoted(table))
    readable = " OR ".join(f"({condition})" for condition in conditions if condition)
    return f"CREATE TEMP VIEW {_view(table)} AS SELECT * FROM main.{_quoted(table)} WHERE {readable}"  # noqa: S608 - names of our own tables


def _triggers(table: str, wall: Wall) -> Iterator[str]:
    for act, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
        outside = " OR ".join(f"({wall.inside('sqlite', row)}) IS NOT TRUE" for row in rows)
        yield (
            f"CREATE TEMP TRIGGER {table}_{act.lower()}{_SUFFIX} BEFORE {act} ON main.{_quoted(table)} "
            f"WHEN {outside} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _view(table: str) -> str:
    return f"{table}{_SUFFIX}"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _is_everything(dialect: str) -> str:
    return f"{_SQLITE_SCOPE if dialect == 'sqlite' else _POSTGRESQL_SCOPE} = '*'"


def _is_among(dialect: str, column: str) -> str:
    if dialect == "sqlite":
        return f"instr(',' || {_SQLITE_SCOPE} || ',', ',' || {column} || ',') > 0"
    return f"{column} = ANY (string_to_array({_POSTGRESQL_SCOPE}, ','))"
