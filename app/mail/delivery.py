"""Deliver what is due. A mail is taken in one transaction, sent in none, and settled in another.

So no transaction is open while a mail server takes its time, and a crash between sending and settling sends twice: the mail
is due again when the worker's hold on it ends. None is ever lost.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from app.infra.db import Database
from app.infra.mail import Letter, MailNotSent, Sender
from app.kit import clock
from app.mail import queries
from app.mail.tables import TOO_LATE, Mail, State

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""How long to wait after each failure; after the last, one more try, then the mail has failed."""
HOLD = timedelta(minutes=10)
KEEPS = timedelta(days=30)
_MOST_AT_ONCE = 50  # then the other jobs have their turn
_log = structlog.get_logger("readiness")


def deliver_due(database: Database, sender: Sender) -> int:
    """Send what is due, the oldest first; returns how many mails left. A server that is away ends the round."""
    sent = 0
    for _ in range(_MOST_AT_ONCE):
        with database.read() as session:
            if not queries.is_any_due(session, clock.now()):
                break
        mail = _take(database)
        if mail is None:
            break
        trouble = _send(database, sender, mail)
        sent += trouble is None
        if trouble is not None and trouble.concerns_all:
            break
    return sent


def clear_old(database: Database) -> None:
    """Forget what was said in mails that are too late, and, a month later, that there was a mail."""
    now = clock.now()
    with database.write() as session:
        queries.fail_the_late(session, now, TOO_LATE)
        queries.delete_created_before(session, now - KEEPS)


def _take(database: Database) -> Mail | None:
    """Take one mail for a while. What is too late for its reader is given up on the way."""
    now = clock.now()
    with database.write() as session:
        queries.fail_the_late(session, now, TOO_LATE)
        mail = queries.find_due(session, now)
        if mail is not None:
            mail.attempts += 1
            mail.next_attempt_at = now + HOLD
    return mail


def _send(database: Database, sender: Sender, mail: Mail) -> MailNotSent | None:
    letter = Letter(mail.id, mail.recipient, mail.subject, mail.body, clock.now(), mail.unsubscribe_url)
    try:
        sender.send(letter)
    except MailNotSent as trouble:
        _settle_failure(database, mail, trouble)
        return trouble
    with database.write() as session:
        settled = {"state": State.SENT, "sent_at": clock.now(), "body": "", "unsubscribe_url": "", "last_error": ""}
        queries.settle(session, mail.id, mail.attempts, settled)
    return None


def _settle_failure(database: Database, mail: Mail, trouble: MailNotSent) -> None:
    has_failed = trouble.is_final or mail.attempts > len(WAITS)
    with database.write() as session:
        settled = {
            "state": State.FAILED if has_failed else State.QUEUED,
            "last_error": f"{trouble.trouble} {trouble.reply or ''}".strip(),
            "next_attempt_at": _next_attempt(mail.attempts, clock.now()),
        }
        queries.settle(session, mail.id, mail.attempts, settled)
    _log.warning("mail_not_sent", mail=str(mail.id), kind=mail.kind, trouble=trouble.trouble.value, attempts=mail.attempts)


def _next_attempt(attempts: int, now: datetime) -> datetime:
    return now + WAITS[min(attempts, len(WAITS)) - 1]


def give_up_all(session: Session) -> int:
    """Give up every mail that waits, after a backup was restored: it may have left since the backup was made."""
    return queries.fail_all_queued(session, TOO_LATE)
