"""Every statement on the tables of the ways in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_
from sqlmodel import Session, col, select

from app.accounts.signing_in.tables import LinkedIdentity, PasswordReset, SignInFailure
from app.accounts.tables import User

# --- failures to sign in


def count_failures(session: Session, since: datetime, *, email_hash: str | None = None, address_hash: str | None = None) -> int:
    """Count recent failures: of one account, from one address, or (with neither) in all."""
    statement = select(func.count()).select_from(SignInFailure).where(SignInFailure.at > since)
    if email_hash is not None:
        statement = statement.where(SignInFailure.email_hash == email_hash)
    if address_hash is not None:
        statement = statement.where(SignInFailure.address_hash == address_hash)
    return session.exec(statement).one()


def delete_failures_before(session: Session, moment: datetime) -> None:
    session.exec(delete(SignInFailure).where(col(SignInFailure.at) <= moment))


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


# --- single sign-on


def find_linked_user(session: Session, issuer: str, subject: str) -> User | None:
    """Find whom an issuer means."""
    statement = select(User).join(LinkedIdentity, col(LinkedIdentity.user_id) == User.id)
    return session.exec(statement.where(LinkedIdentity.issuer == issuer, LinkedIdentity.subject == subject)).first()


def list_linked(session: Session, user_id: UUID) -> list[LinkedIdentity]:
    """List the issuers that a person is linked with."""
    statement = select(LinkedIdentity).where(LinkedIdentity.user_id == user_id)
    return list(session.exec(statement.order_by(col(LinkedIdentity.created_at))))


def delete_linked(session: Session, user_id: UUID, linked_id: UUID) -> bool:
    """Forget one of a person's links; False when there is none such."""
    done = session.exec(delete(LinkedIdentity).where(col(LinkedIdentity.id) == linked_id, col(LinkedIdentity.user_id) == user_id))
    return done.rowcount == 1
