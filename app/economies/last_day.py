"""The last day of a cycle: it lasts until that day has ended everywhere on earth, so that nobody's midnight comes too early."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from app.kit import clock
from app.kit.errors import Problems
from app.kit.say import mark

_WESTERNMOST = timedelta(hours=12)  # UTC-12: the last place on earth where a day ends
_LONGEST = timedelta(days=3_653)  # ten years: a closing day beyond is a slip of the finger
_ONE_DAY = timedelta(days=1)


def end_of(day: date) -> datetime:
    """Return the moment at which a day has ended everywhere on earth."""
    return datetime.combine(day, time(), UTC) + _ONE_DAY + _WESTERNMOST


def is_over(closes_on: date | None, now: datetime) -> bool:
    """Tell whether the last day has ended everywhere; without a last day it never does."""
    return closes_on is not None and now >= end_of(closes_on)


def read_closing_day(problems: Problems, text: str, now: datetime, *, field: str = "closes_on") -> date | None:
    """Read a closing day that is still to come; None where there is none, or where it is named as wrong."""
    if not text.strip():
        return None
    day = clock.read_day(text)
    if day is None:
        words = mark("Write the closing day as year, month and day, such as 2027-06-30, or leave it empty.")
        problems.add(field, "not_a_date", words)
        return None
    if day > now.date() + _LONGEST:
        problems.add(field, "out_of_range", mark("This day is more than ten years ahead. Check the year."))
    elif is_over(day, now):
        problems.add(field, "out_of_range", mark("This day is over. Choose today or a later day, or leave it empty."))
    return day
