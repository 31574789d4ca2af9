"""Rows of mail. A body stands here only as long as it has to be sent: it may hold a link that is a secret."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.kit.ids import new_id


class State(StrEnum):
    """What has become of a mail."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


TOO_LATE = "too_late"
"""What is written as the error of a mail whose reader could do nothing with it any more."""

_STATES = ", ".join(f"'{state}'" for state in State)


class Mail(SQLModel, table=True):
    """One mail to one person.

    `next_attempt_at` is when it is due; a worker that takes it moves that on, so that nobody else takes it meanwhile.
    `useful_until` is None for mail that is never too late. `once` is None, or a word that no other mail has: it keeps two
    workers from queueing the same digest. `economy` is None for mail about no economy. `last_error` is a word of ours.
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_mail_state_next_attempt_at", "state", "next_attempt_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=40)
    recipient: str
    subject: str
    body: str = Field(sa_column=Column(Text, nullable=False))
    unsubscribe_url: str = ""
    economy: str | None = Field(default=None, foreign_key="economy.code", max_length=3)
    once: str | None = Field(default=None, unique=True, max_length=120)
    state: str = Field(default=State.QUEUED, max_length=10)
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=UtcTime)
    useful_until: datetime | None = Field(default=None, sa_type=UtcTime)
    last_error: str = Field(default="", max_length=40)
    created_at: datetime = Field(sa_type=UtcTime, index=True)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
