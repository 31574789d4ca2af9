"""Queue a mail in the transaction that needs it, and see what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.audit import service as audit
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.kit.ids import new_id
from app.kit.say import mark
from app.kit.text import is_one_line
from app.mail import queries
from app.mail.tables import TOO_LATE, Mail, State

__all__ = [
    "TOO_LATE",
    "State",
    "Status",
    "Trouble",
    "list_in_trouble",
    "oldest_waiting_seconds",
    "queue",
    "queue_once",
    "statuses",
    "try_again",
    "waiting",
    "was_queued",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Status:
    """How far one mail is; `error` is empty as long as nothing went wrong."""

    state: State
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """One mail that failed, or that waits for another try; what it says is not shown to anybody but its reader."""

    id: UUID
    kind: str
    recipient: str
    error: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    """None once nothing more is tried."""
    can_be_tried: bool


def queue(
    session: Session,
    *,
    to: str,
    subject: str,
    body: str,
    kind: str,
    economy: str | None = None,
    useful_until: datetime | None = None,
    unsubscribe_url: str = "",
) -> UUID:
    """Write a mail that leaves once this transaction is committed; returns its id."""
    mail = _new(to, subject, body, kind, economy)
    mail.useful_until, mail.unsubscribe_url = useful_until, unsubscribe_url
    queries.add(session, mail)
    return mail.id


def queue_once(
    session: Session,
    once: str,
    *,
    to: str,
    subject: str,
    body: str,
    kind: str,
    economy: str | None = None,
    unsubscribe_url: str = "",
) -> bool:
    """Write a mail unless one was queued under the same word, such as "weekly_digest 2026-W48 <person>"; True when written.

    A job runs twice, and in several processes at once; the database decides which of them writes.
    """
    if queries.has_once(session, once):
        return False
    mail = _new(to, subject, body, kind, economy)
    mail.once, mail.unsubscribe_url = once, unsubscribe_url
    try:
        with session.begin_nested():
            queries.add(session, mail)
    except IntegrityError:
        return False
    return True


def was_queued(session: Session, kind: str, to: str, since: datetime) -> bool:
    """Tell whether somebody was written a mail of a kind since a moment, not longer ago than mails are kept."""
    return queries.was_queued(session, kind, to, since)


def withdraw(session: Session, ids: Collection[UUID]) -> None:
    """Forget mails that have not left: their link works no more."""
    if ids:
        queries.delete_unsent(session, ids)


def statuses(session: Session, ids: Collection[UUID]) -> dict[UUID, Status]:
    """Return how far some mails are; those that were cleared away are missing."""
    return {mail.id: Status(State(mail.state), mail.attempts, mail.last_error) for mail in queries.list_by_ids(session, ids)}


def list_in_trouble(session: Session, actor: Actor) -> list[Trouble]:
    """List the mails that failed or wait for another try, for administrators."""
    _must_administer(actor)
    return [_trouble(mail) for mail in queries.list_in_trouble(session)]


def try_again(session: Session, actor: Actor, mail_id: UUID) -> None:
    """Queue a failed mail again, with all its attempts before it."""
    _must_administer(actor)
    mail = queries.find_failed(session, mail_id)
    if mail is None:
        raise NotFound("mail")
    if not _trouble(mail).can_be_tried:
        raise Conflict(mark("The link in this mail works no more, so sending it would not help. Ask for a new one instead."))
    mail.state, mail.attempts, mail.next_attempt_at, mail.last_error = State.QUEUED, 0, clock.now(), ""
    session.flush()
    detail = {"kind": mail.kind}
    audit.record(session, actor, "mail.tried_again", target_kind="mail", target_id=mail.id, economy=mail.economy, detail=detail)


def _new(to: str, subject: str, body: str, kind: str, economy: str | None) -> Mail:
    if not is_one_line(subject) or not is_one_line(to):
        raise ValueError("a header of a mail is one line")
    now = clock.now()
    return Mail(
        id=new_id(), kind=kind, recipient=to, subject=subject, body=body, economy=economy, next_attempt_at=now, created_at=now
    )


def _trouble(mail: Mail) -> Trouble:
    has_failed = mail.state == State.FAILED
    is_late = mail.useful_until is not None and mail.useful_until <= clock.now()
    return Trouble(
        mail.id,
        mail.kind,
        mail.recipient,
        mail.last_error,
        mail.attempts,
        mail.created_at,
        None if has_failed else mail.next_attempt_at,
        can_be_tried=has_failed and mail.body != "" and not is_late,
    )


def _must_administer(actor: Actor) -> None:
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator may do this.")


def waiting(session: Session) -> int:
    """Return how many mails wait to leave: for the metrics."""
    return queries.oldest_queued(session)[0]


def oldest_waiting_seconds(session: Session) -> float:
    """Return for how long the oldest of them has waited."""
    oldest = queries.oldest_queued(session)[1]
    return 0.0 if oldest is None else max(0.0, (clock.now() - clock.as_utc(oldest)).total_seconds())
