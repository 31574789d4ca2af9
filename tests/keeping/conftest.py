"""An installation with something of everything in it, a key for its backups, and empty places to restore into."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.accounts import invitations, sessions
from app.accounts import queries as accounts
from app.config import Settings
from app.evidence import contents
from app.evidence.contents import Content
from app.infra.db import Database
from app.infra.objects import LocalObjects
from app.keeping import sealed
from app.keeping.taking import Place
from app.kit import ids
from app.kit.actor import Role
from app.mail import service as mail
from tests.databases import SQLITE, Run
from tests.scenarios import Scene

FILE = b"%PDF-1.7 a strategy of our own"
LIFETIME = sessions.Lifetime(timedelta(minutes=45), timedelta(hours=12))
PlaceMaker = Callable[[str], Place]


@pytest.fixture
def objects(settings: Settings) -> LocalObjects:
    return LocalObjects(settings.data_dir / "files")


@pytest.fixture
def place(fresh_url: URL, settings: Settings, objects: LocalObjects) -> Place:
    """Return where the installation under test keeps what it keeps."""
    return Place(fresh_url, settings.data_dir, objects)


@pytest.fixture
def scene(database: Database, settings: Settings, objects: LocalObjects) -> Scene:
    """Fill it: signed reviews, a draft, a release, a file, a session, a key, an open invitation and a mail that waits."""
    scene = Scene(database).ready().shared()
    scene.release()
    draft = scene.start("VNM")
    scene.save(scene.person(Role.CONTRIBUTOR, "VNM"), draft, "A1", "4")
    _keep_a_file(scene, objects, settings)
    coordinator = scene.person(Role.COORDINATOR)
    scene.key(coordinator)
    with database.write() as session:
        user = accounts.find_user(session, coordinator.user_id) if coordinator.user_id else None
        assert user is not None
        sessions.begin(session, user, user_agent="a browser", lifetime=LIFETIME)
        invitations.invite(session, coordinator, email="new@example.org", name="New", role=Role.CONTRIBUTOR, economy="NZL")
        mail.queue(session, to="new@example.org", subject="Words", body="a secret link", kind="invitation")
    return scene


@pytest.fixture
def keys() -> Iterator[tuple[list[sealed.Recipient], list[sealed.Identity]]]:
    """Make a key; gives for whom to encrypt, and what opens it."""
    secret, recipient = sealed.new_key()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "key"
        file.write_text(secret)
        yield sealed.read_recipients([recipient]), sealed.read_identities(file)


@pytest.fixture
def empty_place(run: Run) -> Iterator[PlaceMaker]:
    """Make an empty machine: nothing, or a PostgreSQL database that was only migrated."""
    with ExitStack() as stack:

        def make(backend: str) -> Place:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=run.folder)))
            url = stack.enter_context(run.fresh(backend, folder))
            if backend == SQLITE:
                Path(url.database or "").unlink()
            return Place(url, folder, LocalObjects(folder / "files"))

        yield make


def _keep_a_file(scene: Scene, objects: LocalObjects, settings: Settings) -> None:
    actor = scene.person(Role.CONTRIBUTOR)
    content = Content("strategy.pdf", "application/pdf", len(FILE), ids.sha256(FILE), FILE)
    contents.store(objects, actor, content)
    with scene.database.write() as session:
        contents.keep(session, objects, actor, content, contents.limits_of(settings))
