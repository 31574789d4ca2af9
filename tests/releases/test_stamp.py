"""A process knows at once what it wrote itself, and within a second what others wrote."""

from __future__ import annotations

import pytest

from app.releases import stamp as stamps
from app.releases.stamp import Stamp
from tests.scenarios import Scene, statements


def test_a_release_of_this_process_is_known_when_it_is_committed(scene: Scene) -> None:
    scene.ready().shared()
    stamp = Stamp(scene.database)
    before = stamp.current()
    assert not stamp.is_due

    scene.release()

    assert stamp.is_due
    assert stamp.current() != before


def test_it_is_asked_for_once_a_second_however_often_it_is_wanted(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 100.0
    monkeypatch.setattr(stamps, "monotonic", lambda: moment)
    stamp = Stamp(scene.database)

    with statements(scene.database) as sent:
        for _ in range(10):
            stamp.current()
        assert len(sent) == 2
        moment = 100.9
        stamp.current()
        assert len(sent) == 2
        moment = 101.0
        stamp.current()
        assert len(sent) == 4
