"""The rounds of mails that people choose: each Monday the digest, each morning the reminders, in the economy's own time.

What is said comes from a room above, which hands in a function; nothing to say means no mail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.accounts import mail_choices, mail_queries
from app.accounts.letters import Place
from app.accounts.mail_choices import Kind, Reader
from app.accounts.tables import MailRound
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.language import gettext as _
from app.infra.language import speaking
from app.infra.zones import in_zone
from app.kit import clock
from app.mail import service as mail

BEGINS = time(7, 0)
"""When the round begins where the reader is: the mail is there when the day's work begins."""


@dataclass(frozen=True, slots=True)
class Words:
    """What one mail says, in plain text."""

    subject: str
    body: str


Compose = Callable[[Session, Reader], Words | None]
"""Say what a reader should know, in the language and the zone that are in force; None where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Period:
    """A week or a day, as the reader's calendar has it."""

    code: str
    begins_at: datetime


def period_of(kind: Kind, now: datetime, zone: str) -> Period:
    """Return the week (2026-W48) or the day (2026-11-28) whose round has begun last in a zone."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() >= BEGINS else local.date() - timedelta(days=1)
    code = day.isoformat()
    if kind is Kind.WEEKLY_DIGEST:
        year, week, weekday = day.isocalendar()
        code, day = f"{year}-W{week:02}", day - timedelta(days=weekday - 1)
    return Period(code, datetime.combine(day, BEGINS, ZoneInfo(zone)))


def send_round(database: Database, kind: Kind, compose: Compose, catalogs: Catalogs, base_url: str) -> int:
    """Queue a mail for everybody whose period has begun and who was there when it did; returns how many were queued.

    Each reader has a transaction of their own, in which the period is taken: two workers never write to one person twice.
    """
    now = clock.now()
    with database.read() as session:
        done = mail_queries.list_rounds(session, kind)
        readers = mail_choices.list_readers(session, kind)
    queued = 0
    for reader in readers:
        period = period_of(kind, now, reader.time_zone)
        if done.get(reader.user_id) == period.code or reader.since > period.begins_at:
            continue
        with database.write() as session, speaking(catalogs.get(reader.language)), in_zone(reader.time_zone):
            if _take(session, reader, kind, period):
                queued += _queue(session, reader, kind, compose, Place(base_url))
    return queued


def _take(session: Session, reader: Reader, kind: Kind, period: Period) -> bool:
    if mail_queries.move_round(session, reader.user_id, kind, period.code):
        return True
    try:
        with session.begin_nested():
            session.add(MailRound(user_id=reader.user_id, kind=kind, period=period.code))
    except IntegrityError:  # another worker was faster
        return False
    return True


def _queue(session: Session, reader: Reader, kind: Kind, compose: Compose, place: Place) -> bool:
    words = compose(session, reader)
    if words is None:
        return False
    link = place.link(mail_choices.unsubscribe_path(session, reader.user_id, kind))
    farewell = _("You can end these mails with this link, without signing in:")
    mail.queue(
        session,
        to=reader.email,
        subject=words.subject,
        body=f"{words.body.rstrip()}\n\n-- \n{farewell}\n{link}\n",
        kind=kind,
        economy=reader.economy,
        unsubscribe_url=link if kind is Kind.WEEKLY_DIGEST else "",
    )
    return True
