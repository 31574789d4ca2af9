"""The database: what a save survives, what a reader may not do, and which SQLite may use a write-ahead log."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.infra.db import Database, only_server, wal_is_safe
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

    assert found == ["15s", "UTC"]


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


def test_a_second_server_on_the_same_data_folder_is_refused(tmp_path: Path) -> None:
    with only_server(tmp_path), pytest.raises(SystemExit, match="Another server"), only_server(tmp_path):
        pass
