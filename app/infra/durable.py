"""Whether what is acknowledged is on the disk, and whether the disk's log is read back: words for those who run the service."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import structlog
from sqlalchemy import Engine, func, select

from app.infra.db import SQLITE, Database

LONG_LOG_BYTES = 64 * 1024 * 1024
_log = structlog.get_logger("readiness")


def warn_if_not_flushed(engine: Engine) -> list[str]:
    """Say which settings let PostgreSQL lose acknowledged saves in a power cut; return their names."""
    if engine.dialect.name != "postgresql":
        return []  # every connection to SQLite says it for itself
    with engine.connect() as connection:
        shown = {name: connection.scalar(select(func.current_setting(name))) for name in ("fsync", "synchronous_commit")}
    loose = [name for name, value in shown.items() if value == "off"]
    if loose:
        _log.warning("commits_not_flushed", settings=loose)
    return loose


def fold_log(database: Database) -> None:
    """Bring into the file of SQLite what its log has, as far as nobody reads it. For a job, which does it beside those who save:
    within a commit, one save in a hundred waited for it."""
    url = database.reader.url
    if url.get_backend_name() == "sqlite" and url.database:
        # A connection of its own, for a moment: those of the pools are for people.
        with closing(SQLITE.connect(f"file:{quote(url.database)}?mode=rw", uri=True, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def warn_of_long_log(database: Database) -> bool:
    """Say that SQLite's log grows because somebody reads for too long: it cannot be brought into the file. For a job."""
    url = database.writer.url
    if url.get_backend_name() != "sqlite":
        return False
    size = 0
    with suppress(FileNotFoundError):
        size = Path(f"{url.database}-wal").stat().st_size
    if size > LONG_LOG_BYTES:
        _log.warning("database_log_is_long", bytes=size)
    return size > LONG_LOG_BYTES
