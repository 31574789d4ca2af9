"""What one economy chooses to show changes what is made of all of them, and nothing that others share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.isolation.callers import Callers
from tests.isolation.conftest import After, OpenWorld
from tests.isolation.resetting import Resetting
from tests.isolation.world import OURS, SHOWN

SHARED = "SELECT economy, node, series, score FROM shared_score WHERE economy <> 'NZL' ORDER BY 1, 2, 3"


@pytest.fixture
def callers(open_world: OpenWorld) -> Iterator[Callers]:
    opened = open_world(After, ("coordinator",))
    before = Resetting(opened.world.database)
    yield opened
    before.restore()
    before.close()


@pytest.mark.parametrize("audience", ["private", "peers"])
def test_an_economy_that_shows_less_takes_nothing_of_what_others_show(callers: Callers, audience: str) -> None:
    scene, review = callers.world.scene, callers.world.ids[f"{OURS}_{SHOWN}"]
    before = scene.rows(SHARED)
    cells = scene.count("benchmark_cell")

    answer = callers.found["coordinator"].client.submit(f"/reviews/{review}/sharing", **{"audience.A": audience})

    assert answer.status_code == 303
    assert scene.rows(SHARED) == before != []
    assert scene.count("benchmark_cell") == cells
