"""The one place that asks the machine for the time; always UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def now() -> datetime:
    """Return the current time in UTC, to the microsecond."""
    return datetime.now(UTC)


def as_utc(moment: datetime) -> datetime:
    """Read a stored time as UTC; SQLite forgets the zone that PostgreSQL keeps."""
    if moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def iso(moment: datetime) -> str:
    """Return ISO 8601 with a trailing Z, to the second."""
    return as_utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_day(text: str) -> date | None:
    """Read a day that is written as pages ask for it, 2027-06-30; None for anything else, also for 20270630 and 2027-W26-3."""
    try:
        return date.fromisoformat(text.strip()) if _DAY.fullmatch(text.strip()) else None
    except ValueError:  # there is no 30 February
        return None
