"""Rows of drafts, and of every change that was made to one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Text
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.kit.ids import new_id


class Draft(SQLModel, table=True):
    """One unpublished document. `document` is its JSON text; `revision` is the number of its last change.

    `code` and `version` are those of the document, kept beside it for lists; `based_on` is the hash of the version that it
    was started from, empty where it was not."""

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("state in ('open', 'published', 'discarded')", name="state"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=64, index=True)
    version: str = Field(max_length=64)
    title: str = Field(max_length=4000)
    based_on: str = Field(default="", max_length=64)
    document: str = Field(sa_column=Column(Text, nullable=False))
    revision: int = 0
    state: str = Field(default="open", max_length=16)
    started_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    started_by: str = Field(max_length=200)
    changed_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    changed_by: str = Field(max_length=200)


class DraftChange(SQLModel, table=True):
    """One change of one part, appended and never overwritten. `before` and `after` are JSON texts of the part, empty where
    there was none; `place_before` and `place_after` say where it stood, such as `B1:3`."""

    __tablename__ = "draft_change"
    __table_args__ = (
        CheckConstraint("act in ('edited', 'added', 'duplicated', 'moved', 'retired', 'replaced', 'restored')", name="act"),
    )

    draft_id: UUID = Field(primary_key=True, foreign_key="draft.id")
    number: int = Field(primary_key=True)
    address: str = Field(max_length=80)
    act: str = Field(max_length=16)
    before: str = Field(default="", sa_column=Column(Text, nullable=False))
    after: str = Field(default="", sa_column=Column(Text, nullable=False))
    place_before: str = Field(default="", max_length=80)
    place_after: str = Field(default="", max_length=80)
    at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    by: str = Field(max_length=200)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")
