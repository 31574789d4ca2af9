"""The world, made once a worker; every module gets a copy of its own to write into."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.config import Settings
from app.infra.db import SQLITE as DRIVER
from app.infra.db import Database, database_url, open_database
from app.main import create_app
from tests.databases import SQLITE, Run
from tests.isolation.callers import Callers
from tests.isolation.world import World, begin, go_on
from tests.scenarios import Scene

Before, After = "before", "after"
"""Before New Zealand did anything that it has not published, and after."""


@dataclass
class Built:
    """The world in a folder, and the two copies of its database."""

    world: World
    folder: Path

    def copy(self, moment: str, to: Path) -> Database:
        """Open a copy of the database as it was at a moment."""
        to.mkdir(parents=True)
        url = database_url(None, to)
        shutil.copyfile(self.folder / f"{moment}.db", url.database or "")
        return open_database(url, pool_size=5)


@pytest.fixture(scope="session")
def built(run: Run) -> Iterator[Built]:
    folder = Path(tempfile.mkdtemp(prefix="isolation-", dir=run.folder))
    settings = Settings(data_dir=folder, password_memory_kib=8, password_rounds=1)
    with run.fresh(SQLITE, folder) as url:
        database = open_database(url, pool_size=5)
        world = begin(database, settings)
        _keep(database, folder / f"{Before}.db")
        go_on(world)
        _keep(database, folder / f"{After}.db")
        database.dispose()
        yield Built(world, folder)
    shutil.rmtree(folder, ignore_errors=True)


def _keep(database: Database, to: Path) -> None:
    connection = DRIVER.connect(database.writer.url.database or "")
    target = DRIVER.connect(to)
    connection.backup(target)
    target.close()
    connection.close()


OpenWorld = Callable[..., Callers]


@pytest.fixture(scope="module")
def open_world(built: Built) -> Iterator[OpenWorld]:
    """Open a copy of the world as it was at a moment, with everybody signed in, or only some."""
    with ExitStack() as stack:

        def open_(moment: str, only: tuple[str, ...] = ()) -> Callers:
            place = Path(tempfile.mkdtemp(prefix="copy-", dir=built.folder))
            database = built.copy(moment, place / "data")
            stack.callback(database.dispose)
            scene = Scene(database, people=dict(built.world.scene.people))
            world = replace(built.world, scene=scene, ids=dict(built.world.ids))
            callers = Callers(world, create_app(world.settings, database))
            if only:
                for name in only:
                    callers.admit(name)
            else:
                callers.open()
            stack.callback(callers.close)
            return callers

        yield open_


@pytest.fixture(scope="module")
def callers(open_world: OpenWorld) -> Callers:
    """Give everybody, at the whole world."""
    return open_world(After)
