"""Puts a database of SQLite back as it was, and tells whether anything in it has changed: both in little time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Protocol

from app.infra.db import SQLITE, Database

BESIDE = ("presence", "visit", "session", "api_key", "key_use", "sign_in_failure", "thread_mention")
"""What is noted of everybody who comes, whatever they may do: when a session or a key was last used, who is here, that a
password was asked for and not given, and which mentions a page has shown (a post of its own stands in another table)."""


class Rows(Protocol):
    """What a statement found."""

    def __iter__(self) -> Iterator[tuple[object, ...]]: ...


class Connection(Protocol):
    """A connection of SQLite's driver: which one it is, `app.infra.db` decides."""

    def execute(self, statement: str) -> Rows: ...

    def backup(self, target: Connection) -> None: ...

    def close(self) -> None: ...


class Resetting:
    """A copy in memory of the whole database as it was, and a connection that sees when somebody else wrote into it."""

    def __init__(self, database: Database) -> None:
        self.connection: Connection = SQLITE.connect(database.writer.url.database or "", check_same_thread=False)
        self.kept: Connection = SQLITE.connect(":memory:", check_same_thread=False)
        self.connection.backup(self.kept)
        self.seen, self.digest = self._version(), self.digest_of()

    def close(self) -> None:
        """Let go of the database."""
        self.connection.close()
        self.kept.close()

    def has_changed(self) -> bool:
        """Tell whether anything was written since, however small."""
        return self._version() != self.seen

    def restore(self) -> None:
        """Put everything back that was written since."""
        if self.has_changed():
            self.kept.backup(self.connection)
            self.seen = self._version()

    def digest_of(self) -> str:
        """Return the SHA-256 of all rows of all tables, but those that note that somebody was here."""
        found = hashlib.sha256()
        tables = self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (table,) in list(tables):
            if table not in BESIDE:
                for row in self.connection.execute(f'SELECT * FROM "{table}"'):
                    found.update(repr(row).encode())
        return found.hexdigest()

    def _version(self) -> int:
        return int(str(next(iter(self.connection.execute("PRAGMA data_version")))[0]))
