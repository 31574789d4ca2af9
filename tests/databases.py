"""A fresh, migrated database for every test that asks for one: a copy of a file, or a clone of a PostgreSQL template.

Measured on two cores with the tables of 2026-11: PostgreSQL starts in about a second, once a run. A clone by file copy
costs 10 ms and its end 5 ms on a memory disk, so the run lives there if it can; on a busy disk the same clone took 20 to
200 ms. By write-ahead log it took 34 ms; truncating every table 12 ms, and that also loses what migrations put in.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg import sql
from sqlalchemy.engine import URL
from sqlmodel import SQLModel

from app.cli import postgres
from app.infra.db import SQLITE as SQLITE_ENGINE
from app.infra.db import database_url

_ROOM_BYTES = 1_000_000_000  # five times what a run of two workers was seen to take
SQLITE = "sqlite"
POSTGRESQL = "postgresql"
BACKENDS = (SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgresql))

only_sqlite = pytest.mark.parametrize("backend", [SQLITE], indirect=True)
"""For a test that is about the edge, or about SQLite itself, and needs no second database."""
only_postgresql = pytest.mark.parametrize("backend", [BACKENDS[1]], indirect=True)
"""For a test that is about PostgreSQL itself."""


@dataclass(frozen=True, slots=True)
class Run:
    """One test run: the folder that its workers share, and the process whose end is the end of the run."""

    folder: Path
    pid: int

    @contextmanager
    def fresh(self, backend: str, data_dir: Path) -> Iterator[URL]:
        """Give a migrated database with no rows but those of the migrations, and take it away afterwards."""
        if backend == SQLITE:
            yield self._sqlite_copy(data_dir)
            return
        postgres.ensure_started(self.folder, self.pid)
        name = f"test_{uuid4().hex}"
        self._clone(name)
        try:
            yield postgres.server_url(self.folder, name)
        finally:
            postgres.administer(self.folder, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _sqlite_copy(self, data_dir: Path) -> URL:
        template = self.folder / "template.db"
        with self._once(template) as is_first:
            if is_first:
                under_way = database_url(None, self.folder)
                _upgrade(under_way)
                _write_log_home(Path(under_way.database or ""))
                Path(under_way.database or "").rename(template)
        url = database_url(None, data_dir)
        data_dir.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(template, url.database or "")
        return url

    def _clone(self, name: str) -> None:
        with self._once(self.folder / "template.postgresql") as is_first:
            if is_first:
                postgres.administer(self.folder, sql.SQL("DROP DATABASE IF EXISTS template_readiness WITH (FORCE)"))
                postgres.create_database(self.folder, "template_readiness")
                _upgrade(postgres.server_url(self.folder, "template_readiness"))
                (self.folder / "template.postgresql").touch()
        postgres.create_database(self.folder, name, "template_readiness")

    @contextmanager
    def _once(self, made: Path) -> Iterator[bool]:
        """Let one worker make something while the others wait for it."""
        if made.exists():
            yield False
            return
        with made.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield not made.exists()


def _upgrade(url: URL) -> None:
    from app.infra import migrate  # noqa: PLC0415 - tests of the core start without alembic and every table

    migrate.upgrade(url)


def _write_log_home(path: Path) -> None:
    """Bring the rest of the write-ahead log into the file, so that a copy of the file is a copy of the database."""
    connection = SQLITE_ENGINE.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def forget_statements() -> None:
    """Forget the statements that were compiled for a database which is no more.

    Each table keeps a hundred, and with them all that an engine is: after some thousand tests they are a gigabyte, and looking
    for garbage in it takes seconds.
    """
    for mapper in SQLModel._sa_registry.mappers:
        mapper._compiled_cache.clear()


def begin_run() -> Run:
    """Return a new run, which ends with this process."""
    place = _memory_disk() or Path(tempfile.gettempdir())
    for left in place.glob("readiness-tests-*-*"):
        if not postgres.is_alive(int(left.name.split("-")[2])):
            shutil.rmtree(left, ignore_errors=True)  # of a run that was killed
    folder = Path(tempfile.mkdtemp(prefix=f"readiness-tests-{os.getpid()}-", dir=place))
    folder.chmod(0o711)  # the account of the PostgreSQL server passes through to its own folder
    return Run(folder, os.getpid())


def _memory_disk() -> Path | None:
    """Return a disk in memory with room enough; None where there is none."""
    disk = Path("/dev/shm")  # noqa: S108 - its use is the folder that mkdtemp makes there for us alone
    has_room = disk.is_dir() and os.access(disk, os.W_OK) and shutil.disk_usage(disk).free > _ROOM_BYTES
    return disk if has_room else None
