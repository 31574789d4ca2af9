"""Tables of the mails that people choose."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.infra.tables import UtcTime
from app.kit.ids import new_id


class MailChoice(SQLModel, table=True):
    """Which mails a person wants; who has no row gets the digest, no reminders, in English."""

    __tablename__ = "mail_choice"

    user_id: UUID = Field(foreign_key="user.id", primary_key=True)
    weekly_digest: bool = True
    due_reminders: bool = False
    language: str = Field(default="en", max_length=35)


class MailRound(SQLModel, table=True):
    """The last period, such as a week, for which a person's digest or reminders were made."""

    __tablename__ = "mail_round"

    user_id: UUID = Field(foreign_key="user.id", primary_key=True)
    kind: str = Field(primary_key=True, max_length=40)
    period: str = Field(max_length=20)


class UnsubscribeLink(SQLModel, table=True):
    """A link in one mail that ends mails of its kind, without signing in."""

    __tablename__ = "unsubscribe_link"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(unique=True)
    user_id: UUID = Field(foreign_key="user.id", index=True)
    kind: str = Field(max_length=40)
    expires_at: datetime = Field(sa_type=UtcTime, index=True)
