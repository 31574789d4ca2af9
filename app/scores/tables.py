"""Rows of score sheets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.infra.wall import put_wall_of


class StoredSheet(SQLModel, table=True):
    """The score sheet of one submission in one series, with the method and the questionnaire that made it."""

    __tablename__ = "score_sheet"

    submission_id: UUID = Field(primary_key=True, foreign_key="submission.id")
    series: str = Field(primary_key=True, max_length=24)
    method_version: str = Field(max_length=16)
    content_hash: str = Field(max_length=64)
    sheet: str = Field(sa_column=Column(Text, nullable=False))
    computed_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


put_wall_of(StoredSheet, "submission_id", "submission")
