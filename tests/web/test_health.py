"""The two probes: what they say, to whom, and that nothing stands in their way."""

from __future__ import annotations

import time

import anyio
import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app.config import Settings
from app.infra.db import Database
from app.main import create_app
from app.web.health import Health
from tests.coroutines import finish
from tests.databases import only_sqlite

A_PROBE = {"host": "10.0.0.7:8000", "user-agent": "kube-probe/1.33"}


@pytest.fixture
def client(settings: Settings, database: Database) -> TestClient:
    return TestClient(create_app(settings, database), base_url="http://127.0.0.1:8000")


def test_a_process_that_works_is_alive_and_ready_whatever_it_is_called(client: TestClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = client.get(path, headers=A_PROBE)

        assert (answer.status_code, answer.json()) == (200, {"status": "up"})
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers


@only_sqlite
def test_a_process_without_its_database_is_alive_and_not_ready(settings: Settings, database: Database) -> None:
    client = TestClient(create_app(settings, database), base_url="http://127.0.0.1:8000")
    held = [database.at_once.connect() for _ in range(5)]  # nobody else gets a connection
    database.at_once.pool._timeout = 0.01  # type: ignore[attr-defined]  # the queue's own, so that the test need not wait for ten seconds

    ready, alive = client.get("/readyz", headers=A_PROBE), client.get("/healthz", headers=A_PROBE)
    for connection in held:
        connection.close()

    assert (ready.status_code, ready.json(), ready.headers["retry-after"]) == (503, {"status": "down"}, "5")
    assert (alive.status_code, alive.json()) == (200, {"status": "up"})


@only_sqlite
def test_a_process_that_leaves_says_so_and_still_answers(settings: Settings, database: Database) -> None:
    app = create_app(settings, database)
    client = TestClient(app, base_url="http://127.0.0.1:8000")

    app.state.leaving.set()

    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get("/sign-in").status_code == 200


def test_many_probes_at_once_ask_the_database_once() -> None:
    """Anybody may send probes: with a database that hangs, each would have held a worker thread for seconds."""
    asked = 0

    def is_ready() -> bool:
        nonlocal asked
        asked += 1
        time.sleep(0.05)
        return True

    async def nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        """Stand behind the probes."""

    async def run() -> list[Message]:
        health, sent = Health(nothing, is_ready), list[Message]()

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(health, {"type": "http", "path": "/readyz", "method": "GET", "headers": []}, receive, send)
        return sent

    sent = finish(run())

    assert [message["status"] for message in sent if message["type"] == "http.response.start"] == [200] * 50
    assert asked == 1


@only_sqlite
def test_probes_leave_no_line_in_the_log(client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/healthz")
    client.get("/readyz")

    assert "readyz" not in capsys.readouterr().err
