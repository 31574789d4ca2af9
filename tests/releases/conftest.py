"""Scenes with a release: most economies are public, some are for peers only, some are private."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest

from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.economies import service as economies
from app.infra.db import Database, open_database
from app.kit.actor import COMMAND_LINE
from app.main import create_app
from tests.databases import Run
from tests.scenarios import APEC, CODE, CYCLE, Client, Scene, answers_csv

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
    """Give a scene of the test's own, to write into."""
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


@pytest.fixture
def client(released: Scene, settings: Settings) -> Client:
    """Give an anonymous client of the program over it."""
    return Client(create_app(settings, released.database))


@pytest.fixture(scope="session")
def reader_on(run: Run) -> Iterator[Callable[[str], Client]]:
    """Give a client of a program with a release on a database, made once a worker; nobody writes into it."""
    made: dict[str, Client] = {}
    with ExitStack() as stack:

        def get(backend: str) -> Client:
            if backend not in made:
                folder = Path(tempfile.mkdtemp(prefix="releases-", dir=run.folder))
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
                database = open_database(stack.enter_context(run.fresh(backend, folder)), pool_size=5)
                stack.callback(database.dispose)
                settings = Settings(data_dir=folder, password_memory_kib=8, password_rounds=1)
                scene = Scene(database).ready().shared()
                scene.release()
                made[backend] = Client(create_app(settings, database))
            return made[backend]

        yield get


@pytest.fixture
def reader(backend: str, reader_on: Callable[[str], Client]) -> Client:
    """Give an anonymous reader of a release that never changes."""
    return reader_on(backend)
