"""Let the nth statement, or the nth call of the store of files, fail; and tell whether anything was changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from app.infra.db import Database
from app.infra.objects import ObjectStore, StoredObject

SECRET = "canary-of-a-statement"
_MOST = 400


@dataclass
class Countdown:
    """Counts calls, and tells when the chosen one has come."""

    left: int
    has_failed: bool = False

    def comes(self) -> bool:
        """Count one call; tell whether this is the one that fails."""
        self.left -= 1
        self.has_failed = self.has_failed or self.left == 0
        return self.left == 0


@contextmanager
def nth_statement_fails(database: Database, nth: int) -> Iterator[Countdown]:
    """Raise what a database raises that went away, at the nth statement from here."""
    countdown = Countdown(nth)

    def fail(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if countdown.comes():
            raise OperationalError(statement, {"value": SECRET}, Exception(f"disk I/O error {SECRET}"))

    engines = _engines(database)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", fail)
    try:
        yield countdown
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", fail)


@dataclass
class FailingObjects:
    """A store of files whose nth call fails as a full or absent disk does."""

    inner: ObjectStore
    error: Callable[[], Exception]
    countdown: Countdown = field(default_factory=lambda: Countdown(0))

    def put(self, key: str, content: bytes) -> None:
        """Write, unless this is the call."""
        self._count()
        self.inner.put(key, content)

    def get(self, key: str) -> bytes | None:
        """Read, unless this is the call."""
        self._count()
        return self.inner.get(key)

    def has(self, key: str) -> bool:
        """Ask, unless this is the call."""
        self._count()
        return self.inner.has(key)

    def delete(self, key: str) -> None:
        """Remove, unless this is the call."""
        self._count()
        self.inner.delete(key)

    def each(self) -> Iterator[StoredObject]:
        """Walk, unless this is the call."""
        self._count()
        return self.inner.each()

    def free_bytes(self) -> int:
        """Return how much room is left."""
        return self.inner.free_bytes()

    def _count(self) -> None:
        if self.countdown.comes():
            raise self.error()


def digest(database: Database, but: frozenset[str] = frozenset()) -> str:
    """Return one hash of every row of every table."""
    found = hashlib.sha256()
    with database.read() as session:
        connection = session.connection()
        tables = connection.dialect.get_table_names(connection)
        for table in sorted(set(tables) - but):
            rows = sorted(str(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"')))
            found.update(f"{table} {rows}".encode())
    return found.hexdigest()


def numbers() -> range:
    """Return the numbers of calls that are let fail, one after the other; no act has so many."""
    return range(1, _MOST)


def _engines(database: Database) -> list[Engine]:
    # PostgreSQL reads through the writer's own pool, and hears what is said to it.
    return [database.writer] if database.reader.pool is database.writer.pool else [database.reader, database.writer]
