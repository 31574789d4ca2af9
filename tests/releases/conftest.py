"""Scenes with a release: most economies are public, some are for peers only, some are private."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.config import Settings
from app.infra.db import Database, open_database
from app.main import create_app
from tests.databases import Run
from tests.scenarios import Client, Scene


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


def release_of(scene: Scene) -> Scene:
    """Make a cycle with fourteen public economies, five for peers only, and one release."""
    scene.ready().shared()
    scene.release()
    return scene


@pytest.fixture
def released(scene: Scene) -> Scene:
    """Give a scene of the test's own, to write into."""
    return release_of(scene)


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
                made[backend] = Client(create_app(settings, release_of(Scene(database)).database))
            return made[backend]

        yield get


@pytest.fixture
def reader(backend: str, reader_on: Callable[[str], Client]) -> Client:
    """Give an anonymous reader of a release that never changes."""
    return reader_on(backend)
