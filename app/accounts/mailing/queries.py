"""Every statement on the mails that people choose."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, select

from app.accounts.mailing.tables import MailChoice, MailRound, UnsubscribeLink
from app.accounts.queries import ECONOMY
from app.accounts.tables import User

MailReader: TypeAlias = tuple[User, MailChoice | None, str | None]


def find_mail_choice(session: Session, user_id: UUID) -> MailChoice | None:
    """Return what a person chose; None for one who never did."""
    return session.get(MailChoice, user_id)


def list_mail_readers(session: Session) -> list[MailReader]:
    """List everybody who can read mail, with their choice and the time zone of their economy, where there is one."""
    return _readers(session)


def list_team_readers(session: Session, economy: str, role: str) -> list[MailReader]:
    """List those who have a role in an economy, in the same way."""
    return _readers(session, col(User.economy) == economy, col(User.role) == role)


def list_readers_with_role(session: Session, role: str) -> list[MailReader]:
    """List those who have a role outside economies, in the same way."""
    return _readers(session, col(User.role) == role)


def list_readers_by_id(session: Session, ids: Collection[UUID]) -> list[MailReader]:
    """List some people, in the same way."""
    return _readers(session, col(User.id).in_(ids))


def _readers(session: Session, *only: ColumnElement[bool]) -> list[MailReader]:
    statement = (
        select(User, MailChoice, ECONOMY.c.time_zone)
        .join(MailChoice, col(MailChoice.user_id) == User.id, isouter=True)
        .join(ECONOMY, ECONOMY.c.code == col(User.economy), isouter=True)
        .where(col(User.is_disabled).is_(False), *only)
        .order_by(col(User.id))
    )
    return [(user, choice, time_zone) for user, choice, time_zone in session.exec(statement)]


def list_rounds(session: Session, kind: str) -> dict[UUID, str]:
    """Return the last period of each person."""
    return {row.user_id: row.period for row in session.exec(select(MailRound).where(MailRound.kind == kind))}


def move_round(session: Session, user_id: UUID, kind: str, period: str) -> bool:
    """Begin a period for somebody who had one before; False when there was none, or somebody was faster."""
    mine = (col(MailRound.user_id) == user_id, col(MailRound.kind) == kind)
    return session.exec(update(MailRound).where(*mine, col(MailRound.period) != period).values(period=period)).rowcount == 1


def find_unsubscribe_link(session: Session, token_hash: str, now: datetime) -> UnsubscribeLink | None:
    """Find a link that still works."""
    statement = select(UnsubscribeLink).where(UnsubscribeLink.token_hash == token_hash, UnsubscribeLink.expires_at > now)
    return session.exec(statement).first()


def delete_unsubscribe_links_before(session: Session, moment: datetime) -> None:
    """Forget links of mails that nobody reads any more."""
    session.exec(delete(UnsubscribeLink).where(col(UnsubscribeLink.expires_at) <= moment))
