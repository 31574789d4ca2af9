"""The weekly digest and the reminders of due dates: what is new and what is due for one person, in plain text.

They say who did something, about which question, and where to look. Answers, notes and what was said in discussions stay behind
the sign-in: mail is read by others, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlmodel import Session

from app.accounts.mailing.choices import Kind, Reader
from app.accounts.mailing.letters import Place as Site
from app.accounts.mailing.letters import paragraphs
from app.accounts.mailing.rounds import Words, send_round
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.language import gettext as _
from app.infra.language import ngettext
from app.infra.times import moment, today
from app.infra.zones import current_zone
from app.kit import clock
from app.kit.actor import Role
from app.reviews.at_work import Economies
from app.reviews.digest_lines import Lines
from app.reviews.service import ReviewState
from app.teamwork.news import News

_A_DAY = timedelta(days=1)

Says = Callable[[Session, Reader, datetime, Economies, Site], Words | None]


def send_digests(database: Database, catalogs: Catalogs, base_url: str) -> int:
    """Queue the digests that are due; returns how many. For a job: it may run twice, and at once."""
    return _send(database, Kind.WEEKLY_DIGEST, digest, catalogs, base_url)


def send_reminders(database: Database, catalogs: Catalogs, base_url: str) -> int:
    """Queue the reminders that are due, in the same way."""
    return _send(database, Kind.DUE_REMINDERS, reminder, catalogs, base_url)


def digest(session: Session, reader: Reader, since: datetime, economies: Economies, site: Site) -> Words | None:
    """Say what is new since a moment and what is left; None where there is nothing."""
    if not reader.actor.is_official:
        return None
    lines = Lines(economies.work(session, reader.actor), site, today())
    news = economies.news(session, reader.actor, since, clock.now().astimezone(current_zone()))
    said = [*_of_person(lines, news), _to_sign_off(lines, reader)]
    parts = [part for part in (*said, _progress(lines, reader, since, has_news=any(said))) if part]
    if not parts:
        return None
    body = paragraphs(
        _("Dear {name},").format(name=reader.name),
        _("this is new since {moment}, and this is left:").format(moment=moment(since)),
        *parts,
        _("Sign in to read more. What is answered and said is never in a mail."),
    )
    return Words(_("Your week in the AI Readiness Reviews"), body)


def reminder(session: Session, reader: Reader, _since: datetime, economies: Economies, site: Site) -> Words | None:
    """Say what of a person's is due tomorrow or today, or was yesterday, and is not done; None where nothing is."""
    if not reader.actor.is_official:
        return None
    this_day, work = today(), economies.work(session, reader.actor)
    lines, mine = Lines(work, site, this_day), [holder for holder in work.left if holder.user_id == reader.user_id]
    heads = {this_day - _A_DAY: _("Was due yesterday"), this_day: _("Due today"), this_day + _A_DAY: _("Due tomorrow")}
    due = {on: work.still_left(holder for holder in mine if holder.due_on == on) for on in heads}
    number = sum(map(len, due.values()))
    if not number:
        return None
    parts = (lines.part(head, map(lines.due, due[on])) for on, head in heads.items())
    body = paragraphs(_("Dear {name},").format(name=reader.name), *filter(None, parts))
    subject = ngettext("Reminder: {number} due date", "Reminder: {number} due dates", number)
    return Words(subject.format(number=number), body)


def _send(database: Database, kind: Kind, says: Says, catalogs: Catalogs, base_url: str) -> int:
    economies, site = Economies(), Site(base_url)

    def compose(session: Session, reader: Reader, since: datetime) -> Words | None:
        return says(session, reader, since, economies, site)

    return send_round(database, kind, compose, catalogs, base_url)


def _of_person(lines: Lines, news: News) -> Iterable[str]:
    """Say what concerns the reader alone; each thing once, where it presses most."""
    assigned = lines.work.still_left(news.assigned)
    told = {holder.id for holder in assigned}
    mentions = {(said.review_id, said.place) for said in news.mentions}
    others = [said for said in news.said if (said.review_id, said.place) not in mentions]
    yield lines.part(_("You are mentioned"), lines.said(news.mentions))
    for head, holders in ((_("Overdue"), news.overdue), (_("Due within seven days"), news.due_soon)):
        due = lines.work.still_left(holder for holder in holders if holder.id not in told)
        yield lines.part(head, map(lines.due, due))
    yield lines.part(_("Assigned to you"), map(lines.handed_over, assigned))
    yield lines.part(_("Discussed, on what is yours"), lines.said(others))


def _to_sign_off(lines: Lines, reader: Reader) -> str:
    if reader.role is not Role.APPROVER:
        return ""
    reviews = [each for each in lines.work.reviews.values() if each.state is ReviewState.IN_SIGN_OFF and each.cycle.is_open]
    return lines.part(_("Waits for your sign-off"), map(lines.to_sign_off, reviews))


def _progress(lines: Lines, reader: Reader, since: datetime, *, has_news: bool) -> str:
    """Say to a coordinator how far the reviews are: those that moved, and all of them in a mail that is sent anyway."""
    if reader.role is not Role.COORDINATOR:
        return ""
    reviews = [each for each in lines.work.reviews.values() if each.is_editable and (has_news or each.updated_at > since)]
    return lines.part(_("How far your review is"), map(lines.progress, reviews))
