"""The digest comes on Monday morning and reminders in the morning, where the reader is; and only if there is something to say."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlmodel import Session

from app.accounts.mailing import choices as mail_choices
from app.accounts.mailing.choices import Kind, Reader
from app.accounts.mailing.rounds import Words, news_since, period_of, send_round
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.mail import Letter, MemorySender
from app.infra.times import moment
from app.kit import clock as time_now
from app.kit.actor import Actor, Role
from app.mail.delivery import deliver_due
from tests.accounts.conftest import People
from tests.databases import only_postgresql

BASE_URL = "https://readiness.example.org"
CATALOGS = Catalogs(Path("nowhere"))
MONDAY = datetime(2027, 1, 4, 7, 0, tzinfo=UTC)


def say_when(_session: Session, reader: Reader, _since: datetime) -> Words | None:
    """Say who reads, and what time it is there; to contributors nothing."""
    return None if reader.role is Role.CONTRIBUTOR else Words("This week", f"{reader.name}, {moment(time_now.now())}")


def send(database: Database, kind: Kind = Kind.WEEKLY_DIGEST) -> list[Letter]:
    send_round(database, kind, say_when, CATALOGS, BASE_URL)
    box = MemorySender()
    deliver_due(database, box)
    return box.letters


@pytest.mark.parametrize(
    ("at", "zone", "week", "day"),
    [
        ("2027-01-04T06:59", "UTC", "2026-W53", "2027-01-03"),
        ("2027-01-04T07:00", "UTC", "2027-W01", "2027-01-04"),
        ("2027-01-03T17:59", "Pacific/Auckland", "2026-W53", "2027-01-03"),
        ("2027-01-03T18:00", "Pacific/Auckland", "2027-W01", "2027-01-04"),
        ("2027-01-04T12:00", "America/Lima", "2027-W01", "2027-01-04"),
        ("2027-01-04T11:59", "America/Lima", "2026-W53", "2027-01-03"),
        # The clocks go forward in New York on 14 March 2027 and back on 7 November.
        ("2027-03-15T10:59", "America/New_York", "2027-W10", "2027-03-14"),
        ("2027-03-15T11:00", "America/New_York", "2027-W11", "2027-03-15"),
        ("2027-11-08T11:59", "America/New_York", "2027-W44", "2027-11-07"),
        ("2027-11-08T12:00", "America/New_York", "2027-W45", "2027-11-08"),
    ],
)
def test_a_round_begins_at_seven_by_the_clock_on_the_readers_wall(at: str, zone: str, week: str, day: str) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)

    assert period_of(Kind.WEEKLY_DIGEST, now, zone).code == week
    assert period_of(Kind.DUE_REMINDERS, now, zone).code == day
    assert period_of(Kind.WEEKLY_DIGEST, now, zone).begins_at <= now


def test_each_reader_gets_one_digest_a_week_in_their_own_morning(database: Database, people: People) -> None:
    people.add(Role.COORDINATOR, "NZL", email="nz@example.org", name="Nora")
    people.add(Role.COORDINATOR, "PER", email="pe@example.org", name="Pia")
    with time_machine.travel(MONDAY - timedelta(days=2), tick=False) as clock:
        send(database)  # of the week before
        clock.move_to(MONDAY - timedelta(hours=13))
        auckland = send(database)
        again = send(database)
        clock.shift(timedelta(hours=18))
        lima = send(database)
        clock.shift(timedelta(days=6, hours=8))
        next_week = send(database)

    assert [letter.recipient for letter in auckland] == ["nz@example.org"]
    assert auckland[0].body.startswith("Nora, 4 Jan 2027, 07:00 UTC+13\n")
    assert again == []
    assert [letter.recipient for letter in lima] == ["pe@example.org"]
    assert [letter.recipient for letter in next_week] == ["nz@example.org"]


def test_nothing_to_say_is_no_mail(database: Database, people: People) -> None:
    people.add(Role.CONTRIBUTOR, "NZL")

    with time_machine.travel(MONDAY, tick=False):
        assert send(database) == []


def test_whoever_came_after_monday_waits_for_the_next(database: Database, people: People) -> None:
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False) as clock:
        people.add(Role.SECRETARIAT, email="new@example.org")
        first = send(database)
        clock.move_to(MONDAY + timedelta(days=7))
        second = send(database)

    assert (len(first), len(second)) == (0, 1)


def test_the_digest_can_be_ended_by_its_header_and_its_last_line(database: Database, people: People) -> None:
    people.add(Role.SECRETARIAT)

    with time_machine.travel(MONDAY, tick=False):
        (letter,) = send(database)

    link = letter.body.rstrip().rpartition("\n")[2]
    assert link == letter.unsubscribe_url
    assert link.startswith(f"{BASE_URL}/unsubscribe/")


def test_reminders_come_only_to_those_who_want_them_and_carry_no_list_header(database: Database, people: People) -> None:
    ana, _bob = people.add(Role.APPROVER, "NZL", email="ana@example.org"), people.add(Role.APPROVER, "NZL")
    choose(database, ana, Kind.DUE_REMINDERS)

    with time_machine.travel(MONDAY, tick=False):
        (letter,) = send(database, Kind.DUE_REMINDERS)

    assert letter.recipient == "ana@example.org"
    assert letter.unsubscribe_url == ""
    assert "/unsubscribe/" in letter.body


def test_one_persons_fault_costs_the_others_nothing_and_is_tried_again(
    database: Database, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("Ana", "Bob", "Eve"):
        people.add(Role.SECRETARIAT, email=f"{name.lower()}@example.org", name=name)

    def stumble(session: Session, reader: Reader, since: datetime) -> Words | None:
        if reader.name == "Bob":
            raise ValueError("secret words of " + reader.email)
        return say_when(session, reader, since)

    with time_machine.travel(MONDAY, tick=False):
        queued = send_round(database, Kind.WEEKLY_DIGEST, stumble, CATALOGS, BASE_URL)
        logged = "".join(capsys.readouterr())
        later = [letter.recipient for letter in send(database)]

    assert queued == 2
    assert sorted(later) == ["ana@example.org", "bob@example.org", "eve@example.org"], "Bob's was made once it could be"
    assert "mail_not_made" in logged
    assert "bob@example.org" not in logged


@pytest.mark.parametrize(
    ("before", "since"),
    [
        (None, "2026-12-28T07:00"),
        ("2026-W53", "2026-12-28T07:00"),
        ("2026-W51", "2026-12-14T07:00"),
        ("2025-W02", "2026-12-07T07:00"),
    ],
)
def test_news_begin_where_the_last_digest_ended_but_not_longer_than_four_weeks_ago(before: str | None, since: str) -> None:
    period = period_of(Kind.WEEKLY_DIGEST, MONDAY, "UTC")

    assert news_since(Kind.WEEKLY_DIGEST, period, before, "UTC") == datetime.fromisoformat(since).replace(tzinfo=UTC)


def choose(database: Database, actor: Actor, *kinds: Kind) -> None:
    with database.write() as session:
        mail_choices.change(session, actor, kinds, "en")


@only_postgresql
def test_two_workers_at_once_write_one_digest_to_each(database: Database, people: People) -> None:
    for _ in range(5):
        people.add(Role.SECRETARIAT)
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        send_round(database, Kind.WEEKLY_DIGEST, say_when, CATALOGS, BASE_URL)

    with time_machine.travel(MONDAY, tick=False):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        box = MemorySender()
        deliver_due(database, box)

    assert len(box.letters) == len({letter.recipient for letter in box.letters}) == 5
