"""Tables whose rows are written once: the database itself refuses to change or remove one, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import DDL, Table, event

_SQLITE = (
    """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
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
    """CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse()""",
    """CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
)


@dataclass(frozen=True, slots=True)
class Guard:
    """The triggers of one table. `keys`: each what a row is found by; `refusal`: what whoever tries is told."""

    table: str
    keys: tuple[tuple[str, ...], ...]
    refusal: str

    def statements(self, dialect: str) -> tuple[str, ...]:
        """Return the statements that guard the table."""
        same = " OR ".join(" AND ".join(f"{column} = NEW.{column}" for column in key) for key in self.keys)
        templates = _SQLITE if dialect == "sqlite" else _POSTGRESQL
        return tuple(template.format(table=self.table, refusal=self.refusal, same=same) for template in templates)

    def dropping(self, dialect: str) -> tuple[str, ...]:
        """Return the statements that end the guard, for a migration that goes back."""
        if dialect == "sqlite":
            return tuple(f"DROP TRIGGER {self.table}_{name}" for name in ("no_update", "no_delete", "no_replace"))
        triggers = tuple(f"DROP TRIGGER {self.table}_{name} ON {self.table}" for name in ("no_change", "no_truncate"))
        return (*triggers, f"DROP FUNCTION {self.table}_refuse()")

    def create_with(self, table: Table) -> None:
        """Guard the table from the moment at which its metadata create it."""
        for dialect in ("sqlite", "postgresql"):
            for statement in self.statements(dialect):
                ddl = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy left its constructor untyped
                event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
