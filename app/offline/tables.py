"""Rows of workbooks that were brought back and wait for a decision."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.infra.wall import put_wall
from app.kit.ids import new_id


class WorkbookUpload(SQLModel, table=True):
    """The cells of one uploaded workbook, as JSON, between the dry run and the decision; the file itself is not kept.

    `has_consent`: the person agreed to compare a workbook of another revision or review. Once it is applied, the content
    holds nothing but the cells that could not be read, and how many answers changed, replaced a colleague's, or were left
    stands beside it; None until then."""

    __tablename__ = "workbook_upload"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="review.id", index=True)
    economy: str = Field(foreign_key="economy.code", max_length=3)
    user_id: UUID = Field(foreign_key="user.id")
    content: str = Field(sa_column=Column(Text, nullable=False))
    has_consent: bool = False
    changed: int | None = None
    replaced: int | None = None
    left: int | None = None
    created_at: datetime = Field(sa_column=Column(UtcTime, nullable=False, index=True))


put_wall(WorkbookUpload)
