"""The drill: back up while people save, restore on an empty machine of either database, and compare everything."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

from app.accounts.tables import Invitation
from app.audit import service as audit
from app.infra.db import Database, open_database
from app.keeping import checking, restoring, sealed, standing, taking
from app.keeping.manifest import Manifest
from app.keeping.rows import Tally, tables_in
from app.keeping.taking import Place, each_line
from app.kit import clock
from app.kit.actor import Role
from tests.databases import BACKENDS, SQLITE
from tests.keeping.conftest import PlaceMaker
from tests.scenarios import Scene
from tests.threads import seeing

Keys = tuple[list[sealed.Recipient], list[sealed.Identity]]
# What restoring ends or adds to; everything else must be the same to the last bit.
TOUCHED = {"session", "api_key", "invitation", "mail", "audit_event", "password_reset", "key_request"}


def hashes(database: Database) -> dict[str, tuple[int, str]]:
    found = dict[str, tuple[int, str]]()
    with database.reader.connect() as connection:
        for name, columns in tables_in(SQLModel.metadata).items():
            tally = Tally()
            for _ in each_line(connection, name, columns, tally):
                pass
            found[name] = (tally.rows, tally.hash)
    return found


def stated(manifest: Manifest) -> dict[str, tuple[int, str]]:
    return {name: (entry.rows, entry.hash) for name, entry in manifest.tables.items()}


@pytest.mark.abuse("P10")
@pytest.mark.timeout(120)
@pytest.mark.parametrize("target", BACKENDS)
def test_a_backup_under_load_comes_back_whole_on_an_empty_machine(
    scene: Scene, place: Place, keys: Keys, empty_place: PlaceMaker, tmp_path: Path, target: str
) -> None:
    # given: somebody saves all the time
    stop, saved, person = Event(), list[int](), scene.person(Role.CONTRIBUTOR, "VNM")
    draft = UUID(str(scene.rows("SELECT id FROM review WHERE state = 'draft'")[0][0]))
    before = scene.count("audit_event")

    def save() -> None:
        while not stop.is_set():
            scene.save(person, draft, "A4", f"Text {len(saved)}", seen=len(saved))
            saved.append(1)

    saving = Thread(target=seeing(save))
    saving.start()

    # when
    manifest = taking.take(place, tmp_path / "backup.age", keys[0])
    stop.set()
    saving.join()
    assert checking.check(tmp_path / "backup.age", keys[1]) == manifest
    there = empty_place(target)
    restoring.restore(there, tmp_path / "backup.age", keys[1])

    # then: the state of one moment after the beginning, and not a row less
    assert before <= manifest.audit[0] <= before + len(saved)
    restored = open_database(there.url, pool_size=2)
    found = hashes(restored)
    assert {name: found[name] for name in found.keys() - TOUCHED} == {
        name: value for name, value in stated(manifest).items() if name not in TOUCHED
    }
    with restored.read() as session:
        assert [finding for finding in standing.verify(session, there.objects) if finding.faults] == []
        assert audit.has_head(session, manifest.head)
        assert audit.head(session).sequence == manifest.audit[0] + 1
        _nobody_gets_in_by_what_was(session)
    keys_there = {entry.key for entry in there.objects.each()}
    assert keys_there == {entry.key for entry in place.objects.each()} == set(manifest.objects)
    assert all(there.objects.get(key) == place.objects.get(key) for key in keys_there)
    restored.dispose()


def _nobody_gets_in_by_what_was(session: Session) -> None:
    connection = session.connection()
    counts = (
        "SELECT count(*) FROM session",
        "SELECT count(*) FROM api_key WHERE revoked_at IS NULL",
        "SELECT count(*) FROM mail WHERE state = 'queued' OR body <> ''",
    )
    assert [connection.execute(text(statement)).scalar() for statement in counts] == [0, 0, 0]
    assert session.exec(select(Invitation).where(Invitation.expires_at > clock.now())).all() == []


@pytest.mark.abuse("P10")
def test_copies_that_somebody_was_killed_over_go_with_the_next_backup_and_restoring(
    scene: Scene, place: Place, keys: Keys, empty_place: PlaceMaker, tmp_path: Path
) -> None:
    """They are not encrypted, and hold what was erased since."""
    there = empty_place(SQLITE)
    old, fresh, made = place.data_dir / "backup-old", place.data_dir / "backup-fresh", there.data_dir / "restoring-old"
    for folder in (old, fresh, made):
        folder.mkdir(parents=True)
        (folder / "copy.db").touch()
    os.utime(old, (0, 0))

    taking.take(place, tmp_path / "backup.age", keys[0])
    restoring.restore(there, tmp_path / "backup.age", keys[1])

    assert scene.database.reader.dialect.name != SQLITE or not old.exists()
    assert fresh.exists(), "that backup may be under way"
    assert not made.exists()
