"""Old code on a newer schema: it goes on where later migrations only add, and refuses where one breaks with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.cli import console
from app.infra import migrate
from app.infra.db import Database
from app.infra.migrate import Standing
from app.kit.actor import Role
from tests.databases import only_sqlite
from tests.infra.more_migrations import ADDS, BREAKS, later
from tests.infra.test_migrations import downgrade
from tests.scenarios import Scene


@pytest.mark.parametrize(
    ("bodies", "says"),
    [
        ((), Standing.OURS),
        ((ADDS,), Standing.NEWER),
        ((BREAKS,), Standing.BREAKING),
        ((ADDS, BREAKS), Standing.BREAKING),
    ],
)
def test_old_code_works_with_what_only_adds(
    fresh_url: URL, database: Database, tmp_path: Path, bodies: tuple[str, ...], says: Standing
) -> None:
    migrate.upgrade(fresh_url, folder=later(tmp_path, *bodies))

    assert migrate.standing(database.writer) is says


def test_old_code_reads_and_saves_in_a_schema_that_was_added_to(fresh_url: URL, database: Database, tmp_path: Path) -> None:
    scene = Scene(database).ready()
    review = scene.start()
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "yes")

    migrate.upgrade(fresh_url, folder=later(tmp_path, ADDS))
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE answer SET later = 'what newer code wrote'")
    saved = scene.save(scene.person(Role.CONTRIBUTOR), review, "A4", "Monthly.")
    again = scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "no", seen=1)

    assert (saved.version, again.version) == (1, 2)
    assert [scene.opened(review).answers[item].value for item in ("A2", "A4")] == ["no", "Monthly."]
    assert scene.rows("SELECT later FROM answer WHERE item = 'A2'") == [("what newer code wrote",)]


def test_old_code_leaves_a_newer_schema_as_it_is_when_it_is_told_to_migrate(
    fresh_url: URL, database: Database, tmp_path: Path
) -> None:
    migrate.upgrade(fresh_url, folder=later(tmp_path, ADDS))

    migrate.upgrade(fresh_url)

    with database.writer.connect() as connection:
        assert migrate.revision_of(connection) == "9001"


def test_a_step_that_is_undone_is_forgotten(fresh_url: URL, database: Database, tmp_path: Path) -> None:
    newer = later(tmp_path, ADDS, BREAKS)
    migrate.upgrade(fresh_url, folder=newer)

    downgrade(fresh_url, "9001", newer)

    assert migrate.standing(database.writer) is Standing.NEWER
    assert migrate.standing(database.writer, folder=newer) is Standing.OLDER


@only_sqlite
def test_a_schema_of_another_history_is_refused(database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'elsewhere'")

    assert migrate.standing(database.writer) is Standing.BREAKING


@pytest.mark.abuse("P8")
@only_sqlite
def test_older_and_newer_are_told_apart_in_words(
    fresh_url: URL, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate.upgrade(fresh_url, folder=later(tmp_path, BREAKS))
    with pytest.raises(SystemExit):
        console.refuse_unfit_schema(database)
    newer = capsys.readouterr().err
    downgrade(fresh_url, "0024", tmp_path / "migrations")
    with pytest.raises(SystemExit):
        console.refuse_unfit_schema(database)
    older = capsys.readouterr().err

    assert "A newer version of the program has changed this database" in newer
    assert "readiness migrate" not in newer
    assert "Run `readiness migrate` first" in older
