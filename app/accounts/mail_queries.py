"""Every statement on new passwords by mail, and on the mails that people choose."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, update
from sqlmodel import Session, col, select

from app.accounts.queries import ECONOMY
from app.accounts.tables import MailChoice, MailRound, PasswordReset, UnsubscribeLink, User

MailReader: TypeAlias = tuple[User, MailChoice | None, str | None]

# --- new passwords by mail


def count_resets_sent(session: Session, email_hash: str, since: datetime) -> int:
    """Count the links for a new password that were written to a person."""
    statement = select(func.count()).select_from(PasswordReset)
    return session.exec(
        statement.where(
            PasswordReset.email_hash == email_hash,
            PasswordReset.asked_at > since,
            col(PasswordReset.token_hash).is_not(None),
        )
    ).one()


def count_resets(session: Session, since: datetime, *, address_hash: str | None = None) -> int:
    """Count who asked for a new password: from one address, or in all."""
    statement = select(func.count()).select_from(PasswordReset).where(PasswordReset.asked_at > since)
    if address_hash is not None:
        statement = statement.where(PasswordReset.address_hash == address_hash)
    return session.exec(statement).one()


def has_unanswered_resets(session: Session) -> bool:
    """Tell whether somebody waits for a link."""
    return session.exec(select(PasswordReset.id).where(col(PasswordReset.is_answered).is_(False)).limit(1)).first() is not None


def list_unanswered_resets(session: Session, most: int) -> list[PasswordReset]:
    """List the oldest requests that no mail was written for yet, and lock them; what another worker holds is passed over."""
    statement = select(PasswordReset).where(col(PasswordReset.is_answered).is_(False)).order_by(col(PasswordReset.asked_at))
    return list(session.exec(statement.limit(most).with_for_update(skip_locked=True)))


def find_open_reset(
    session: Session, token_hash: str, asked_after: datetime, *, to_use: bool = False
) -> tuple[PasswordReset, User] | None:
    """Find a link that still works, and its person: unused, not too old, and the password has not changed since."""
    statement = (
        select(PasswordReset, User)
        .join(User, col(User.id) == PasswordReset.user_id)
        .where(
            PasswordReset.token_hash == token_hash,
            PasswordReset.asked_at > asked_after,
            col(PasswordReset.used_at).is_(None),
            col(User.is_disabled).is_(False),
            or_(col(User.password_changed_at).is_(None), col(User.password_changed_at) <= col(PasswordReset.asked_at)),
        )
    )
    return session.exec(statement.with_for_update() if to_use else statement).first()


def delete_resets_before(session: Session, moment: datetime) -> None:
    """Forget old requests, and the links with them."""
    session.exec(delete(PasswordReset).where(col(PasswordReset.asked_at) <= moment))


# --- mails that people choose


def find_mail_choice(session: Session, user_id: UUID) -> MailChoice | None:
    """Return what a person chose; None for one who never did."""
    return session.get(MailChoice, user_id)


def list_mail_readers(session: Session) -> list[MailReader]:
    """List everybody who can read mail, with their choice and the time zone of their economy, where there is one."""
    return _readers(session)


def list_team_readers(session: Session, economy: str, role: str) -> list[MailReader]:
    """List those who have a role in an economy, in the same way."""
    return _readers(session, col(User.economy) == economy, col(User.role) == role)


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
