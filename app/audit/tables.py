"""The audit table, and the triggers that let it grow only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DDL, Table, Text, event
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime


class AuditEvent(SQLModel, table=True):
    """One thing that somebody did. It names no foreign key: the record outlives what it speaks of."""

    __tablename__ = "audit_event"

    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcTime)
    actor_user_id: UUID | None = Field(default=None)
    actor_name: str
    actor_role: str
    economy: str | None = Field(default=None, index=True)
    action: str
    target_kind: str
    target_id: str
    detail: str = Field(sa_type=Text)
    previous_hash: str
    hash: str


SQLITE_TRIGGERS = (
    """CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END""",
    """CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END""",
    # INSERT OR REPLACE removes a row without firing the trigger on DELETE.
    """CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event
WHEN EXISTS (SELECT 1 FROM audit_event WHERE sequence = NEW.sequence)
BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit_event is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()""",
    """CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()""",
)


def _create_triggers_with(table: Table) -> None:
    for dialect, statements in (("sqlite", SQLITE_TRIGGERS), ("postgresql", POSTGRESQL_TRIGGERS)):
        for statement in statements:
            ddl = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy left its constructor untyped
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


_create_triggers_with(SQLModel.metadata.tables["audit_event"])
