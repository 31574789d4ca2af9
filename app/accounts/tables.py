"""Tables of accounts. No secret is stored: only SHA-256 of random tokens and argon2id of passwords."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.kit.actor import ECONOMY_ROLES, Role
from app.kit.ids import new_id

_ROLES = ", ".join(f"'{role}'" for role in Role)
_OF_AN_ECONOMY = ", ".join(f"'{role}'" for role in Role if role in ECONOMY_ROLES)


def _role_checks() -> tuple[CheckConstraint, CheckConstraint]:
    return (
        CheckConstraint(f"role IN ({_ROLES})", name="role"),
        CheckConstraint(f"(role IN ({_OF_AN_ECONOMY})) = (economy IS NOT NULL)", name="economy_goes_with_role"),
    )


class User(SQLModel, table=True):
    """A person with an account; `password_hash` is None for one who cannot sign in with a password."""

    __tablename__ = "user"
    __table_args__ = _role_checks()

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(unique=True)
    name: str
    role: str
    economy: str | None = Field(default=None, foreign_key="economy.code", index=True)
    password_hash: str | None = None
    is_disabled: bool = False
    created_at: datetime = Field(sa_type=UtcTime)
    password_changed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class UserSession(SQLModel, table=True):
    """One browser in which a person is signed in; the row is deleted when that ends."""

    __tablename__ = "session"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(unique=True)
    user_id: UUID = Field(foreign_key="user.id", index=True)
    csrf_secret: str
    created_at: datetime = Field(sa_type=UtcTime)
    last_seen_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)
    user_agent: str
    has_second_factor: bool = False


class Invitation(SQLModel, table=True):
    """A one-time link; `accepted_at` and `user_id` are None until somebody has used it, `withdrawn_at` unless it was taken back.

    `mail_id` names the mail with the link, which may be cleared away already; None where none was sent.
    """

    __tablename__ = "invitation"
    __table_args__ = _role_checks()

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(unique=True)
    email: str
    name: str
    role: str
    economy: str | None = Field(default=None, foreign_key="economy.code", index=True)
    invited_by: UUID | None = Field(default=None, foreign_key="user.id")
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    user_id: UUID | None = Field(default=None, foreign_key="user.id")
    mail_id: UUID | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ApiKey(SQLModel, table=True):
    """A key that acts with its owner's role; the prefix lets its owner recognise it. `scopes` are words with spaces between: it
    always reads, and may do more only where they say so.

    `tier` is how much it may ask. `days` is for how long a person made it; None for keys older than that note. `follows` is the
    key that it replaced; None for the first of its line. `revoked_reason` is empty unless somebody else revoked it.
    `warned_days`: its owner was told this many days before its end; None before that.
    """

    __tablename__ = "api_key"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    prefix: str
    secret_hash: str = Field(unique=True)
    label: str
    user_id: UUID = Field(foreign_key="user.id", index=True)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    last_used_on: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    scopes: str = Field(default="read", max_length=200, sa_column_kwargs={"server_default": "read"})
    tier: str = Field(default="standard", max_length=20, sa_column_kwargs={"server_default": "standard"})
    follows: UUID | None = Field(default=None, foreign_key="api_key.id", unique=True)
    revoked_reason: str = Field(default="", max_length=500, sa_column_kwargs={"server_default": ""})
    days: int | None = None
    warned_days: int | None = None
