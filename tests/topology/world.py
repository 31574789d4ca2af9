"""What the topology serves: a released cycle, and a review that two officials of one economy answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from app.infra.db import Database, open_database
from app.infra.scope import as_the_service
from app.kit.actor import Role
from tests.scenarios import Scene
from tests.topology.processes import Topology

OURS = "USA"
"""The economy whose review is under way."""
SHOWN = "AUS"
"""An economy that has submitted, and is public in the release."""
OFFICIALS = ("A2", "A4")
"""The item that each of our officials answers."""


@dataclass(frozen=True, slots=True)
class World:
    """People and reviews, by their addresses and ids."""

    database: Database
    scene: Scene
    review: UUID
    submitted: UUID
    officials: tuple[str, ...]
    coordinator: str
    """Of the economy that is shown."""


@contextmanager
def filled(made: Topology) -> Iterator[World]:
    """Fill the topology's database, past its servers."""
    database = open_database(made.url, pool_size=2)
    try:
        with as_the_service(because="whoever looks on sees all parts"):
            yield _world(database, Scene(database).ready().shared())
    finally:
        database.dispose()


def _world(database: Database, scene: Scene) -> World:
    scene.release()
    review = scene.start(OURS)
    officials = [scene.person(Role.CONTRIBUTOR, OURS, f"Official {item}") for item in OFFICIALS]
    coordinator = scene.person(Role.COORDINATOR, SHOWN)
    found = scene.rows("SELECT id FROM review WHERE economy = :economy", economy=SHOWN)
    return World(database, scene, review, UUID(str(found[0][0])), tuple(map(scene.email, officials)), scene.email(coordinator))


def lost(world: World, item: str, acknowledged: dict[int, str]) -> list[str]:
    """Return what was acknowledged of an item and is not stored."""
    statement = "SELECT version, comment FROM answer_revision WHERE review_id = :review AND item = :item"
    rows = world.scene.rows(statement, review=world.review, item=item)
    stored = {int(str(version)): comment for version, comment in rows}
    return [f"{item} version {version}" for version, comment in acknowledged.items() if stored.get(version) != comment]
