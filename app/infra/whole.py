"""The whole database at once, for backups and restoring: a snapshot to read, and engines that load every row.

No pool, no limit of time, and no economy's scope: whoever backs up or restores has the database itself.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.pool import NullPool

from app.infra.db import SQLITE

_COPY = "backup-"
_LONGEST_BACKUP = timedelta(days=1)
# Row-level security lets the service itself, whose scope is *, see every row.
_SEE_ALL = "-c statement_timeout=0 -c timezone=UTC -c readiness.scope=*"


class DamagedDatabase(Exception):
    """A database file that SQLite finds faults in; the text is the first of them."""


def loading_engine(url: URL, *, checks_keys: bool = True) -> Engine:
    """Return an engine for loading and migrating a database that nobody else uses. `checks_keys`: foreign keys, on SQLite."""
    if url.get_backend_name() != "sqlite":
        return _postgresql_engine(url)
    engine = create_engine(url, module=SQLITE, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own connection
        connection.isolation_level = None  # we say BEGIN ourselves; the driver would begin too late
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA foreign_keys={'ON' if checks_keys else 'OFF'}")

    @event.listens_for(engine, "begin")
    def say_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def snapshot(url: URL, data_dir: Path) -> Iterator[Connection]:
    """Give a connection that sees the database as it is now, whatever is written meanwhile, and holds nobody up.

    PostgreSQL keeps such a view for a REPEATABLE READ transaction. On SQLite a reader that takes its time would keep the
    write-ahead log from being emptied; so the database is copied beside itself, by SQLite's online backup, and read there.
    """
    if url.get_backend_name() == "sqlite":
        forget_copies(data_dir, _COPY, older_than=_LONGEST_BACKUP)
        with TemporaryDirectory(prefix=_COPY, dir=data_dir) as folder:
            yield from _read(loading_engine(_copied(url, Path(folder) / "copy.db")))
        return
    yield from _read(_postgresql_engine(url), "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def forget_copies(folder: Path, prefix: str, *, older_than: timedelta) -> None:
    """Remove copies of the database that somebody was killed over: they hold, in the open, what was erased since."""
    before = time.time() - older_than.total_seconds()
    for left in folder.glob(f"{prefix}*"):
        with suppress(FileNotFoundError):  # another process tidies up as well
            if left.is_dir() and not left.is_symlink() and left.stat().st_mtime < before:
                shutil.rmtree(left)


def damage_of(path: Path, *, pragma: str = "integrity_check") -> str | None:
    """Return the first fault that SQLite finds in a database file, which is only read; None where there is none."""
    # Without a log there is nothing but the file, and then SQLite need not make one beside it.
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    connection = SQLITE.connect(f"{path.resolve().as_uri()}?mode=ro{alone}", uri=True)
    try:
        found = connection.execute(f"PRAGMA {pragma}(1)").fetchone()[0]
    except SQLITE.OperationalError:
        raise
    except SQLITE.DatabaseError as error:
        return str(error)
    finally:
        connection.close()
    return None if found == "ok" else str(found)


def has_lost_its_log(path: Path) -> bool:
    """Tell whether the write-ahead log was taken away from its database: SQLite removes its index, -shm, first."""
    return path.with_name(f"{path.name}-shm").exists() and not path.with_name(f"{path.name}-wal").exists()


def _read(engine: Engine, *first: str) -> Iterator[Connection]:
    with engine.connect() as connection, connection.begin():
        for statement in first:
            connection.exec_driver_sql(statement)
        yield connection
    engine.dispose()


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(url, poolclass=NullPool, connect_args={"options": _SEE_ALL})


def _copied(url: URL, target: Path) -> URL:
    source = SQLITE.connect(f"{Path(url.database or '').resolve().as_uri()}?mode=ro", uri=True)
    copy = SQLITE.connect(target)
    try:
        source.backup(copy)  # all pages at once, under one short read lock
        copy.execute("PRAGMA journal_mode=DELETE")
    except SQLITE.OperationalError:
        raise
    except SQLITE.DatabaseError as error:
        raise DamagedDatabase(str(error)) from error
    finally:
        copy.close()
        source.close()
    fault = damage_of(target)
    if fault is not None:
        raise DamagedDatabase(fault)
    return url.set(database=str(target))
