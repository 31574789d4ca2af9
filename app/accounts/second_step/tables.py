"""Tables of the second step of signing in. What a thief of the database finds opens nothing:
the secret of an authenticator app is sealed, recovery codes are hashes, passkeys are public keys.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.kit.ids import new_id


class Authenticator(SQLModel, table=True):
    """A person's authenticator app; it counts once `confirmed_at` is set, and no code of `last_step` or before works again."""

    __tablename__ = "authenticator"

    user_id: UUID = Field(foreign_key="user.id", primary_key=True)
    sealed_secret: str
    created_at: datetime = Field(sa_type=UtcTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_step: int = 0


class Passkey(SQLModel, table=True):
    """One passkey: its public half, and how often it says that it was used."""

    __tablename__ = "passkey"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user.id", index=True)
    name: str
    credential_id: str = Field(unique=True, max_length=1_400)
    public_key: str = Field(sa_type=Text)
    sign_count: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=UtcTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PasskeyChallenge(SQLModel, table=True):
    """What a passkey has to sign, once, within minutes; `bound_to` is the session or the half-signed-in state it was made for."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (CheckConstraint("purpose IN ('add', 'sign_in')", name="purpose"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user.id", index=True)
    bound_to: UUID = Field(index=True)
    purpose: str
    challenge: str
    name: str = ""
    expires_at: datetime = Field(sa_type=UtcTime)


class RecoveryCode(SQLModel, table=True):
    """One of ten codes for the day on which nothing else is at hand; the number, which the code begins with, finds its hash."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user.id")
    number: int
    code_hash: str
    created_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class FactorFailure(SQLModel, table=True):
    """A guess at a code, kept for minutes; rows, so that every server counts the same."""

    __tablename__ = "factor_failure"
    __table_args__ = (Index("ix_factor_failure_user_id_at", "user_id", "at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user.id")
    at: datetime = Field(sa_type=UtcTime)


class HalfSignedIn(SQLModel, table=True):
    """The password was right, the second step is still to come: no session, and over after five minutes."""

    __tablename__ = "half_signed_in"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(unique=True)
    user_id: UUID = Field(foreign_key="user.id", index=True)
    back: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)


class FactorReset(SQLModel, table=True):
    """The last time an administrator took a person's second step away; the person is told at the next sign-in."""

    __tablename__ = "factor_reset"

    user_id: UUID = Field(foreign_key="user.id", primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    by_name: str
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)
