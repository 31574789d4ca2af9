"""Scenes with a release: most economies are public, some are for peers only, some are private."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.config import Settings
from app.infra.db import Database
from app.main import create_app
from tests.scenarios import Client, Scene


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.fixture
def released(scene: Scene) -> Scene:
    """Give a cycle with fourteen public economies, five for peers only, and one release."""
    scene.ready().shared()
    scene.release()
    return scene


@pytest.fixture
def reader(released: Scene, settings: Settings) -> Iterator[Client]:
    """Give an anonymous client of the program over it."""
    with Client(create_app(settings, released.database)) as client:
        yield client
