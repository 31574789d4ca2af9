"""Contents: a row always finds its file; what no row names goes after a day. F3, F4, F9."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.evidence import contents, queries
from app.evidence.contents import Content, Limits, key_of, read_content, require_room, store, sweep
from app.evidence.refusals import BadFile, FileLost, StorageFull
from app.evidence.service import Described, add_file, get_evidence, remove
from app.infra.db import Database
from app.infra.objects import LocalObjects, Objects, StoredObject
from app.kit import clock
from app.kit.actor import Actor, Role
from tests.evidence.files import PDF
from tests.scenarios import Scene
from tests.threads import seeing

LIMITS = Limits(largest=1_000, bytes_of_economy=10_000, files_of_economy=3, free_bytes=0)
LATER = timedelta(days=1, minutes=5)


class FullDisk:
    """A store on a disk that has no room."""

    def __init__(self, inner: Objects) -> None:
        self.inner = inner

    def put(self, key: str, content: bytes) -> None:
        self.inner.put(key, content)

    def get(self, key: str) -> bytes | None:
        return self.inner.get(key)

    def has(self, key: str) -> bool:
        return self.inner.has(key)

    def delete(self, key: str) -> None:
        self.inner.delete(key)

    def each(self) -> Iterator[StoredObject]:
        return self.inner.each()

    def free_bytes(self) -> int:
        return 100


@pytest.fixture
def objects(tmp_path_factory: pytest.TempPathFactory) -> LocalObjects:
    return LocalObjects(tmp_path_factory.mktemp("objects") / "files")


@pytest.fixture
def official(database: Database) -> Actor:
    return Scene(database).person(Role.CONTRIBUTOR)


def kept(database: Database, objects: Objects, actor: Actor, content: Content) -> None:
    store(objects, actor, content)
    with database.write() as session:
        contents.keep(session, objects, actor, content, LIMITS)
        add_file(session, actor, Described("The plan"), content)


def number(k: int) -> Content:
    return read_content(f"plan-{k}.pdf", PDF.replace(b"1.7", f"1.{k}".encode()), LIMITS)


@pytest.mark.abuse("F3")
def test_the_most_files_and_the_most_room_are_those_of_the_settings(
    database: Database, objects: LocalObjects, official: Actor
) -> None:
    for k in (1, 2, 3):
        kept(database, objects, official, number(k))

    with database.read() as session:
        require_room(session, objects, official, number(3), LIMITS)
        with pytest.raises(BadFile) as refused:
            require_room(session, objects, official, number(4), LIMITS)
        with pytest.raises(BadFile):
            require_room(session, objects, official, number(4), Limits(1_000, len(PDF) * 4 - 1, 9, 0))
    assert refused.value.problem == "quota_reached"


@pytest.mark.abuse("F3")
def test_two_files_at_once_have_no_more_room_than_two_in_a_row(
    database: Database, objects: LocalObjects, official: Actor
) -> None:
    """Both were told that there is room, because both asked before either was kept."""
    refusals: list[str] = []
    one = replace(LIMITS, files_of_economy=1)

    def keep_too() -> None:
        try:
            with database.write() as session:
                contents.keep(session, objects, official, number(2), one)
        except BadFile as refusal:
            refusals.append(refusal.problem)

    other = threading.Thread(target=seeing(keep_too))
    with database.write() as session:
        contents.keep(session, objects, official, number(1), one)
        other.start()
        other.join(0.3)
    other.join(10)

    assert refusals == ["quota_reached"]
    assert Scene(database).count("stored_file") == 1


@pytest.mark.abuse("F3")
def test_a_file_over_the_size_is_refused_by_its_size() -> None:
    with pytest.raises(BadFile) as refused:
        read_content("plan.pdf", PDF + b" " * 1_000 + b"%%EOF", LIMITS)

    assert refused.value.problem == "file_too_large"


@pytest.mark.abuse("F9")
def test_a_full_disk_is_said_to_be_full(database: Database, objects: LocalObjects, official: Actor) -> None:
    with database.read() as session, pytest.raises(StorageFull):
        require_room(session, FullDisk(objects), official, number(1), replace(LIMITS, free_bytes=100))


@pytest.mark.abuse("F4")
def test_what_was_written_for_a_row_that_never_came_goes_after_a_day(
    database: Database, objects: LocalObjects, official: Actor
) -> None:
    """The program was killed between the file and the row."""
    kept(database, objects, official, number(1))
    store(objects, official, number(2))
    objects.put("no-key-of-ours", b"somebody put it here")

    assert sweep(database, objects) == 0
    assert sweep(database, objects, now=clock.now() + LATER) == 1
    assert sweep(database, objects, now=clock.now() + LATER) == 0

    assert {entry.key for entry in objects.each()} == {key_of("NZL", number(1).sha256), "no-key-of-ours"}


def test_the_file_of_a_removed_piece_goes_and_one_that_another_piece_names_stays(
    database: Database, objects: LocalObjects, official: Actor
) -> None:
    for content in (number(1), number(1), number(2)):
        kept(database, objects, official, content)
    pieces = Scene(database).rows("SELECT evidence_id, sha256 FROM evidence_version ORDER BY added_at")
    with database.write() as session:
        for entry in queries.list_of(session, "NZL"):
            if str(entry[0].id).replace("-", "") in {str(pieces[0][0]).replace("-", ""), str(pieces[2][0]).replace("-", "")}:
                remove(session, official, entry[0].id)

    assert sweep(database, objects, now=clock.now() + LATER) == 1

    assert [entry.key for entry in objects.each()] == [key_of("NZL", number(1).sha256)]
    with database.read() as session:
        ((row, _version),) = queries.list_of(session, "NZL")
        assert get_evidence(session, official, row.id)[0].current.sha256 == number(1).sha256


@pytest.mark.abuse("F4")
def test_a_content_that_a_sweep_took_in_between_is_written_again_with_its_row(
    database: Database, objects: LocalObjects, official: Actor
) -> None:
    content = number(1)
    store(objects, official, content)
    objects.delete(key_of("NZL", content.sha256))

    with database.write() as session:
        contents.keep(session, objects, official, content, LIMITS)

    assert contents.load(objects, "NZL", content.sha256) == content.bytes_


def test_a_file_that_is_not_what_was_stored_is_never_given_out(objects: LocalObjects) -> None:
    objects.put(key_of("NZL", "ab" * 32), b"altered")

    for digest in ("ab" * 32, "cd" * 32):
        with pytest.raises(FileLost):
            contents.load(objects, "NZL", digest)
