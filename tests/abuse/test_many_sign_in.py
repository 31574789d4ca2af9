"""Two hundred people sign in at one moment: two passwords are hashed at a time, eight wait, and everybody else's work goes on."""

from __future__ import annotations

import asyncio
import threading

import pytest
from httpx2 import ASGITransport, AsyncClient, Response
from pwdlib.hashers.argon2 import Argon2Hasher

from app.config import Settings
from app.infra.db import Database
from app.kit.actor import Role
from app.main import create_app
from tests.coroutines import finish
from tests.scenarios import BASE_URL, PASSWORD, Client, Scene

MANY, TAKEN = 200, 10


class Slow:
    """Hashes that take as long as the test wants, counted: the argon2 library's own, behind a door."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.door = threading.Event()
        self._counting = threading.Lock()
        self.inside = self.most = self.worked = 0
        own = Argon2Hasher.verify

        def verify(hasher: Argon2Hasher, password: str | bytes, stored: str | bytes) -> bool:
            with self._counting:
                self.inside, self.worked = self.inside + 1, self.worked + 1
                self.most = max(self.most, self.inside)
            self.door.wait(60)
            with self._counting:
                self.inside -= 1
            return own(hasher, password, stored)

        monkeypatch.setattr(Argon2Hasher, "verify", verify)


@pytest.mark.abuse("A14")
@pytest.mark.timeout(120)
def test_of_200_who_sign_in_at_once_ten_are_taken_and_a_colleague_saves_meanwhile(
    database: Database, database_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(database).ready()
    review, ana = scene.start(), scene.person(Role.CONTRIBUTOR)
    app = create_app(database_settings.model_copy(update={"embedded_worker": False, "pool_size": 20}), database)
    working = dict(Client(app).sign_in(scene.email(ana)).cookies)
    slow = Slow(monkeypatch)
    transport = ASGITransport(app)

    def browser() -> AsyncClient:
        return AsyncClient(transport=transport, base_url=BASE_URL, headers={"Origin": BASE_URL}, timeout=90)

    async def sign_in() -> Response:
        async with browser() as one:
            return await one.post("/sign-in", data={"email": scene.email(ana), "password": PASSWORD, "next": "/"})

    async def scenario() -> tuple[list[Response], Response, list[Response]]:
        async with app.router.lifespan_context(app):  # as many worker threads as in service
            signing = [asyncio.create_task(sign_in()) for _ in range(MANY)]
            refused = [await each for _, each in zip(range(MANY - TAKEN), asyncio.as_completed(signing), strict=False)]
            async with browser() as colleague:
                colleague.cookies.update(working)
                sent = {"state": "answered", "value": 4, "seen": 0}
                saved = await colleague.put(f"/api/v1/reviews/{review}/answers/A1", json=sent)
            held = [task for task in signing if not task.done()]
            slow.door.set()
            return refused, saved, list(await asyncio.gather(*held))

    refused, saved, entered = finish(scenario())

    assert (len(refused), len(entered)) == (MANY - TAKEN, TAKEN)
    assert {answer.status_code for answer in refused} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert saved.status_code == 200, "while ten were at the door"
    assert {answer.status_code for answer in entered} == {303}
    assert (slow.most, slow.worked) == (2, TAKEN)
    assert scene.rows("SELECT version FROM answer") == [(1,)]
