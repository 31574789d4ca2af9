"""A file that is no whole backup of ours is refused before anything is written."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.infra.db import open_database
from app.infra.objects import LocalObjects
from app.infra.whole import DamagedDatabase
from app.keeping import checking, restoring, sealed, taking
from app.keeping.refusals import BadBackup, NotEmpty
from app.keeping.taking import Place
from tests.databases import SQLITE, Run, only_sqlite
from tests.keeping.conftest import PlaceMaker
from tests.scenarios import Scene

Keys = tuple[list[sealed.Recipient], list[sealed.Identity]]
Members = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture
def backup(scene: Scene, place: Place, keys: Keys, tmp_path: Path) -> Path:
    assert scene.count("review")
    taking.take(place, tmp_path / "whole.age", keys[0])
    return tmp_path / "whole.age"


def rewritten(backup: Path, keys: Keys, change: Callable[[Members], Members], tail: bytes = b"") -> Path:
    """Write the backup again, as somebody could who knows for whom it is encrypted."""
    with backup.open("rb") as file, sealed.decrypting(file, keys[1]) as stream:
        plain = stream.read()
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        members = [(member, (archive.extractfile(member) or io.BytesIO()).read()) for member in archive]
    forged = backup.with_name("forged.age")
    with forged.open("wb") as target, sealed.encrypting(target, keys[0]) as stream:
        with tarfile.open(fileobj=stream, mode="w|") as archive:
            for member, content in change(members):
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        stream.write(tail)
    return forged


def named(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    return member


def other_manifest(old: bytes, new: bytes) -> Callable[[Members], Members]:
    return lambda members: [
        (member, content.replace(old, new) if member.name == "manifest.json" else content) for member, content in members
    ]


FORGERIES: dict[str, Callable[[Members], Members]] = {
    "a path that leads outside": lambda members: [(named("objects/../../etc/passwd"), b"x"), *members],
    "an absolute path": lambda members: [(named("/etc/passwd"), b"x"), *members],
    "a link": lambda members: [(named("objects/NZL/aa/" + "a" * 64, tarfile.SYMTYPE), b""), *members],
    "a member of another kind": lambda members: [(named("program.sh"), b"x"), *members],
    "a member twice": lambda members: [members[0], *members],
    "a table that is not named": lambda members: [(named("tables/pg_user/000000.jsonl.z"), b"x\x9c\x03\0\0\0\0\1"), *members],
    "something after the manifest": lambda members: [*members, (named("tables/user/000009.jsonl.z"), b"")],
    "another file under a name": lambda members: [
        (member, b"other" if member.name.startswith("objects/") else content) for member, content in members
    ],
    "a part that is left out": lambda members: [
        (member, content) for member, content in members if "/audit_event/" not in member.name
    ],
    "no manifest": lambda members: members[:-1],
    "rows that are no rows": lambda members: [
        (member, b"nonsense" if member.name.startswith("tables/") else content) for member, content in members
    ],
    "a newer format": other_manifest(b'"format":1', b'"format":2'),
    "a newer schema": other_manifest(b'"revision":"', b'"revision":"9'),
    "other counts": other_manifest(b'"rows":1,', b'"rows":2,'),
}


@pytest.mark.abuse("I19")
@pytest.mark.timeout(120)
@only_sqlite
def test_forged_archives_are_refused_before_anything_is_written(backup: Path, keys: Keys, empty_place: PlaceMaker) -> None:
    there = empty_place(SQLITE)

    for what, change in FORGERIES.items():
        forged = rewritten(backup, keys, change)
        with pytest.raises(BadBackup):
            restoring.restore(there, forged, keys[1])
        assert {path.name for path in there.data_dir.rglob("*")} <= {"files", "server.lock"}, what

    with pytest.raises(BadBackup):
        restoring.restore(there, rewritten(backup, keys, lambda members: members, tail=b"more"), keys[1])
    assert list(there.objects.each()) == []


@pytest.mark.abuse("I19")
@only_sqlite
def test_a_cut_or_changed_file_and_another_key_are_told_apart(backup: Path, keys: Keys) -> None:
    content = backup.read_bytes()
    damaged = backup.with_name("damaged.age")

    for bytes_ in (b"", b"not a backup", content[:100], content[: len(content) // 2], content[:-1], content + b"more"):
        damaged.write_bytes(bytes_)
        with pytest.raises(BadBackup, match="damaged or cut off"):
            checking.check(damaged, keys[1])
    for position in (300, len(content) // 2, len(content) - 5):
        damaged.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        with pytest.raises(BadBackup, match="damaged or cut off"):
            checking.check(damaged, keys[1])
    secret, _ = sealed.new_key()
    other = backup.with_name("other.key")
    other.write_text(secret)
    with pytest.raises(BadBackup, match="another key"):
        checking.check(backup, sealed.read_identities(other))


def test_nothing_is_restored_over_what_stands_there(scene: Scene, place: Place, keys: Keys, tmp_path: Path) -> None:
    taking.take(place, tmp_path / "backup.age", keys[0])
    events = scene.count("audit_event")

    with pytest.raises(NotEmpty):
        restoring.restore(place, tmp_path / "backup.age", keys[1])
    with pytest.raises(NotEmpty):
        taking.take(place, tmp_path / "backup.age", keys[0])

    assert scene.count("audit_event") == events


def test_nothing_is_restored_over_a_database_in_which_somebody_did_anything_though_there_are_no_files(
    scene: Scene, place: Place, keys: Keys, tmp_path: Path
) -> None:
    taking.take(place, tmp_path / "backup.age", keys[0])
    without_files = replace(place, objects=LocalObjects(tmp_path / "other"))

    with pytest.raises(NotEmpty, match="database"):
        restoring.restore(without_files, tmp_path / "backup.age", keys[1])


def test_a_database_that_was_only_migrated_is_empty_enough_to_restore_into(
    scene: Scene, place: Place, keys: Keys, backend: str, run: Run, tmp_path: Path
) -> None:
    taking.take(place, tmp_path / "backup.age", keys[0])
    events = scene.count("audit_event")

    with run.fresh(backend, tmp_path / "new") as url:
        restoring.restore(Place(url, tmp_path / "new", LocalObjects(tmp_path / "files")), tmp_path / "backup.age", keys[1])
        database = open_database(url, pool_size=2)
        try:
            assert Scene(database).count("audit_event") == events + 1
        finally:
            database.dispose()


def test_whoever_says_so_replaces_what_stands_there(scene: Scene, place: Place, keys: Keys, tmp_path: Path) -> None:
    taking.take(place, tmp_path / "backup.age", keys[0])
    events = scene.count("audit_event")
    scene.start("USA")
    scene.database.dispose()

    restoring.restore(place, tmp_path / "backup.age", keys[1], replaces=True)

    assert scene.count("audit_event") == events + 1
    kept = list(place.data_dir.glob("readiness.db.before-restore-*"))
    assert bool(kept) == (place.url.get_backend_name() == "sqlite")


@only_sqlite
def test_a_backup_that_cannot_be_written_leaves_nothing_behind(scene: Scene, place: Place, keys: Keys, tmp_path: Path) -> None:
    scene.database.dispose()
    with (place.data_dir / "readiness.db").open("r+b") as file:
        file.seek(40_000)
        file.write(os.urandom(40_000))

    with pytest.raises(DamagedDatabase):
        taking.take(place, tmp_path / "backup.age", keys[0])

    assert list(tmp_path.iterdir()) == []
    assert not list(place.data_dir.glob("backup-*"))
