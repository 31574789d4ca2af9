"""Tables whose rows are written once: the database itself refuses to change or remove one, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import DDL, Connection, Table, event
from sqlmodel import SQLModel

_KEY = "guard"
_STANDING = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}

_SQLITE = (
    """CREATE TRIGGER {table}_no_update BEFORE UPDATE{of} ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END""",
    """CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END""",
    # INSERT OR REPLACE removes a row without firing the trigger on DELETE.
    """CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, '{refusal}'); END""",
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER {table}_no_change BEFORE UPDATE{of} OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse()""",
    """CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
)


@dataclass(frozen=True, slots=True)
class Guard:
    """The triggers of one table. `keys`: each what a row is found by; `refusal`: what whoever tries is told.

    `columns`: those that never change, where others may; no row is removed then either.
    """

    table: str
    keys: tuple[tuple[str, ...], ...]
    refusal: str
    columns: tuple[str, ...] = ()

    def statements(self, dialect: str) -> tuple[str, ...]:
        """Return the statements that guard the table."""
        same = " OR ".join(" AND ".join(f"{column} = NEW.{column}" for column in key) for key in self.keys)
        of = f" OF {', '.join(self.columns)}" if self.columns else ""
        templates = _SQLITE if dialect == "sqlite" else _POSTGRESQL
        return tuple(template.format(table=self.table, refusal=self.refusal, same=same, of=of) for template in templates)

    def triggers(self, dialect: str) -> tuple[str, ...]:
        """Return the names of its triggers."""
        acts = ("no_update", "no_delete", "no_replace") if dialect == "sqlite" else ("no_change", "no_truncate")
        return tuple(f"{self.table}_{act}" for act in acts)

    def dropping(self, dialect: str) -> tuple[str, ...]:
        """Return the statements that end the guard, for a migration that goes back."""
        if dialect == "sqlite":
            return tuple(f"DROP TRIGGER {name}" for name in self.triggers(dialect))
        triggers = tuple(f"DROP TRIGGER {name} ON {self.table}" for name in self.triggers(dialect))
        return (*triggers, f"DROP FUNCTION {self.table}_refuse()")

    def create_with(self, table: Table) -> None:
        """Guard the table from the moment at which its metadata create it."""
        table.info[_KEY] = self
        for dialect in ("sqlite", "postgresql"):
            for statement in self.statements(dialect):
                ddl = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy left its constructor untyped
                event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def fallen(connection: Connection) -> Iterator[str]:
    """Name the triggers that should guard a table of this database and do not: dropped, or switched off."""
    dialect = connection.dialect.name
    standing = set(connection.exec_driver_sql(_STANDING[dialect]).scalars())
    for table in SQLModel.metadata.sorted_tables:
        guard = table.info.get(_KEY)
        if isinstance(guard, Guard):
            yield from (name for name in guard.triggers(dialect) if name not in standing)
