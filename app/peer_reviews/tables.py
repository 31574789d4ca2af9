"""Rows of peer reviews: who was asked for what, what was said, proposed and agreed. All of it is appended and kept.

Each row carries the economy whose review it is about, so that every statement can take the actor's economy.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.infra.wall import put_wall
from app.kit.ids import new_id

_SIDES = "side in ('reviewer', 'economy')"


class PeerReview(SQLModel, table=True):
    """A second opinion on some sections of one submission, by an invited expert or by another economy: one of the two.

    `sections`: their codes, with spaces between. `invitation_id`: the expert's; who took it is the reviewer."""

    __tablename__ = "peer_review"
    __table_args__ = (
        CheckConstraint(
            "state in ('invited', 'open', 'in_response', 'closing', 'closed', 'declined', 'withdrawn')", name="state"
        ),
        CheckConstraint("(reviewer_economy is null) = (invitation_id is not null)", name="expert_or_economy"),
        Index(None, "review_id"),
        Index(None, "submission_id"),
        Index(None, "reviewer_economy"),
        Index(None, "invitation_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    review_id: UUID = Field(foreign_key="review.id")
    submission_id: UUID = Field(foreign_key="submission.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    reviewer_economy: str | None = Field(default=None, foreign_key="economy.code", max_length=3)
    reviewer_name: str = Field(default="", max_length=200)
    invitation_id: UUID | None = Field(default=None, foreign_key="invitation.id")
    state: str = Field(default="invited", max_length=16)
    sections: str = Field(sa_column=Column(Text, nullable=False))
    shows_evidence: bool = False
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    due_on: date | None = None
    invited_by: UUID | None = Field(default=None, foreign_key="user.id")
    invited_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    opened_at: datetime | None = Field(default=None, sa_column=Column(UtcTime))
    handed_over_at: datetime | None = Field(default=None, sa_column=Column(UtcTime))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcTime))
    ending_words: str = Field(default="", sa_column=Column(Text, nullable=False))


class PeerReviewer(SQLModel, table=True):
    """A person who reviews, with the statement on conflicts of interest that was given before anything was shown.

    `waits`: they declared a conflict, and the economy has not said yet whether to go on."""

    __tablename__ = "peer_reviewer"
    __table_args__ = (UniqueConstraint("peer_review_id", "user_id"), Index(None, "user_id"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    peer_review_id: UUID = Field(foreign_key="peer_review.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    user_id: UUID = Field(foreign_key="user.id")
    reviewer_economy: str | None = Field(default=None, foreign_key="economy.code", max_length=3)
    name: str = Field(max_length=200)
    conflict_of_interest: str = Field(sa_column=Column(Text, nullable=False))
    waits: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))
    given_at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


class PeerRemark(SQLModel, table=True):
    """A question or a reply about one item."""

    __tablename__ = "peer_remark"
    __table_args__ = (CheckConstraint(_SIDES, name="side"), Index(None, "peer_review_id", "item"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    peer_review_id: UUID = Field(foreign_key="peer_review.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    item: str = Field(max_length=64)
    side: str = Field(max_length=8)
    words: str = Field(sa_column=Column(Text, nullable=False))
    author: str = Field(max_length=200)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")
    at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


class PeerProposal(SQLModel, table=True):
    """An answer that one side proposes for an item, with its reason. `number` counts from 1; the signed answer is number 0."""

    __tablename__ = "peer_proposal"
    __table_args__ = (CheckConstraint(_SIDES, name="side"), UniqueConstraint("peer_review_id", "item", "number"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    peer_review_id: UUID = Field(foreign_key="peer_review.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    item: str = Field(max_length=64)
    number: int
    side: str = Field(max_length=8)
    answer: str = Field(sa_column=Column(Text, nullable=False))
    words: str = Field(sa_column=Column(Text, nullable=False))
    author: str = Field(max_length=200)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")
    at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


class PeerAgreement(SQLModel, table=True):
    """One side's yes to the position of that number, which the other side holds. A later proposal opens the item again."""

    __tablename__ = "peer_agreement"
    __table_args__ = (CheckConstraint(_SIDES, name="side"), UniqueConstraint("peer_review_id", "item", "number"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    peer_review_id: UUID = Field(foreign_key="peer_review.id")
    economy: str = Field(foreign_key="economy.code", max_length=3)
    item: str = Field(max_length=64)
    number: int
    side: str = Field(max_length=8)
    answer: str = Field(sa_column=Column(Text, nullable=False))
    words: str = Field(default="", sa_column=Column(Text, nullable=False))
    author: str = Field(max_length=200)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")
    at: datetime = Field(sa_column=Column(UtcTime, nullable=False))


for _table in (PeerReview, PeerReviewer):
    put_wall(_table, "economy", "reviewer_economy")
for _word in (PeerRemark, PeerProposal, PeerAgreement):
    put_wall(_word)
