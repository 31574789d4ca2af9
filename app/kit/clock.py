"""The one place that asks the machine for the time; always UTC."""

from __future__ import annotations

from datetime import UTC, datetime


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
