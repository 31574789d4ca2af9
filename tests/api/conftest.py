"""The whole program over a filled database: made once a worker for tests that only read, afresh for those that write."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.domain.reading import RawAnswer
from app.infra.db import Database, open_database
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.main import create_app
from tests.databases import SQLITE, Run
from tests.scenarios import APEC, Client, Scene

PUBLIC, PEERS, PRIVATE = APEC[:9], APEC[9:14], APEC[14:16]
DRAFT = "THA"


@dataclass
class Filled:
    """Sixteen submitted reviews (nine public, five for peers, two private), a draft of Thailand's, and their program."""

    scene: Scene
    app: FastAPI
    reviews: dict[str, UUID]

    def actor(self, role: Role, economy: str = DRAFT) -> Actor:
        return self.scene.person(role, economy)


def fill(database: Database, settings: Settings) -> Filled:
    scene = Scene(database).ready()
    scene.load_references()
    reviews = scene.submitted_many(APEC[:16], [1, 2, 3, 4, 5] * 3 + [1])
    with database.write() as session:
        for audience, economies in ((Audience.PUBLIC, PUBLIC), (Audience.PEERS, PEERS)):
            for economy in economies:
                consents.give(session, COMMAND_LINE, reviews[economy], economy, {"A": audience, "B": audience})
        refresh(session, UUID(str(scene.rows("SELECT id FROM cycle")[0][0])))
    scene.release()
    reviews[DRAFT] = scene.start(DRAFT)
    scene.fill(reviews[DRAFT], DRAFT, {"A1": RawAnswer(value="3"), "A2": RawAnswer(value="yes")})
    return Filled(scene, create_app(settings, database), reviews)


@pytest.fixture(scope="session")
def filled_on(run: Run) -> Iterator[Callable[[str], Filled]]:
    """Give the filled program on a database, made once a worker; nobody writes into it."""
    made: dict[str, Filled] = {}
    with ExitStack() as stack:

        def get(backend: str) -> Filled:
            if backend not in made:
                folder = Path(tempfile.mkdtemp(prefix="api-", dir=run.folder))
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
                database = open_database(stack.enter_context(run.fresh(backend, folder)), pool_size=5)
                stack.callback(database.dispose)
                made[backend] = fill(database, Settings(data_dir=folder, password_memory_kib=8, password_rounds=1))
            return made[backend]

        yield get


@pytest.fixture(scope="session")
def filled(filled_on: Callable[[str], Filled]) -> Filled:
    """Give the filled program for reading."""
    return filled_on(SQLITE)


@pytest.fixture
def fresh(database: Database, settings: Settings) -> Filled:
    """Give one of the test's own, to write into."""
    return fill(database, settings)


Browse = Callable[..., Client]


@pytest.fixture
def browse() -> Iterator[Browse]:
    """Open a client of a filled program, signed in when an actor is given."""
    opened: list[Client] = []

    def browse(at: Filled, actor: Actor | None = None) -> Client:
        client = Client(at.app)
        opened.append(client)
        return client if actor is None else client.sign_in(at.scene.email(actor))

    yield browse
    for client in opened:
        client.close()


@pytest.fixture
def client(filled: Filled, browse: Browse) -> Client:
    """Return an anonymous reader."""
    return browse(filled)
