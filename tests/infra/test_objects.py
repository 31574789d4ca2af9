"""Files as objects: the same cases on a folder and in memory; and what a folder promises beside."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from app.infra.objects import LocalObjects, Objects, ObjectStore, open_objects

KEY = "NZL/ab/" + "ab" * 32


@pytest.fixture(params=["folder", "memory"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    made: dict[str, Callable[[], Objects]] = {
        "folder": lambda: LocalObjects(tmp_path / "files"),
        "memory": lambda: ObjectStore(MemoryStore()),
    }
    return made[request.param]()


def test_what_is_put_can_be_read_until_it_is_deleted(objects: Objects) -> None:
    objects.put(KEY, b"content")
    assert (objects.get(KEY), objects.has(KEY)) == (b"content", True)

    objects.delete(KEY)
    objects.delete(KEY)

    assert (objects.get(KEY), objects.has(KEY)) == (None, False)


def test_the_same_key_again_replaces(objects: Objects) -> None:
    objects.put(KEY, b"first")
    objects.put(KEY, b"second")

    (kept,) = objects.each()
    assert (objects.get(KEY), kept.key, kept.size) == (b"second", KEY, 6)


def test_an_empty_store_lists_nothing(objects: Objects) -> None:
    assert list(objects.each()) == []
    assert objects.free_bytes() > 0


def test_nobody_else_on_the_machine_can_read_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        LocalObjects(tmp_path / "files").put(KEY, b"content")
    finally:
        os.umask(before)

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "files", *(tmp_path / "files").rglob("*"))}
    assert len(modes) == 4
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir(mode=0o755)
    LocalObjects(tmp_path / "files")

    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700


def test_no_key_leads_out_of_the_folder(tmp_path: Path) -> None:
    objects = LocalObjects(tmp_path / "files")
    (tmp_path / "secret").write_bytes(b"secret")

    with pytest.raises((OSError, ValueError)):
        assert objects.get("../secret") is None
        raise FileNotFoundError


def test_the_settings_choose_the_store(tmp_path: Path) -> None:
    assert isinstance(open_objects(None, tmp_path), LocalObjects)
    assert isinstance(open_objects("s3://bucket/readiness?endpoint=https://store.example.org&region=eu-1", tmp_path), ObjectStore)
    for wrong in ("ftp://bucket", "s3://", "/var/files"):
        with pytest.raises(ValueError, match="READINESS_FILES_URL"):
            open_objects(wrong, tmp_path)
