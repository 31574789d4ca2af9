"""Times are said in the reader's zone, summer time too; without a reader in UTC."""

from __future__ import annotations

import threading
from contextvars import copy_context
from datetime import UTC, date, datetime

import pytest
import time_machine

from app.infra.times import day, moment, today
from app.infra.zones import current_zone, in_zone, read_in, zone_names


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "when", "said"),
    [
        ("UTC", "2026-11-21T14:02", "21 Nov 2026, 14:02 UTC"),
        ("Asia/Jakarta", "2026-11-21T14:02", "21 Nov 2026, 21:02 UTC+7"),
        ("Pacific/Auckland", "2026-11-21T14:02", "22 Nov 2026, 03:02 UTC+13"),
        ("Pacific/Auckland", "2026-07-21T14:02", "22 Jul 2026, 02:02 UTC+12"),
        ("America/St_Johns", "2026-11-21T02:02", "20 Nov 2026, 22:32 UTC\N{MINUS SIGN}3:30"),
        ("Europe/London", "2026-12-01T12:00", "1 Dec 2026, 12:00 UTC"),
        ("Europe/London", "2026-07-01T12:00", "1 Jul 2026, 13:00 UTC+1"),
        # The hour that comes twice, when the clocks go back, is told apart by the offset.
        ("America/New_York", "2026-11-01T05:30", "1 Nov 2026, 01:30 UTC\N{MINUS SIGN}4"),
        ("America/New_York", "2026-11-01T06:30", "1 Nov 2026, 01:30 UTC\N{MINUS SIGN}5"),
        # The hour that is skipped, when they go forward, is never said.
        ("America/Santiago", "2026-09-06T03:59", "5 Sep 2026, 23:59 UTC\N{MINUS SIGN}4"),
        ("America/Santiago", "2026-09-06T04:00", "6 Sep 2026, 01:00 UTC\N{MINUS SIGN}3"),
    ],
)
def test_a_time_is_said_as_the_clock_on_the_readers_wall_shows_it(zone: str, when: str, said: str) -> None:
    with in_zone(zone):
        assert moment(at(when)) == said
        assert day(at(when)) == said.partition(",")[0]


def test_a_day_without_a_time_is_the_same_everywhere() -> None:
    with in_zone("Pacific/Auckland"):
        assert day(date(2026, 11, 21)) == "21 Nov 2026"


def test_who_reads_is_known_to_every_thread_of_the_request_and_to_no_other() -> None:
    with in_zone():
        thread = threading.Thread(target=copy_context().run, args=(read_in, "Asia/Tokyo"))  # a dependency runs like this
        thread.start()
        thread.join()
        inside = str(current_zone())

    assert inside == "Asia/Tokyo"
    assert str(current_zone()) == "UTC"


def test_without_a_request_nobody_reads() -> None:
    read_in("Asia/Tokyo")

    assert str(current_zone()) == "UTC"


def test_the_zones_to_choose_from_are_called_after_places() -> None:
    names = zone_names()

    assert {"Asia/Jakarta", "Pacific/Auckland", "America/Argentina/Buenos_Aires"} <= set(names)
    assert not any(name.startswith(("Etc/", "US/", "posix/")) for name in names)


@pytest.mark.parametrize(("zone", "on"), [("UTC", 28), ("Pacific/Auckland", 29), ("America/Lima", 28)])
def test_today_is_the_day_on_the_readers_calendar(zone: str, on: int) -> None:
    with time_machine.travel(at("2026-11-28T17:21"), tick=False), in_zone(zone):
        assert today() == date(2026, 11, on)
