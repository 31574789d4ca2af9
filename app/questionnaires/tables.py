"""Rows of published versions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.infra.frozen import Guard
from app.infra.tables import UtcTime
from app.kit.ids import new_id


class QuestionnaireVersion(SQLModel, table=True):
    """One immutable published document, addressed by the SHA-256 of its canonical JSON."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=64)
    version: str = Field(max_length=16)
    title: str = Field(max_length=4000)
    content_hash: str = Field(max_length=64, index=True)
    document: str = Field(sa_column=Column(Text, nullable=False))
    published_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    published_by: str = Field(max_length=200)


class Retirement(SQLModel, table=True):
    """A version with which no review starts any more, and why; it stays readable, and reviews that began with it go on."""

    __tablename__ = "retirement"

    version_id: UUID = Field(primary_key=True, foreign_key="questionnaire_version.id")
    reason: str = Field(sa_column=Column(Text, nullable=False))
    retired_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    retired_by: str = Field(max_length=200)


class Translation(SQLModel, table=True):
    """One text of a questionnaire in another language, as the desk holds it: it lies over the language's file.

    A string is its context and its source; `field` says where the source stood when it was translated. `revision` counts the
    changes of a row and never goes back, so their sum tells every process whether there is anything new."""

    __tablename__ = "translation"
    __table_args__ = (UniqueConstraint("questionnaire", "language", "context", "source_hash"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    questionnaire: str = Field(max_length=64)
    language: str = Field(max_length=35)
    context: str = Field(max_length=200)
    field: str = Field(max_length=200)
    source: str = Field(sa_column=Column(Text, nullable=False))
    source_hash: str = Field(max_length=64)
    text: str = Field(sa_column=Column(Text, nullable=False))
    revision: int = 1
    translated_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    translated_by: str = Field(max_length=200)
    translator_id: UUID | None = Field(default=None, foreign_key="user.id")
    reviewed_at: datetime | None = Field(default=None, sa_column=Column(UtcTime, nullable=True))
    reviewed_by: str = Field(default="", max_length=200)
    reviewer_id: UUID | None = Field(default=None, foreign_key="user.id")


GUARD = Guard("questionnaire_version", (("id",), ("code", "version")), "a published version never changes")
GUARD.create_with(SQLModel.metadata.tables["questionnaire_version"])
