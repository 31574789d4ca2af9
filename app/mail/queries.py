"""Every statement on mail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, or_, update
from sqlmodel import Session, col, select

from app.mail.tables import Mail, State


def add(session: Session, mail: Mail) -> None:
    session.add(mail)
    session.flush()


def has_once(session: Session, once: str) -> bool:
    return session.exec(select(Mail.id).where(Mail.once == once)).first() is not None


def was_queued(session: Session, kind: str, recipient: str, since: datetime) -> bool:
    """Tell whether somebody was written a mail of a kind since a moment."""
    found = select(Mail.id).where(Mail.kind == kind, Mail.recipient == recipient, Mail.created_at > since)
    return session.exec(found.limit(1)).first() is not None


def is_any_due(session: Session, now: datetime) -> bool:
    """Tell whether a worker has something to do: it asks every other second, and must not take the writer's place for it."""
    return bool(session.scalar(select(exists().where(col(Mail.state) == State.QUEUED, col(Mail.next_attempt_at) <= now))))


def oldest_queued(session: Session) -> tuple[int, datetime | None]:
    """Return how many wait, and since when the oldest does."""
    statement = select(func.count(), func.min(Mail.created_at)).where(Mail.state == State.QUEUED)
    count, oldest = session.exec(statement).one()
    return count, oldest


def find_due(session: Session, now: datetime) -> Mail | None:
    """Find the mail that has waited longest, and lock it; one that another worker holds is passed over."""
    statement = select(Mail).where(Mail.state == State.QUEUED, Mail.next_attempt_at <= now)
    return session.exec(
        statement.order_by(col(Mail.next_attempt_at), col(Mail.id)).limit(1).with_for_update(skip_locked=True)
    ).first()


def settle(session: Session, mail_id: UUID, attempts: int, values: dict[str, Any]) -> bool:
    """Write down how an attempt ended, unless a later one has begun or the mail was withdrawn."""
    done = session.exec(
        update(Mail)
        .where(col(Mail.id) == mail_id, col(Mail.state) == State.QUEUED, col(Mail.attempts) == attempts)
        .values(**values)
    )
    return done.rowcount == 1


def find_failed(session: Session, mail_id: UUID) -> Mail | None:
    return session.exec(select(Mail).where(Mail.id == mail_id, Mail.state == State.FAILED).with_for_update()).first()


def list_in_trouble(session: Session) -> list[Mail]:
    """List what failed, and what waits for another try, the newest first."""
    in_trouble = or_(col(Mail.state) == State.FAILED, and_(col(Mail.state) == State.QUEUED, col(Mail.last_error) != ""))
    return list(session.exec(select(Mail).where(in_trouble).order_by(col(Mail.created_at).desc(), col(Mail.id))))


def list_by_ids(session: Session, ids: Collection[UUID]) -> list[Mail]:
    return list(session.exec(select(Mail).where(col(Mail.id).in_(ids))))


def delete_unsent(session: Session, ids: Collection[UUID]) -> None:
    session.exec(delete(Mail).where(col(Mail.id).in_(ids), col(Mail.state) != State.SENT))


def fail_the_late(session: Session, now: datetime, error: str) -> None:
    """Give up what nobody can use any more, and forget what it said."""
    session.exec(
        update(Mail)
        .where(col(Mail.useful_until) <= now)
        .where(or_(col(Mail.state) == State.QUEUED, and_(col(Mail.state) == State.FAILED, col(Mail.body) != "")))
        .values(state=State.FAILED, last_error=error, body="", unsubscribe_url="")
    )


def delete_created_before(session: Session, moment: datetime) -> None:
    session.exec(delete(Mail).where(col(Mail.created_at) < moment, col(Mail.state) != State.QUEUED))


def fail_all_queued(session: Session, error: str) -> int:
    """Give up what waits to be sent, and erase its text; returns how many mails that were."""
    statement = update(Mail).where(col(Mail.state) == State.QUEUED)
    return session.exec(statement.values(state=State.FAILED, last_error=error, body="", unsubscribe_url="")).rowcount
