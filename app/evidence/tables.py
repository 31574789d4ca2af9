"""Rows of evidence: what an economy has, every version of it, each content once, and whether its links still lead somewhere."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Text
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.infra.wall import put_wall
from app.kit.ids import new_id


class EvidenceRow(SQLModel, table=True):
    """One piece of evidence of one economy. `version` is the current one. Hidden: signed somewhere, and no longer offered."""

    __tablename__ = "evidence"
    __table_args__ = (CheckConstraint("kind in ('file', 'link')", name="kind"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    economy: str = Field(foreign_key="economy.code", max_length=3, index=True)
    kind: str = Field(max_length=4)
    version: int = 1
    created_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    created_by: str = Field(max_length=200)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")
    hidden_at: datetime | None = Field(default=None, sa_column=Column(UtcTime))
    removed_at: datetime | None = Field(default=None, sa_column=Column(UtcTime))
    removed_by: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})


class EvidenceVersion(SQLModel, table=True):
    """One version of a piece, appended and never overwritten. A link has a url; a file its name, type, size and hash."""

    __tablename__ = "evidence_version"

    evidence_id: UUID = Field(primary_key=True, foreign_key="evidence.id")
    version: int = Field(primary_key=True)
    economy: str = Field(foreign_key="economy.code", max_length=3)
    title: str = Field(sa_column=Column(Text, nullable=False))
    url: str = Field(default="", sa_column=Column(Text, nullable=False))
    file_name: str = Field(default="", sa_column=Column(Text, nullable=False))
    media_type: str = Field(default="", max_length=100)
    size: int = 0
    sha256: str = Field(default="", max_length=64, index=True)
    dated_on: date | None = None
    retrieved_on: date
    added_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    added_by: str = Field(max_length=200)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")


class StoredFile(SQLModel, table=True):
    """One content of one economy, stored once. Another economy with the same content has its own."""

    __tablename__ = "stored_file"

    economy: str = Field(primary_key=True, foreign_key="economy.code", max_length=3)
    sha256: str = Field(primary_key=True, max_length=64)
    size: int
    stored_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


class LinkCheck(SQLModel, table=True):
    """What came of asking a web address, for each economy by itself. `fails` counts in a row, since `failed_since`."""

    __tablename__ = "link_check"
    __table_args__ = (CheckConstraint("state in ('new', 'ok', 'moved', 'unreachable', 'dead', 'not_public')", name="state"),)

    economy: str = Field(primary_key=True, foreign_key="economy.code", max_length=3)
    url_hash: str = Field(primary_key=True, max_length=64)
    url: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(default="new", max_length=11)
    status: int | None = None
    moved_to: str = Field(default="", sa_column=Column(Text, nullable=False))
    fails: int = 0
    failed_since: datetime | None = Field(default=None, sa_column=Column(UtcTime))
    checked_at: datetime | None = Field(default=None, sa_column=Column(UtcTime))
    due_at: datetime = Field(sa_column=Column(UtcTime, nullable=False, index=True))


for _table in (EvidenceRow, EvidenceVersion, StoredFile, LinkCheck):
    put_wall(_table)
