"""Scenes for this room."""

from __future__ import annotations

import pytest

from app.infra.db import Database
from tests.scenarios import Scene


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)
