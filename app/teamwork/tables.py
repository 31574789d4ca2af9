"""Rows of a team's work: who is responsible, what is said, who is here, and when they were here last.

Each row names its economy beside its review: the room stands below the reviews, and still shows nobody another's work.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.infra.wall import put_wall
from app.kit.ids import new_id

_IS_CURRENT = text("ended_at IS NULL")


class Assignment(SQLModel, table=True):
    """Somebody is responsible for a section (`item` is empty) or for one item of it. What ended stays, as history.

    `seen_at` is None until the person has seen it; `due_on` is None where nothing presses."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index(
            "uq_assignment_current",
            "review_id",
            "section",
            "item",
            unique=True,
            sqlite_where=_IS_CURRENT,
            postgresql_where=_IS_CURRENT,
        ),
        Index("ix_assignment_economy", "economy"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="review.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    section: str = Field(max_length=64)
    item: str = Field(default="", max_length=64)
    user_id: UUID = Field(foreign_key="user.id")
    due_on: date | None = None
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    assigned_by: UUID | None = Field(default=None, foreign_key="user.id")
    assigned_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Thread(SQLModel, table=True):
    """One discussion of one item; `resolved_at` is None while it is open."""

    __tablename__ = "thread"
    __table_args__ = (
        Index("ix_thread_review_id_item", "review_id", "item"),
        Index("ix_thread_economy", "economy"),
        CheckConstraint("(resolved_at IS NULL) = (resolved_by IS NULL)", name="resolved_by_somebody"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="review.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    section: str = Field(max_length=64)
    item: str = Field(max_length=64)
    opened_by: UUID = Field(foreign_key="user.id")
    opened_at: datetime = Field(sa_type=UtcTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    resolved_by: UUID | None = Field(default=None, foreign_key="user.id")


class ThreadPost(SQLModel, table=True):
    """One thing that somebody said in a discussion; it is never changed."""

    __tablename__ = "thread_post"
    __table_args__ = (Index("ix_thread_post_thread_id", "thread_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    thread_id: UUID = Field(foreign_key="thread.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    author: UUID = Field(foreign_key="user.id")
    text: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_type=UtcTime)


class ThreadMention(SQLModel, table=True):
    """A post that asks for somebody's attention; `seen_at` is None until they have opened the discussion."""

    __tablename__ = "thread_mention"
    __table_args__ = (Index("ix_thread_mention_user_id", "user_id"),)

    post_id: UUID = Field(primary_key=True, foreign_key="thread_post.id")
    user_id: UUID = Field(primary_key=True, foreign_key="user.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Presence(SQLModel, table=True):
    """Where a person was last in a review: in a section, or (`item`) on one of its questions."""

    __tablename__ = "presence"

    review_id: UUID = Field(primary_key=True, foreign_key="review.id")
    user_id: UUID = Field(primary_key=True, foreign_key="user.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    section: str = Field(max_length=64)
    item: str = Field(default="", max_length=64)
    seen_at: datetime = Field(sa_type=UtcTime)


class Visit(SQLModel, table=True):
    """When a person last opened pages of a review, and when the visit before that one ended (None at the first)."""

    __tablename__ = "visit"

    review_id: UUID = Field(primary_key=True, foreign_key="review.id")
    user_id: UUID = Field(primary_key=True, foreign_key="user.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    last_visit_at: datetime = Field(sa_type=UtcTime)
    previous_visit_at: datetime | None = Field(default=None, sa_type=UtcTime)


for _table in (Assignment, Thread, ThreadPost, ThreadMention, Presence, Visit):
    put_wall(_table)
