"""Releases as clients read them, kept in the memory of a process until a release or a withdrawal comes in."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic

from app.infra.db import Database
from app.releases import service
from app.releases.readable import ReadableRelease, open_release
from app.releases.service import ReleaseEntry
from app.releases.stamp import Stamp

SECONDS = 60.0
"""How long names of economies and groups may be those of before; they change seldom, and the stamp does not know of them."""
_MOST = 16


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: tuple[int, int] | None
    since: float
    release: ReadableRelease

    def is_good(self, stamp: tuple[int, int] | None) -> bool:
        return self.stamp == stamp and monotonic() - self.since < SECONDS


class Shelf:
    """Gives releases out; a read from memory sends no statement but, once a second, that of the stamp."""

    def __init__(self, database: Database, stamp: Stamp) -> None:
        self._database = database
        self._stamp = stamp
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    def get(self, questionnaire: str, number: str) -> ReadableRelease:
        """Return one release by its number, or `latest`; others raise NotFound."""
        stamp, key = self._stamp.current(), (questionnaire, number)
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept.is_good(stamp):
            return kept.release
        since = monotonic()
        with self._database.read() as session:
            release = open_release(session, questionnaire, number)
        with self._lock:
            self._kept[key] = _Kept(stamp, since, release)
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return release

    def entries(self, questionnaire: str | None = None, cycle: str | None = None) -> list[ReleaseEntry]:
        """List releases, the newest first in each questionnaire."""
        with self._database.read() as session:
            return service.list_releases(session, questionnaire, cycle)
