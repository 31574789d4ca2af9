"""Scenes with a release: most economies are public, some are for peers only, some are private."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.domain.benchmark.consent import Audience
from app.economies import service as economies
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE
from tests.scenarios import APEC, CODE, CYCLE, Scene, answers_csv

PUBLIC, PEERS = APEC[:14], APEC[14:19]
LATER = "2027"


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


def filled(scene: Scene, cycle: str, public: Sequence[str], peers: Sequence[str], shift: int) -> dict[str, UUID]:
    """Sign a review of every economy in which both pillars have a score, and show it to everybody or to peers."""
    levels = [1 + (k + shift) % 5 for k in range(len(APEC))]
    reviews = dict(scene.import_(answers_csv(APEC, levels, B2="250", B3="40"), cycle=cycle).reviews)
    with scene.database.write() as session:
        for economy in (*public, *peers):
            audience = Audience.PUBLIC if economy in public else Audience.PEERS
            consents.give(session, COMMAND_LINE, reviews[economy], economy, {"A": audience, "B": audience})
        refresh(session, economies.get_cycle(session, CODE, cycle).id)
    return reviews


@pytest.fixture
def reviews(scene: Scene) -> dict[str, UUID]:
    return filled(scene.ready(), CYCLE, PUBLIC, PEERS, 2)


@pytest.fixture
def released(scene: Scene, reviews: dict[str, UUID]) -> Scene:
    assert reviews
    scene.release()
    return scene


@pytest.fixture
def two_cycles(released: Scene) -> Scene:
    """The next cycle, under the same version: all answer one level higher, and one of the public ones is for peers only now."""
    released.open_cycle(LATER)
    filled(released, LATER, PUBLIC[1:], (PUBLIC[0], *PEERS), 3)
    released.release(LATER)
    return released
