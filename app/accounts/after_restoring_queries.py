"""Statements that end every way in at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col

from app.accounts.clients.tables import KeyRequest
from app.accounts.second_step.tables import HalfSignedIn, PasskeyChallenge
from app.accounts.signing_in.tables import PasswordReset
from app.accounts.tables import ApiKey, Invitation, UserSession


def delete_all_sessions(session: Session) -> int:
    """Sign everybody out, those too who are half-way in."""
    session.exec(delete(HalfSignedIn))
    session.exec(delete(PasskeyChallenge))
    return session.exec(delete(UserSession)).rowcount


def revoke_all_keys(session: Session, now: datetime, why: str) -> int:
    """Revoke every key that still works."""
    working = (col(ApiKey.revoked_at).is_(None), col(ApiKey.expires_at) > now)
    return session.exec(update(ApiKey).where(*working).values(revoked_at=now, revoked_reason=why)).rowcount


def expire_all_invitations(session: Session, now: datetime) -> int:
    """End every invitation that nobody has used."""
    is_open = (col(Invitation.accepted_at).is_(None), col(Invitation.withdrawn_at).is_(None), col(Invitation.expires_at) > now)
    return session.exec(update(Invitation).where(*is_open).values(expires_at=now)).rowcount


def end_all_resets(session: Session, now: datetime) -> int:
    """End every link for a new password, and leave no request unanswered that would make another."""
    session.exec(update(PasswordReset).where(col(PasswordReset.is_answered).is_(False)).values(is_answered=True, email=""))
    is_open = (col(PasswordReset.token_hash).is_not(None), col(PasswordReset.used_at).is_(None))
    return session.exec(update(PasswordReset).where(*is_open).values(used_at=now)).rowcount


def end_all_collecting(session: Session, now: datetime) -> int:
    """End every link by which somebody confirms a request for a key, or collects one."""
    has_link = or_(col(KeyRequest.token_hash).is_not(None), col(KeyRequest.collect_until) > now)
    return session.exec(update(KeyRequest).where(has_link).values(token_hash=None, collect_until=None)).rowcount
