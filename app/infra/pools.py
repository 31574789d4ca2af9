"""A pool of connections that tells how long callers queue for one, and how many leave without."""

from __future__ import annotations

from threading import Lock
from time import perf_counter
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.pool.base import _CreatorFnType as Creator

from app.infra.tallies import Durations


class MeasuredPool(QueuePool):
    """The usual pool. On SQLite the writing one is a single connection, so that its queue is the queue of the writers."""

    def __init__(self, creator: Creator, pool_size: int = 5, max_overflow: int = 10, timeout: float = 30.0, **rest: Any) -> None:  # noqa: ANN401 - the pool's own
        super().__init__(creator, pool_size, max_overflow, timeout, **rest)
        self.waiting = 0
        self.timeouts = 0
        self.waits = Durations()
        self._counting = Lock()

    def _do_get(self) -> ConnectionPoolEntry:
        began = perf_counter()
        with self._counting:
            self.waiting += 1
        try:
            return super()._do_get()
        except PoolTimeoutError:
            self.timeouts += 1
            raise
        finally:
            waited = perf_counter() - began
            with self._counting:
                self.waiting -= 1
                self.waits.add(waited)
