"""Rows of consent, and of what may be compared."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.infra.wall import put_wall, put_wall_of
from app.kit.ids import new_id

_AUDIENCES = "audience in ('private', 'peers', 'public')"


class Consent(SQLModel, table=True):
    """One choice of whom to show a section's scores, appended; the newest counts."""

    __tablename__ = "consent"
    __table_args__ = (CheckConstraint(_AUDIENCES, name="audience"), Index(None, "review_id"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="review.id")
    section: str = Field(max_length=64)
    audience: str = Field(max_length=8)
    given_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    given_by: str = Field(max_length=200)


class SharedScore(SQLModel, table=True):
    """One node's score of one economy's last submission, with whom it may be shown to. Rebuilt with the benchmark."""

    __tablename__ = "shared_score"
    __table_args__ = (CheckConstraint(_AUDIENCES, name="audience"),)

    cycle_id: UUID = Field(primary_key=True, foreign_key="cycle.id")
    series: str = Field(primary_key=True, max_length=24)
    node: str = Field(primary_key=True, max_length=64)
    economy: str = Field(primary_key=True, foreign_key="economy.code", max_length=3)
    version: str = Field(max_length=16)
    revision: int
    audience: str = Field(max_length=8)
    score: float | None = None
    coverage: float
    band: str | None = Field(default=None, max_length=64)
    reason: str | None = Field(default=None, max_length=24)


class Cell(SQLModel, table=True):
    """The distribution of a group's scores at one node; without figures when suppressed.

    `contributors` (of the figures that were last shown) and `known`, both JSON lists of economy:revision, stay inside.
    `refreshed_at`: when what readers see of it last changed.
    """

    __tablename__ = "benchmark_cell"

    cycle_id: UUID = Field(primary_key=True, foreign_key="cycle.id")
    version: str = Field(primary_key=True, max_length=16)
    series: str = Field(primary_key=True, max_length=24)
    node: str = Field(primary_key=True, max_length=64)
    group_code: str = Field(primary_key=True, max_length=64)
    n: int | None = None
    mean: float | None = None
    minimum: float | None = None
    q1: float | None = None
    median: float | None = None
    q3: float | None = None
    maximum: float | None = None
    band: str | None = Field(default=None, max_length=64)
    suppressed: str | None = Field(default=None, max_length=24)
    contributors: str = Field(sa_column=Column(Text, nullable=False))
    known: str = Field(sa_column=Column(Text, nullable=False))
    refreshed_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


class ShownContributors(SQLModel, table=True):
    """Whom a cell's figures were shown for, appended once for each set (a JSON list of economy:revision). It stays inside:
    it lets every later refresh tell what a reader could learn by comparing figures with any that were shown before."""

    __tablename__ = "benchmark_shown"
    __table_args__ = (Index(None, "cycle_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    cycle_id: UUID = Field(foreign_key="cycle.id")
    version: str = Field(max_length=16)
    series: str = Field(max_length=24)
    node: str = Field(max_length=64)
    group_code: str = Field(max_length=64)
    contributors: str = Field(sa_column=Column(Text, nullable=False))
    shown_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


put_wall_of(Consent, "review_id", "review")
put_wall(
    SharedScore,
    shown="{row}.audience IN ('peers', 'public')",
    why_shown="Its economy chose to show it; which reader is a peer is part of every statement.",
)
