"""The database: what a save survives, what a reader may not do, and which SQLite may use a write-ahead log."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

from app.infra import migrate
from app.infra.db import Database, database_url, only_server, open_database, wal_is_safe
from tests.databases import only_postgresql, only_sqlite


class _ChangeOfMindError(Exception):
    pass


@pytest.fixture
def notes(database: Database) -> Database:
    """Return a database with one table that no room knows."""
    with database.write() as session:
        session.connection().execute(text("CREATE TABLE note (words VARCHAR NOT NULL)"))
    return database


def _put(session: Session, words: str) -> None:
    session.connection().execute(text("INSERT INTO note VALUES (:words)"), {"words": words})


def _put_and_regret(database: Database) -> None:
    with database.write() as session:
        _put(session, "lost")
        raise _ChangeOfMindError


def _all(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.connection().execute(text("SELECT words FROM note")).scalars())


def _pragma(session: Session, name: str) -> object:
    return session.connection().execute(text(f"PRAGMA {name}")).scalar_one()


def _backend(session: Session) -> int:
    return int(session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one())


def _backend_of(database: Database) -> int:
    with database.look_up() as session:
        return _backend(session)


def _end(database: Database, backend: int) -> None:
    """End a connection that rests in the pool, from another one, as an administrator or a restart does."""
    other = open_database(database.writer.url, pool_size=1)
    with other.write() as session:
        session.connection().execute(text("SELECT pg_terminate_backend(:backend, 5000)"), {"backend": backend})
    other.dispose()


def test_a_block_that_ends_well_is_committed(notes: Database) -> None:
    with notes.write() as session:
        _put(session, "kept")

    assert _all(notes) == ["kept"]


def test_a_block_that_fails_leaves_nothing(notes: Database) -> None:
    with pytest.raises(_ChangeOfMindError):
        _put_and_regret(notes)

    assert _all(notes) == []


def test_a_reader_may_not_write(notes: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)readonly|read-only"), notes.read() as session:
        _put(session, "refused")

    assert _all(notes) == []


@only_sqlite
def test_every_sqlite_connection_is_durable_and_keeps_foreign_keys(database: Database) -> None:
    full = 2

    for opened in (database.read, database.write):
        with opened() as session:
            found = [_pragma(session, name) for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")]

            assert found == ["wal", 1, full, 5_000]


@only_sqlite
def test_a_second_writer_waits_for_the_first(notes: Database) -> None:
    with notes.write() as first:
        _put(first, "first")

    with notes.write() as second:
        _put(second, "second")

    assert notes.writer.pool.size() == 1  # type: ignore[attr-defined]  # the pool of an engine is typed as its base class
    assert _all(notes) == ["first", "second"]


@only_postgresql
def test_a_postgresql_session_ends_long_statements_and_speaks_utc(database: Database) -> None:
    with database.read() as session:
        found = [session.connection().execute(text(f"SHOW {name}")).scalar_one() for name in ("statement_timeout", "timezone")]

    assert found == ["8s", "UTC"]


@only_postgresql
def test_a_connection_that_the_server_ended_while_it_rested_is_replaced(notes: Database) -> None:
    with notes.write() as session:
        ended = _backend(session)
    assert _backend_of(notes) == ended

    _end(notes, ended)

    with notes.write() as session:
        assert _backend(session) != ended
        _put(session, "kept")
    assert _all(notes) == ["kept"]


@only_postgresql
def test_a_connection_is_asked_whether_it_lives_after_a_long_rest_only(
    notes: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = tmp_path / "messages"
    with messages.open("w") as file, notes.look_up() as session:
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, Connection)
        driver.pgconn.trace(os.dup(file.fileno()))  # what is sent and received from now on

    _all(notes)
    sent_soon = messages.read_text()
    monkeypatch.setattr("app.infra.db._TRUSTED_SECONDS", 0.0)
    _all(notes)
    sent_later = messages.read_text()[len(sent_soon) :]

    assert "SELECT words" in sent_soon
    assert 'Query\t ";"' not in sent_soon
    assert 'Query\t ";"' in sent_later


@only_postgresql
def test_a_look_up_sees_what_was_committed_and_holds_no_transaction(notes: Database) -> None:
    with notes.look_up() as session:
        before = list(session.connection().execute(text("SELECT words FROM note")).scalars())
        with notes.write() as other:
            _put(other, "new")
        after = list(session.connection().execute(text("SELECT words FROM note")).scalars())

    assert (before, after) == ([], ["new"])


def test_a_transaction_after_a_look_up_is_one_again(notes: Database) -> None:
    """They share connections: what a look-up does without must not be missing afterwards."""
    with notes.look_up() as session:
        session.connection().execute(text("SELECT words FROM note")).all()

    with pytest.raises(_ChangeOfMindError):
        _put_and_regret(notes)
    with pytest.raises(DBAPIError, match=r"(?i)readonly|read-only"), notes.read() as session:
        _put(session, "refused")

    assert _all(notes) == []


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_only_a_sqlite_without_the_wal_reset_bug_may_use_wal(version: tuple[int, int, int], *, is_safe: bool) -> None:
    assert wal_is_safe(version) is is_safe


@pytest.mark.abuse("P9")
def test_a_second_server_on_the_same_data_folder_is_refused(tmp_path: Path) -> None:
    with only_server(tmp_path), pytest.raises(SystemExit, match="Another server"), only_server(tmp_path):
        pass


def test_an_address_that_is_none_of_postgresql_is_refused(tmp_path: Path) -> None:
    for address in ("nonsense", "mysql://x/y", "sqlite:///elsewhere.db", "postgresql://x:port/y"):
        with pytest.raises(ArgumentError):
            database_url(address, tmp_path)


def test_nobody_else_reads_what_the_program_writes(tmp_path: Path) -> None:
    """The folder and the files, also where the umask would let everybody in."""
    folder = tmp_path / "data"
    before = os.umask(0)
    try:
        with only_server(folder):
            migrate.upgrade(database_url(None, folder))
            opened = open_database(database_url(None, folder), pool_size=2)
            with opened.write() as session:
                session.connection().execute(text("CREATE TABLE note (words VARCHAR NOT NULL)"))
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("readiness.db*")}
            opened.dispose()
    finally:
        os.umask(before)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}


def test_a_database_that_everybody_could_read_is_closed_to_others(tmp_path: Path) -> None:
    file = tmp_path / "readiness.db"
    file.touch(mode=0o644)
    (tmp_path / "readiness.db-wal").touch(mode=0o664)

    open_database(database_url(None, tmp_path)).dispose()

    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("readiness.db*")} == {0o600}
