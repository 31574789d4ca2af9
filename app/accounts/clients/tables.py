"""Tables of clients: requests for keys, and how keys were used."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.kit.ids import new_id


class State(StrEnum):
    """How far a request for a key is."""

    UNCONFIRMED = "unconfirmed"
    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"
    COLLECTED = "collected"


_STATES = ", ".join(f"'{state}'" for state in State)


class KeyRequest(SQLModel, table=True):
    """Somebody asked for a key. The same row is written for every address, so that nobody learns which is known.

    `token_hash` is that of the one link that works now: to confirm the address, then to collect the key; None once neither
    does. What was decided is None, or empty, until somebody decides; `key_id` is None until the key was collected.
    """

    __tablename__ = "key_request"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_key_request_address_hash_asked_at", "address_hash", "asked_at"),
        Index("ix_key_request_email_asked_at", "email", "asked_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=120)
    institution: str = Field(max_length=200)
    email: str = Field(max_length=254)
    purpose: str = Field(sa_column=Column(Text, nullable=False))
    wished_tier: str = Field(max_length=20)
    language: str = Field(max_length=35)
    address_hash: str
    asked_at: datetime = Field(sa_type=UtcTime, index=True)
    state: str = Field(default=State.UNCONFIRMED, max_length=20, index=True)
    token_hash: str | None = Field(default=None, unique=True)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    decided_by: UUID | None = Field(default=None, foreign_key="user.id")
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    tier: str = Field(default="", max_length=20)
    days: int | None = None
    collect_until: datetime | None = Field(default=None, sa_type=UtcTime)
    mail_id: UUID | None = None
    key_id: UUID | None = Field(default=None, foreign_key="api_key.id")


class KeyUse(SQLModel, table=True):
    """What one key asked of one family of addresses on one day; `unchanged` and `refused` are parts of `requests`."""

    __tablename__ = "key_use"

    key_id: UUID = Field(foreign_key="api_key.id", primary_key=True)
    day: date = Field(primary_key=True, index=True)
    family: str = Field(primary_key=True, max_length=40)
    requests: int = 0
    unchanged: int = 0
    refused: int = 0
