"""A connection to PostgreSQL that does not wait for ever: a network that fails in silence looks like a slow statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from psycopg import Connection, OperationalError, errors
from psycopg.abc import PQGen

_Answer = TypeVar("_Answer")
_INTERVAL_SECONDS = 0.1
SECONDS = 9.0
"""Longer than any statement may take on the server, which ends it by itself if only it can be reached."""


class PatientConnection(Connection[tuple[object, ...]]):
    """Gives up what is not answered in time, and closes: nobody knows what a late answer would belong to."""

    patience = SECONDS

    @contextmanager
    def waiting_for(self, seconds: float) -> Iterator[None]:
        """Wait this long and no longer."""
        self.patience = seconds
        try:
            yield
        finally:
            self.patience = SECONDS

    def wait(self, gen: PQGen[_Answer], interval: float = _INTERVAL_SECONDS, timeout: float | None = None) -> _Answer:
        """Wait for one answer of the server."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except errors._WaitTimeout as error:  # noqa: SLF001 - psycopg names it in the words of `wait`, and nowhere else
            self.close()
            message = "The database does not answer: the connection was given up."
            raise OperationalError(message) from error
