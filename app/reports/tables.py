"""Rows of reports that are built in the background, and of the files that came out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.infra.wall import put_wall, put_wall_of
from app.kit.ids import new_id


class Report(SQLModel, table=True):
    """One report that somebody asked for. `inputs`: the hash of everything it is made of, so that the same one is built once.

    `economy` and `submission_id`: of an economy's own edition. `economy` and `release_id`: of a public one. `release_id` alone:
    of a meeting paper, whose cover is in `parameters` (JSON). `touched_at`: the last sign of whoever builds it.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("kind in ('own', 'public', 'paper')", name="kind"),
        CheckConstraint("state in ('queued', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("progress between 0 and 100", name="progress"),
        UniqueConstraint("inputs"),
        Index(None, "state"),
        Index(None, "submission_id"),
        Index(None, "release_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=8)
    economy: str | None = Field(default=None, foreign_key="economy.code", max_length=3)
    submission_id: UUID | None = Field(default=None, foreign_key="submission.id")
    release_id: UUID | None = Field(default=None, foreign_key="release.id")
    language: str = Field(max_length=35)
    parameters: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    inputs: str = Field(max_length=64)
    state: str = Field(default="queued", max_length=8)
    progress: int = 0
    step: str = Field(default="waiting", max_length=16)
    attempts: int = 0
    asked_by: str = Field(default="", max_length=200)
    asked_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    touched_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(UtcTime))


class ReportFile(SQLModel, table=True):
    """One file of a report; its content is kept by its hash."""

    __tablename__ = "report_file"
    __table_args__ = (Index(None, "sha256"),)

    report_id: UUID = Field(primary_key=True, foreign_key="report.id")
    name: str = Field(primary_key=True, max_length=40)
    media_type: str = Field(max_length=100)
    size: int
    sha256: str = Field(max_length=64)


put_wall(Report, shown="{row}.kind IN ('public', 'paper')", why_shown="It is made of what a release has published.")
put_wall_of(ReportFile, "report_id", "report")
