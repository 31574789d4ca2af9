"""The audit table, and the triggers that let it grow only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from app.infra.frozen import Guard
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


GUARD = Guard("audit_event", (("sequence",),), "audit_event is append-only")
GUARD.create_with(SQLModel.metadata.tables["audit_event"])
