"""What one process tells about itself: a registry of metrics that carry no name, no economy and no address.

They are read on a port of their own, never on that of the pages.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Metric, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session

from app.infra.db import Database
from app.infra.passwords import Passwords
from app.infra.pools import MeasuredPool
from app.infra.tallies import Acts, Requests

_FEW_SECONDS = 10.0
"""How old a reading from the database may be: whoever asks more often gets the last one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that one short look into the database tells."""

    name: str
    meaning: str
    read: Callable[[Session], float]


class Meters:
    """The metrics of one process."""

    def __init__(self, acts: Acts) -> None:
        self.registry = CollectorRegistry()
        self.requests = Requests(acts)
        self.registry.register(self.requests)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._runs = Counter("readiness_job_runs", "Runs of jobs.", ["job", "result"], registry=self.registry)
        self._seconds = Counter("readiness_job_seconds", "How long jobs ran.", ["job"], registry=self.registry)
        self._lag = Gauge("readiness_job_lag_seconds", "How late a job began the last time.", ["job"], registry=self.registry)
        self._well = Gauge(
            "readiness_job_last_success_timestamp_seconds", "When a job last ended well.", ["job"], registry=self.registry
        )
        self._faults = Counter(
            "readiness_database_errors",
            "Errors of the database by class of SQLSTATE.",
            ["sqlstate_class"],
            registry=self.registry,
        )
        self._store = Counter(
            "readiness_store_errors", "What the store of evidence could not do.", ["operation"], registry=self.registry
        )

    def job_ran(self, name: str, *, lag: float, seconds: float, is_good: bool) -> None:
        """Count one run of a job."""
        self._runs.labels(name, "done" if is_good else "failed").inc()
        self._seconds.labels(name).inc(seconds)
        self._lag.labels(name).set(lag)
        if is_good:
            self._well.labels(name).set(time.time())

    def store_failed(self, operation: str) -> None:
        """Count a failure of the store of evidence."""
        self._store.labels(operation).inc()

    def watch_database(self, database: Database, data_dir: Path) -> None:
        """Follow the pools and the errors of a database, and the room on the disk of the data folder."""
        event.listen(database.writer, "handle_error", self._database_failed)
        if database.reader.pool is not database.writer.pool:  # else the reader passes its events on to the writer's
            event.listen(database.reader, "handle_error", self._database_failed)
        self.registry.register(_Pools(database))
        self.registry.register(_Disk(database, data_dir))

    def watch_passwords(self, passwords: Passwords) -> None:
        """Follow the queue of those whose password is checked."""
        queue = Gauge("readiness_password_queue", "Passwords that are hashed, or wait for it.", registry=self.registry)
        queue.set_function(lambda: passwords.taken)

    def watch_readings(self, database: Database, readings: Sequence[Reading]) -> None:
        """Read these numbers whenever somebody asks for the metrics."""
        self.registry.register(_Readings(database, readings))

    def _database_failed(self, context: ExceptionContext) -> None:
        state = getattr(context.original_exception, "sqlstate", None)
        self._faults.labels(state[:2] if isinstance(state, str) else "none").inc()


class _Pools(Collector):
    def __init__(self, database: Database) -> None:
        self.database = database

    def collect(self) -> Iterator[Metric]:
        """Say how busy the connections are."""
        labels = ["pool"]
        size = GaugeMetricFamily("readiness_pool_size", "Connections that a pool may open.", labels=labels)
        used = GaugeMetricFamily("readiness_pool_in_use", "Connections in use.", labels=labels)
        waiting = GaugeMetricFamily("readiness_pool_waiting", "Callers that queue for a connection.", labels=labels)
        late = CounterMetricFamily("readiness_pool_timeouts", "Callers that got no connection in time.", labels=labels)
        waits = HistogramMetricFamily("readiness_pool_wait_seconds", "How long callers queued for one.", labels=labels)
        for name, pool in self._pools():
            size.add_metric([name], pool.size())
            used.add_metric([name], pool.checkedout())
            waiting.add_metric([name], pool.waiting)
            late.add_metric([name], pool.timeouts)
            waits.add_metric([name], pool.waits.buckets(), pool.waits.sum)
        yield from (size, used, waiting, late, waits)

    def _pools(self) -> list[tuple[str, MeasuredPool]]:
        reader, writer = self.database.reader.pool, self.database.writer.pool
        named = [("all", writer)] if reader is writer else [("reading", reader), ("writing", writer)]
        return [(name, pool) for name, pool in named if isinstance(pool, MeasuredPool)]


class _Disk(Collector):
    def __init__(self, database: Database, data_dir: Path) -> None:
        self.data_dir = data_dir
        url = database.writer.url
        self.log = Path(f"{url.database}-wal") if url.get_backend_name() == "sqlite" else None

    def collect(self) -> Iterator[Metric]:
        """Say how much room there is."""
        with suppress(OSError):
            free = shutil.disk_usage(self.data_dir).free
            yield GaugeMetricFamily("readiness_free_disk_bytes", "Room on the disk of the data folder.", value=free)
        if self.log is not None:
            size = 0
            with suppress(FileNotFoundError):
                size = self.log.stat().st_size
            yield GaugeMetricFamily("readiness_sqlite_wal_bytes", "Size of SQLite's write-ahead log.", value=size)


class _Readings(Collector):
    """Reads at most every few seconds; while the database is away it says so, and nothing else."""

    def __init__(self, database: Database, readings: Sequence[Reading]) -> None:
        self.database = database
        self.readings = tuple(readings)
        self._read_at = -_FEW_SECONDS
        self._found: dict[str, float] | None = None

    def collect(self) -> Iterator[Metric]:
        """Say what was read."""
        now = time.monotonic()
        if now - self._read_at >= _FEW_SECONDS:
            self._found = self._read()
            self._read_at = now
        is_up = self._found is not None
        yield GaugeMetricFamily("readiness_database_up", "1 while the database answers.", value=float(is_up))
        for reading in self.readings:
            if self._found is not None:
                yield GaugeMetricFamily(reading.name, reading.meaning, value=self._found[reading.name])

    def _read(self) -> dict[str, float] | None:
        try:
            with self.database.read() as session:
                return {reading.name: reading.read(session) for reading in self.readings}
        except (DBAPIError, PoolTimeoutError):
            return None
