"""Scenes with a release: most economies are public, some are for peers only, some are private."""

from __future__ import annotations

import pytest

from app.infra.db import Database
from tests.scenarios import Scene


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)
