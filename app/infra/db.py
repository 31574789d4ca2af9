"""The database: SQLite in one process, or PostgreSQL; the only module that opens transactions."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import IO, Any, LiteralString

from psycopg import Cursor
from psycopg import OperationalError as PostgresError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from app.infra import scope, wall
from app.infra.patience import PatientConnection
from app.infra.pools import MeasuredPool

try:
    from pysqlite3 import dbapi2 as _sqlite
except ImportError:  # pragma: no cover - only where no wheel exists; open_database then checks the system's version
    _sqlite = sqlite3

SQLITE: ModuleType = _sqlite
_WAL_RESET_FIXED = (3, 51, 3)
_WAL_RESET_BACKPORTS = {(3, 44): 6, (3, 50): 7}
_POSTGRESQL_NAMES = {"postgresql", "postgres"}
_OURS_ALONE, _OTHERS = 0o700, 0o077
_BUSY_MILLISECONDS = 5_000
_LOG_BYTES = 32 * 1024 * 1024
_LOG_PAGES = 4_000
"""From here a commit brings the log into the file itself, where `durable.fold_log` did not do so before."""
_POOL_TIMEOUT_SECONDS = 5
_TRUSTED_SECONDS = 5.0
_RESTING_SINCE = "resting_since"
_ARE_YOU_THERE = ";"
_QUESTION_SECONDS = 2.0
# A person waits ten seconds at most; the server gives up first, so that it is free again for others.
_POSTGRESQL_SETTINGS = {
    "statement_timeout": "8s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}
_POSTGRESQL_CONNECTION = {
    "connect_timeout": 3,
    "tcp_user_timeout": 9_000,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_BEGIN = "readiness_begin"


@dataclass(frozen=True, slots=True)
class Database:
    """One pool for reading and one for writing; on SQLite the writing pool is a single connection that callers queue for."""

    reader: Engine
    writer: Engine
    at_once: Engine
    """The reader's connections, each statement by itself."""

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open one transaction; commit when the block ends well, roll back otherwise."""
        with Session(self.writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open one transaction that may only read."""
        with Session(self.reader, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def look_up(self) -> Iterator[Session]:
        """Open a session for one single statement that reads: on PostgreSQL it is sent without a transaction around it."""
        with Session(self.at_once, expire_on_commit=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.reader.dispose()
        self.writer.dispose()


def database_url(url: str | None, data_dir: Path) -> URL:
    """Return the given PostgreSQL URL with our driver, or that of the SQLite file in the data folder.

    Any other URL raises ArgumentError, which does not repeat it: there may be a password in it.
    """
    if url is None:
        return make_url(f"sqlite:///{(data_dir / 'readiness.db').resolve()}")
    message = "Not the address of a PostgreSQL database."
    try:
        given = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise ArgumentError(message) from error
    if given.get_backend_name() not in _POSTGRESQL_NAMES:
        raise ArgumentError(message)
    return given.set(drivername="postgresql+psycopg")


def open_database(url: URL, *, pool_size: int = 20, is_patient: bool = False) -> Database:
    """Open both pools of a database. Whoever migrates is patient: no statement of theirs is cut off, however long it takes."""
    if url.get_backend_name() == "sqlite":
        _make_private(Path(url.database or ""))
        reader = _sqlite_engine(url, pool_size, begin="BEGIN", query_only=True)
        return Database(reader, _sqlite_engine(url, 1, begin="BEGIN IMMEDIATE", query_only=False), at_once=reader)
    engine = _postgresql_engine(url, pool_size, is_patient=is_patient)
    return Database(
        reader=engine.execution_options(**{_BEGIN: "BEGIN READ ONLY"}),
        writer=engine,
        at_once=engine.execution_options(**{_BEGIN: ""}),
    )


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Tell whether this SQLite is free of the WAL-reset bug (sqlite.org/wal.html): fixed in 3.51.3, 3.50.7 and 3.44.6."""
    backport = _WAL_RESET_BACKPORTS.get(version[:2])
    return version >= _WAL_RESET_FIXED or (backport is not None and version[2] >= backport)


@contextmanager
def only_server(data_dir: Path) -> Iterator[None]:
    """Hold the data folder's lock file; a second server on one SQLite file is refused."""
    _make_folder(data_dir)
    with (data_dir / "server.lock").open("w") as lock:
        _lock(lock)
        yield


def _lock(lock: IO[str]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        message = (
            "Another server already uses this data folder. Stop it first, choose another folder with "
            "READINESS_DATA_DIR, or use PostgreSQL (READINESS_DATABASE_URL) to run several servers."
        )
        raise SystemExit(message) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from error


def _make_private(file: Path) -> None:
    """Keep others from reading a database: it holds answers and hashes. SQLite gives its further files the same mode."""
    _make_folder(file.parent)
    if not file.exists():
        file.touch(mode=0o600)
    for path in file.parent.glob(f"{file.name}*"):
        # Another process may close the log meanwhile; and of a file of somebody else's, its owner decides.
        with suppress(FileNotFoundError, PermissionError):
            mode = path.stat().st_mode
            if mode & _OTHERS:
                path.chmod(mode & _OURS_ALONE)


def _postgresql_engine(url: URL, pool_size: int, *, is_patient: bool) -> Engine:
    engine = create_engine(
        url,
        poolclass=MeasuredPool,
        isolation_level="AUTOCOMMIT",  # we say BEGIN ourselves, and for whom, in one message
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT_SECONDS,
        connect_args=_POSTGRESQL_CONNECTION | {"options": _options(is_patient=is_patient)},
    )

    @event.listens_for(engine, "begin")
    def say_begin(connection: Connection) -> None:
        begin = connection.get_execution_options().get(_BEGIN, "BEGIN")
        if begin:
            tell = f"SELECT set_config('{scope.SETTING}', '{scope.current()}', true)"
            connection.exec_driver_sql(f"{begin}; {tell}", execution_options={"no_parameters": True})

    @event.listens_for(engine, "do_execute_no_params")
    def send(cursor: Cursor[object], statement: LiteralString, _context: object) -> bool:
        cursor.execute(statement, prepare=False)  # two statements in one message cannot be prepared
        return True

    if not is_patient:
        _connect_with_patience(engine)
        _ask_the_doubtful(engine)
    return engine


def _sqlite_engine(url: URL, pool_size: int, *, begin: str, query_only: bool) -> Engine:
    journal = "WAL" if wal_is_safe(SQLITE.sqlite_version_info) else "TRUNCATE"
    engine = create_engine(
        url,
        module=SQLITE,
        poolclass=MeasuredPool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT_SECONDS,
        connect_args={"check_same_thread": False, "timeout": _BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own connection
        connection.isolation_level = None  # we say BEGIN ourselves; the driver would begin too late
        for pragma in (
            f"journal_mode={journal}",
            "foreign_keys=ON",
            f"busy_timeout={_BUSY_MILLISECONDS}",
            "synchronous=FULL",
            f"wal_autocheckpoint={_LOG_PAGES}",
            f"journal_size_limit={_LOG_BYTES}",  # a log that once grew long is cut when it was read back
            "secure_delete=FAST",  # what is erased, such as a link in a mail that has left, is overwritten
        ):
            connection.execute(f"PRAGMA {pragma}")
        wall.build_on(connection)
        connection.execute(f"PRAGMA query_only={'ON' if query_only else 'OFF'}")

    @event.listens_for(engine, "begin")
    def say_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    engine.dialect.statement_compiler = wall.Walled

    return engine


def _options(*, is_patient: bool) -> str:
    settings = _POSTGRESQL_SETTINGS if not is_patient else {"timezone": "UTC"}
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _connect_with_patience(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, arguments: list[str], options: dict[str, Any]) -> PatientConnection:
        return PatientConnection.connect(*arguments, **options)


def _ask_the_doubtful(engine: Engine) -> None:
    """Ask a pooled connection whether it lives, and replace it if not, only where there is reason to doubt it.

    A server that ends a connection says so, and then there is something to read; only a network that fails in silence
    leaves no trace, so a connection that rested for long is asked too. Asking every time would cost two messages a request.
    """

    @event.listens_for(engine, "checkin")
    def rest(_connection: object, entry: ConnectionPoolEntry) -> None:
        entry.info[_RESTING_SINCE] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: PatientConnection, entry: ConnectionPoolEntry, _proxy: object) -> None:
        since = entry.info.get(_RESTING_SINCE)
        if since is None:
            return  # it was opened just now
        if (monotonic() - since > _TRUSTED_SECONDS or _has_news(connection)) and not _lives(connection):
            raise InvalidatePoolError


def _has_news(connection: PatientConnection) -> bool:
    """Tell, without a message, whether the server said something to a connection that rests, or it is closed already."""
    if connection.closed:
        return True
    news = select.poll()
    news.register(connection.fileno(), select.POLLIN)
    return bool(news.poll(0))


def _lives(connection: PatientConnection) -> bool:
    try:
        with connection.waiting_for(_QUESTION_SECONDS):
            connection.execute(_ARE_YOU_THERE)
    except PostgresError:
        return False
    return True
