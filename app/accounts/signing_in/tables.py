"""Tables of the ways in: wrong passwords, forgotten ones, and whom an issuer of single sign-on means."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.kit.ids import new_id


class SignInFailure(SQLModel, table=True):
    """A wrong password, kept for minutes to slow down guessing; rows, so that every server counts the same."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_email_hash_at", "email_hash", "at"),
        Index("ix_sign_in_failure_address_hash_at", "address_hash", "at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email_hash: str
    address_hash: str
    at: datetime = Field(sa_type=UtcTime, index=True)


class PasswordReset(SQLModel, table=True):
    """Somebody asked for a new password. The same row is written for every address, so that nobody learns which is known.

    `email` is empty once a job has looked the person up; `user_id` and `token_hash` are None unless there is an account.
    Kept for a day, to count how often an address was asked for.
    """

    __tablename__ = "password_reset"
    __table_args__ = (
        Index("ix_password_reset_email_hash_asked_at", "email_hash", "asked_at"),
        Index("ix_password_reset_address_hash_asked_at", "address_hash", "asked_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str
    email_hash: str
    address_hash: str
    language: str = Field(max_length=35)
    asked_at: datetime = Field(sa_type=UtcTime, index=True)
    is_answered: bool = False
    user_id: UUID | None = Field(default=None, foreign_key="user.id")
    token_hash: str | None = Field(default=None, unique=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class LinkedIdentity(SQLModel, table=True):
    """Whom an issuer of single sign-on means by a subject."""

    __tablename__ = "linked_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user.id", index=True)
    issuer: str = Field(max_length=500)
    subject: str = Field(max_length=255)
    created_at: datetime = Field(sa_type=UtcTime)
