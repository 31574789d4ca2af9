"""Rows of reviews, answers with their history, and frozen submissions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.infra.frozen import Guard
from app.infra.tables import UtcTime
from app.infra.wall import put_wall, put_wall_of
from app.kit.ids import new_id

_IS_ATTACHED = text("removed_at IS NULL")
_ANSWER_STATES = "state in ('answered', 'not_applicable', 'not_available', 'declined', 'blank')"


class Review(SQLModel, table=True):
    """One economy's review in one cycle, pinned to one version. `revision` counts sign-offs, from 1.

    `sent_back_*`: how the approver sent it back, until it is handed over again."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("cycle_id", "economy"),
        CheckConstraint("state in ('draft', 'in_sign_off', 'submitted', 'reopened', 'closed')", name="state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    economy: str = Field(foreign_key="economy.code", max_length=3, index=True)
    cycle_id: UUID = Field(foreign_key="cycle.id")
    version_id: UUID = Field(foreign_key="questionnaire_version.id")
    content_hash: str = Field(max_length=64)
    state: str = Field(default="draft", max_length=16)
    revision: int = 1
    reopen_reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    sent_back_reason: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    sent_back_by: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    sent_back_at: datetime | None = Field(default=None, sa_column=Column(UtcTime))
    created_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    updated_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


class AnswerRow(SQLModel, table=True):
    """The current answer to one item. `version` rises by one with each change; whoever saves names the one they saw.

    `not_applicable`: codes of a checklist's options, with semicolons between. `details`: JSON of the named fields
    that go with the value."""

    __tablename__ = "answer"
    __table_args__ = (CheckConstraint(_ANSWER_STATES, name="state"),)

    review_id: UUID = Field(primary_key=True, foreign_key="review.id")
    item: str = Field(primary_key=True, max_length=64)
    version: int
    state: str = Field(max_length=16)
    value: str | None = Field(default=None, sa_column=Column(Text))
    not_applicable: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    details: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    evidence_url: str = Field(default="", sa_column=Column(Text, nullable=False))
    saved_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    saved_by: str = Field(max_length=200)


class AnswerRevision(SQLModel, table=True):
    """One change of one answer, appended and never overwritten."""

    __tablename__ = "answer_revision"
    __table_args__ = (CheckConstraint(_ANSWER_STATES, name="state"),)

    review_id: UUID = Field(primary_key=True, foreign_key="review.id")
    item: str = Field(primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    state: str = Field(max_length=16)
    value: str | None = Field(default=None, sa_column=Column(Text))
    not_applicable: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    details: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    evidence_url: str = Field(default="", sa_column=Column(Text, nullable=False))
    saved_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    saved_by: str = Field(max_length=200)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")


class Submission(SQLModel, table=True):
    """A frozen, attested revision: every answer as signed, readable for ever."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("review_id", "revision"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="review.id")
    revision: int
    content_hash: str = Field(max_length=64)
    answers: str = Field(sa_column=Column(Text, nullable=False))
    answers_hash: str = Field(max_length=64)
    statement: str = Field(sa_column=Column(Text, nullable=False))
    reopen_reason: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    submitted_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    submitted_by: str = Field(max_length=200)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")


class AnswerEvidence(SQLModel, table=True):
    """One piece of evidence attached to one item, from when to when. It is no part of the answer's version."""

    __tablename__ = "answer_evidence"
    __table_args__ = (
        Index(
            "uq_answer_evidence_attached",
            "review_id",
            "item",
            "evidence_id",
            unique=True,
            sqlite_where=_IS_ATTACHED,
            postgresql_where=_IS_ATTACHED,
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="review.id", index=True)
    item: str = Field(max_length=64)
    evidence_id: UUID = Field(foreign_key="evidence.id", index=True)
    economy: str = Field(foreign_key="economy.code", max_length=3)
    added_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    added_by: str = Field(max_length=200)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")
    removed_at: datetime | None = Field(default=None, sa_column=Column(UtcTime))
    removed_by: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})


class ReviewMove(SQLModel, table=True):
    """One move of an open review to a later version, and whether it was undone. `number` counts the moves of a review, from 1.

    `answers`: JSON of every answer as it was before, with its version; `outcomes`: JSON of what became of each."""

    __tablename__ = "review_move"

    review_id: UUID = Field(primary_key=True, foreign_key="review.id")
    number: int = Field(primary_key=True)
    economy: str = Field(foreign_key="economy.code", max_length=3)
    revision: int
    before_id: UUID = Field(foreign_key="questionnaire_version.id")
    before_hash: str = Field(max_length=64)
    after_hash: str = Field(max_length=64)
    answers: str = Field(sa_column=Column(Text, nullable=False))
    outcomes: str = Field(sa_column=Column(Text, nullable=False))
    moved_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    moved_by: str = Field(max_length=200)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")
    undone_at: datetime | None = Field(default=None, sa_column=Column(UtcTime))
    undone_by: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})


class ProgressShowing(SQLModel, table=True):
    """One choice of whether administrators see how far a review is, appended; the newest counts, and without any they do not."""

    __tablename__ = "progress_showing"

    review_id: UUID = Field(primary_key=True, foreign_key="review.id")
    number: int = Field(primary_key=True)
    economy: str = Field(foreign_key="economy.code", max_length=3)
    is_shown: bool
    chosen_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    chosen_by: str = Field(max_length=200)


GUARD = Guard(
    "submission",
    (("id",), ("review_id", "revision")),
    "what was signed never changes",
    ("review_id", "revision", "content_hash", "answers", "answers_hash", "statement", "submitted_at"),
)
"""Who signed may become nobody, when a person is erased; what was signed stays."""
GUARD.create_with(SQLModel.metadata.tables["submission"])

for _table in (Review, AnswerEvidence, ReviewMove, ProgressShowing):
    put_wall(_table)
for _part in (AnswerRow, AnswerRevision, Submission):
    put_wall_of(_part, "review_id", "review")
