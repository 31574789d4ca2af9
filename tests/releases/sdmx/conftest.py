"""The whole program over two releases, made once a worker for tests that only read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.config import Settings
from app.infra.db import open_database
from app.main import create_app
from app.releases.service import ReleaseEntry
from tests.databases import SQLITE, Run
from tests.releases.rich import rich_release, withdraw
from tests.scenarios import Client, Scene


@dataclass(frozen=True)
class Published:
    """A client of the program, and the newer of the two releases; Australia withdrew its scores from it."""

    client: Client
    entry: ReleaseEntry
    scene: Scene

    def data(self, key: str = "*", version: str = "+", **parameters: str) -> list[str]:
        """Return the lines of data as CSV, the head left out."""
        answer = self.client.get(
            f"/sdmx/3.0/data/dataflow/READINESS/small/{version}/{key}", params={"format": "csv", **parameters}
        )
        assert answer.status_code == 200, answer.text
        return answer.text.splitlines()[1:]


@pytest.fixture(scope="session")
def published(run: Run) -> Iterator[Published]:
    folder = Path(tempfile.mkdtemp(prefix="sdmx-", dir=run.folder))
    with run.fresh(SQLITE, folder) as url:
        database = open_database(url, pool_size=5)
        scene = Scene(database).ready().shared()
        scene.release()
        entry = rich_release(scene, minor=2)
        withdraw(scene, entry, "AUS")
        client = Client(create_app(Settings(data_dir=folder, password_memory_kib=8, password_rounds=1), database))
        yield Published(client, entry, scene)
        client.close()
        database.dispose()
    shutil.rmtree(folder, ignore_errors=True)
