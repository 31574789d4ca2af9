"""A clock that jumps: by a day, to 1970, past 2038, and over the hour that comes twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from app.audit import service as audit
from app.infra.db import Database
from app.kit.actor import Role
from tests.scenarios import Scene

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
JUMPS = (
    datetime(2026, 11, 30, 12, tzinfo=UTC),
    datetime(2026, 11, 28, 12, tzinfo=UTC),
    datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
)


@pytest.mark.abuse("P12")
def test_saves_and_the_record_of_acts_go_by_number_whatever_the_clock_says(database: Database) -> None:
    scene = Scene(database).ready()
    with time_machine.travel(NOW, tick=False):
        review, official = scene.start(), scene.person(Role.CONTRIBUTOR)

    for seen, moment in enumerate(JUMPS):
        with time_machine.travel(moment, tick=False):
            assert scene.save(official, review, "A4", f"Words {seen}.", seen).version == seen + 1

    assert scene.opened(review).answers["A4"].value == f"Words {len(JUMPS) - 1}."
    numbers = [int(str(row[0])) for row in scene.rows("SELECT sequence FROM audit_event ORDER BY sequence")]
    assert numbers == list(range(1, len(numbers) + 1))
    with database.read() as session:
        assert audit.verify(session) is None
