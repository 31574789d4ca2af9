"""The limit that no service can pass: how many small transactions a second the same database makes durable by itself."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

from app.infra.db import SQLITE

_CONNECTIONS = 8
_TABLE = "CREATE TABLE IF NOT EXISTS bench_commit (place INTEGER PRIMARY KEY, value INTEGER NOT NULL, words TEXT NOT NULL)"
_OF_SQLITE = "INSERT INTO bench_commit VALUES (?, ?, ?) ON CONFLICT (place) DO UPDATE SET value = bench_commit.value + 1"
_OF_POSTGRESQL = "INSERT INTO bench_commit VALUES (%s, %s, %s) ON CONFLICT (place) DO UPDATE SET value = bench_commit.value + 1"
_WORDS = "x" * 200  # about what an answer and its comment weigh
_PLACES = 1_000


def commits_a_second(url: URL, folder: Path, seconds: float) -> float:
    """Return how many single upserts a second are committed, each flushed to the disk: by SQLite's one writer, or by eight
    connections of PostgreSQL."""
    if url.get_backend_name() == "sqlite":
        return _of_sqlite(folder / "commits.db", seconds) / seconds
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_TABLE)
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        made = sum(pool.map(lambda number: _of_postgresql(address, seconds, number), range(_CONNECTIONS)))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE bench_commit")
    return made / seconds


def _of_sqlite(path: Path, seconds: float) -> int:
    """Commit as `infra.db` sets a connection up, in a file on the same disk."""
    made, until = 0, time.monotonic() + seconds
    with closing(SQLITE.connect(path, isolation_level=None)) as connection:
        for pragma in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
            connection.execute(pragma)
        connection.execute(_TABLE)
        while time.monotonic() < until:
            connection.execute(_OF_SQLITE, (made % _PLACES, made, _WORDS))
            made += 1
    return made


def _of_postgresql(address: str, seconds: float, number: int) -> int:
    made, until = 0, time.monotonic() + seconds
    with psycopg.connect(address, autocommit=True) as connection:
        while time.monotonic() < until:
            connection.execute(_OF_POSTGRESQL, (number * _PLACES + made % _PLACES, made, _WORDS))
            made += 1
    return made
