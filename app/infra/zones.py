"""The time zone in which times are said now: that of the reader's economy, else UTC.

An edge begins with UTC for each request and learns later who reads: in another thread than the one that answers. So what is kept
for a request is one place that all its threads share, not the zone itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

UTC_NAME = "UTC"
_PLACES = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@dataclass(slots=True)
class _Reader:
    zone: ZoneInfo


_reader: ContextVar[_Reader | None] = ContextVar("reader", default=None)


def current_zone() -> ZoneInfo:
    """Return the zone in which times are said now."""
    reader = _reader.get()
    return ZoneInfo(UTC_NAME) if reader is None else reader.zone


@contextmanager
def in_zone(name: str = UTC_NAME) -> Iterator[None]:
    """Say the times in here in a zone: of a request, until its reader is known, or of a mail."""
    token = _reader.set(_Reader(ZoneInfo(name)))
    try:
        yield
    finally:
        _reader.reset(token)


def read_in(name: str) -> None:
    """Say the times of this request in its reader's zone from now on."""
    reader = _reader.get()
    if reader is not None:
        reader.zone = ZoneInfo(name)


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """List the zones that are called after a place, such as Asia/Jakarta."""
    return tuple(sorted(name for name in available_timezones() if name.partition("/")[0] in _PLACES))
