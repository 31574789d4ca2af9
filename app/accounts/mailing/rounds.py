"""The rounds of mails that people choose: each Monday the digest, each morning the reminders, in the economy's own time.

What is said comes from a room above, which hands in a function; nothing to say means no mail. A fault while one person's mail
is made is logged and leaves that one out: the others get theirs, and the next round tries again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing import queries as mail_queries
from app.accounts.mailing.choices import Kind, Reader
from app.accounts.mailing.letters import Place
from app.accounts.mailing.tables import MailRound
from app.accounts.reach import reach_of
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.language import gettext as _
from app.infra.language import speaking
from app.infra.log import trace_of
from app.infra.scope import reading
from app.infra.zones import in_zone
from app.kit import clock
from app.mail import service as mail

BEGINS = time(7, 0)
"""When the round begins where the reader is: the mail is there when the day's work begins."""
LONGEST_LOOK_BACK = timedelta(weeks=4)
"""How far back news are told to somebody who had no mail for long."""
_log = structlog.get_logger("readiness")


@dataclass(frozen=True, slots=True)
class Words:
    """What one mail says, in plain text."""

    subject: str
    body: str


Compose = Callable[[Session, Reader, datetime], Words | None]
"""Say what a reader should know of what is new since a moment, in the language and the zone that are in force; None where there
is nothing to say."""


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
    `compose` may keep what it reads for the readers that follow, so that a round costs a few statements an economy.
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
        since = news_since(kind, period, done.get(reader.user_id), reader.time_zone)
        try:
            with (
                reading(reach_of(reader.actor)),
                database.write() as session,
                speaking(catalogs.get(reader.language)),
                in_zone(reader.time_zone),
            ):
                if _take(session, reader, kind, period):
                    queued += _queue(session, reader, kind, compose(session, reader, since), Place(base_url))
        except Exception as error:  # noqa: BLE001 - one person's fault is not to cost the others their mail; the trace names it
            _log.error("mail_not_made", kind=kind.value, user=str(reader.user_id), trace=trace_of(error))
    return queued


def news_since(kind: Kind, period: Period, before: str | None, zone: str) -> datetime:
    """Return since when things are new to a reader: the beginning of the period before, which may be longer ago than usual."""
    usual = timedelta(weeks=1) if kind is Kind.WEEKLY_DIGEST else timedelta(days=1)
    since = period.begins_at - usual  # by the clock on the wall, as the period itself
    if before is None:
        return since
    year, _separator, week = before.partition("-W")
    day = date.fromisocalendar(int(year), int(week), 1) if week else date.fromisoformat(before)
    begun = datetime.combine(day, BEGINS, ZoneInfo(zone))
    return max(min(begun, since), period.begins_at - LONGEST_LOOK_BACK)


def _take(session: Session, reader: Reader, kind: Kind, period: Period) -> bool:
    if mail_queries.move_round(session, reader.user_id, kind, period.code):
        return True
    try:
        with session.begin_nested():
            session.add(MailRound(user_id=reader.user_id, kind=kind, period=period.code))
    except IntegrityError:  # another worker was faster
        return False
    return True


def _queue(session: Session, reader: Reader, kind: Kind, words: Words | None, place: Place) -> bool:
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
