"""Periods as a question names them: years, months, days and the standard's quarters, halves, thirds and weeks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.kit.say import mark
from app.releases.sdmx.refusals import Misspelt

_DAY = timedelta(days=1)
_CALENDAR = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?)?)?")
_REPORTED = re.compile(r"([0-9]{4})-([ASTQMWD])([0-9]{1,3})")
_MONTHS = {"A": 12, "S": 6, "T": 4, "Q": 3, "M": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both ends inside."""

    begin: date
    end: date


def read_period(text: str) -> Period:
    """Read a period. Raises Misspelt for what is none."""
    try:
        found = _read(text)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise Misspelt(mark("Write a period such as 2026, 2026-05, 2026-05-31 or 2026-Q2."))
    return found


def _read(text: str) -> Period | None:
    if found := _CALENDAR.fullmatch(text):
        year, month, day = found.groups()
        if day is not None:
            begin = date(int(year), int(month), int(day))
            return Period(begin, begin)
        return _months(int(year), int(month or 1), 1 if month else 12)
    if found := _REPORTED.fullmatch(text):
        return _reported(int(found[1]), found[2], int(found[3]))
    return None


def _reported(year: int, unit: str, number: int) -> Period:
    if unit == "W":
        begin = date.fromisocalendar(year, number, 1)
        return Period(begin, begin + 6 * _DAY)
    if unit == "D":
        begin = date(year, 1, 1) + (number - 1) * _DAY
        if begin.year != year:
            raise ValueError(number)
        return Period(begin, begin)
    length = _MONTHS[unit]
    return _months(year, (number - 1) * length + 1, length)


def _months(year: int, month: int, length: int) -> Period:
    begin, after = date(year, month, 1), year * 12 + month - 1 + length
    return Period(begin, date(after // 12, after % 12 + 1, 1) - _DAY)
