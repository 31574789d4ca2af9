"""Migrations that are interrupted at any statement leave the schema as it was, and the next run completes them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, Table, event, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.schema import CreateTable

from app.infra import migrate
from app.infra.db import Database, open_database
from app.kit.actor import Role
from tests.databases import only_postgresql
from tests.infra.more_migrations import ADDS, BREAKS, later
from tests.infra.test_migrations import downgrade
from tests.scenarios import PROJECT, Scene

FROM = "0019"
"""From here to the newest: tables, columns, batches that copy a table, triggers, rows that are rewritten."""
EARLIER = ("0022", "0017", "0014", "0010", "0005", "0002")
_ASKS = ("SELECT", "PRAGMA", "BEGIN")


class Interrupted(Exception):
    """The power went."""


@contextmanager
def stopping_at(number: int) -> Iterator[list[str]]:
    """Let the statement with a number, of those that change something, never come; collect those that did."""
    sent: list[str] = []

    def listen(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().startswith(_ASKS):
            return
        if len(sent) == number:
            raise Interrupted
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def fingerprint(url: URL) -> str:
    """Return a hash of every table, column, index and trigger, and of the revision."""
    database = open_database(url, pool_size=2)
    with database.writer.connect() as connection:
        found = MetaData()
        found.reflect(connection)
        lines = [line for table in found.sorted_tables for line in _lines(table, connection)]
        catalogue = {
            "sqlite": "SELECT name || sql FROM sqlite_master WHERE type = 'trigger'",
            "postgresql": "SELECT tgname || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        }[connection.dialect.name]
        lines += [str(row[0]) for row in connection.execute(text(catalogue))]
        lines.append(str(migrate.revision_of(connection)))
    database.dispose()
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _lines(table: Table, connection: Connection) -> list[str]:
    """Say a table line by line, whatever the order in which its parts were made."""
    made = str(CreateTable(table).compile(connection)).split("\n")
    indexes = [f"{index.name} {index.unique} {[column.name for column in index.columns]}" for index in table.indexes]
    return [f"{table.name}: {line.strip(' ,')}" for line in (*made, *indexes)]


@pytest.mark.abuse("P8")
@pytest.mark.timeout(240)
def test_a_migration_that_is_interrupted_at_any_statement_changes_nothing_and_runs_again(fresh_url: URL) -> None:
    whole = fingerprint(fresh_url)
    downgrade(fresh_url, FROM)
    before = fingerprint(fresh_url)
    number = 0
    while True:
        with stopping_at(number):
            try:
                migrate.upgrade(fresh_url)
            except Interrupted:
                pass
            else:
                break
        assert fingerprint(fresh_url) == before, number
        number += 1 if fresh_url.get_backend_name() == "sqlite" else 4  # there each run costs a second

    assert number > 10
    assert fingerprint(fresh_url) == whole


@pytest.mark.abuse("P8")
@only_postgresql
def test_two_instances_that_migrate_at_once_take_turns(fresh_url: URL) -> None:
    whole = fingerprint(fresh_url)
    downgrade(fresh_url, FROM)

    words = [sys.executable, "-m", "app.cli", "migrate"]
    address = {"READINESS_DATABASE_URL": fresh_url.set(drivername="postgresql").render_as_string(hide_password=False)}
    both = [subprocess.Popen(words, cwd=PROJECT, env=os.environ | address | {"PYTHONPATH": str(PROJECT)}) for _ in range(2)]

    assert [each.wait(100) for each in both] == [0, 0]
    assert fingerprint(fresh_url) == whole


@pytest.mark.timeout(240)
def test_no_row_is_lost_on_the_way_to_an_earlier_schema_and_back(database: Database, fresh_url: URL, tmp_path: Path) -> None:
    scene = Scene(database).ready().shared()
    scene.release()
    review = scene.submitted("USA")
    scene.save_section(scene.person(Role.CONTRIBUTOR, "VNM"), scene.start("VNM"), "A", {})
    answers = scene.opened(review, scene.person(Role.CONTRIBUTOR, "USA")).answers
    rows = _counts(database)

    for revision in EARLIER:
        downgrade(fresh_url, revision)
        kept = _counts(database)
        migrate.upgrade(fresh_url)
        assert migrate.differences(fresh_url) == []
        after = _counts(database)
        assert {name: after[name] for name in kept if name in rows} == {name: rows[name] for name in kept if name in rows}, (
            revision
        )
    assert scene.opened(review, scene.person(Role.CONTRIBUTOR, "USA")).answers == answers

    newer = later(tmp_path, ADDS, BREAKS)
    migrate.upgrade(fresh_url, folder=newer)
    downgrade(fresh_url, "0026", newer)
    assert _counts(database).keys() == rows.keys()
    assert scene.opened(review, scene.person(Role.CONTRIBUTOR, "USA")).answers == answers


def _counts(database: Database) -> dict[str, int]:
    """Count the rows of every table but those that tell of the schema itself."""
    with database.writer.connect() as connection:
        found = MetaData()
        found.reflect(connection)
        tables = [table for table in found.sorted_tables if table.name not in {"alembic_version", "schema_step"}]
        return {table.name: len(connection.execute(table.select().with_only_columns(text("1"))).all()) for table in tables}
