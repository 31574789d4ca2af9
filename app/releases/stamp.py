"""When what a process keeps of releases is out of date: a stamp that every release and every withdrawal changes."""

from __future__ import annotations

import threading
from time import monotonic

from sqlalchemy import event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapper
from sqlalchemy.orm import Session as OrmSession

from app.infra.db import Database
from app.releases import queries
from app.releases.tables import Release, ReleaseWithdrawal

SECONDS = 1.0
"""How long a process may go on without asking again."""


class _Written:
    """Counts what this process committed, so that it asks again at once."""

    def __init__(self) -> None:
        self.times = 0

    def note(self, _session: OrmSession) -> None:
        self.times += 1


_written = _Written()


class Stamp:
    """The stamp as it was at most a second ago; safe to ask from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._written_before = -1
        self._value: tuple[int, int] | None = None

    @property
    def value(self) -> tuple[int, int] | None:
        """Return it as it was read last; None before that."""
        return self._value

    @property
    def is_due(self) -> bool:
        """Tell whether it has to be read again before anything that is kept may be sent."""
        return monotonic() - self._read_at >= SECONDS or self._written_before != _written.times

    def refresh(self) -> None:
        """Read it again, where another thread has not just done so."""
        with self._lock:
            if self.is_due:
                self._read()

    def current(self) -> tuple[int, int] | None:
        """Return it, read again where it is due."""
        if self.is_due:
            self.refresh()
        return self._value

    def _read(self) -> None:
        # Both are noted before the look: what is written while it lasts is asked for again.
        began, written = monotonic(), _written.times
        with self._database.read() as session:
            self._value = queries.stamp(session)
        self._read_at, self._written_before = began, written


def _after_insert(_mapper: Mapper[Release], _connection: Connection, target: Release | ReleaseWithdrawal) -> None:
    session = inspect(target).session
    if session is not None:
        event.listen(session, "after_commit", _written.note, once=True)


for _table in (Release, ReleaseWithdrawal):
    event.listen(_table, "after_insert", _after_insert)
