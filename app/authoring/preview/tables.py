"""Rows of test answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime


class PreviewAnswer(SQLModel, table=True):
    """One test answer of one administrator to one item of a draft. `answer` is the JSON text of what would be read as it: it is
    read anew with every page, because the item may have changed meanwhile. It has no economy, and nothing refers to it."""

    __tablename__ = "preview_answer"

    draft_id: UUID = Field(primary_key=True, foreign_key="draft.id")
    user_id: UUID = Field(primary_key=True, foreign_key="user.id")
    item: str = Field(primary_key=True, max_length=64)
    answer: str = Field(sa_column=Column(Text, nullable=False))
    saved_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
