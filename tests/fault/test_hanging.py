"""A store of files that takes connections and never answers: whoever needs it is told soon, and nobody else waits."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.infra.objects import StoreAway, open_objects


@pytest.fixture
def silent_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.timeout(60)
def test_a_store_of_files_that_hangs_is_given_up(silent_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    objects = open_objects(f"s3://files/readiness?endpoint=http://127.0.0.1:{silent_port}", tmp_path)

    with pytest.raises(StoreAway):
        objects.get("NZL/ab/cd")
    with pytest.raises(StoreAway):
        objects.put("NZL/ab/cd", b"content")
