"""Rows of releases, written once; and of what was withdrawn from them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.infra.frozen import Guard
from app.infra.tables import UtcTime
from app.kit.ids import new_id


class Release(SQLModel, table=True):
    """One frozen release of a cycle. `content` is its canonical JSON and `checksum` that one's SHA-256; `versions` and `changes`
    are JSON lists: of the questionnaire's versions with their content hashes, and of what changed since the release before.

    `holds`: JSON, whose scores and figures are in it. `sealed`: JSON, what it was made from, without the answers. Both stay
    inside.
    """

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("cycle_id", "minor", "patch"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    cycle_id: UUID = Field(foreign_key="cycle.id")
    minor: int
    patch: int
    released_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    released_by: str = Field(max_length=200)
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    changes: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    versions: str = Field(sa_column=Column(Text, nullable=False))
    seed: str = Field(default="", max_length=40)
    replicates: int = 0
    method_version: str = Field(max_length=16)
    numpy_version: str = Field(default="", max_length=40)
    content: str = Field(sa_column=Column(Text, nullable=False))
    checksum: str = Field(max_length=64)
    holds: str = Field(sa_column=Column(Text, nullable=False))
    sealed: str = Field(sa_column=Column(Text, nullable=False))


class ReleaseWithdrawal(SQLModel, table=True):
    """A tombstone: one score that an economy no longer shows, in a release that had it."""

    __tablename__ = "release_withdrawal"
    __table_args__ = (Index(None, "release_id"),)

    release_id: UUID = Field(primary_key=True, foreign_key="release.id")
    version: str = Field(primary_key=True, max_length=16)
    series: str = Field(primary_key=True, max_length=24)
    node: str = Field(primary_key=True, max_length=64)
    economy: str = Field(primary_key=True, foreign_key="economy.code", max_length=3)
    withdrawn_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


class PatchDue(SQLModel, table=True):
    """A cycle whose newest release holds what left or was corrected since `since`; a job makes the patch, and takes this away."""

    __tablename__ = "release_patch_due"

    cycle_id: UUID = Field(primary_key=True, foreign_key="cycle.id")
    since: datetime = Field(sa_column=Column(UtcTime, nullable=False))


GUARD = Guard("release", (("id",), ("cycle_id", "minor", "patch")), "a release never changes")
GUARD.create_with(SQLModel.metadata.tables["release"])
