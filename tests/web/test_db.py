"""One request, one transaction, and it ends before the answer leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.web.db import DbSession


@dataclass
class CountingDatabase:
    """Stands where the database stands, and refuses to commit: what a full disk does."""

    opened: list[str] = field(default_factory=list)

    @contextmanager
    def write(self) -> Iterator[object]:
        self.opened.append("write")
        yield object()
        message = "disk full"
        raise OSError(message)

    @contextmanager
    def read(self) -> Iterator[object]:
        self.opened.append("read")
        yield object()


def _client(database: CountingDatabase) -> TestClient:
    app = FastAPI()
    app.state.database = database

    @app.get("/")
    def read(session: DbSession) -> str:
        return "read"

    @app.post("/")
    def write(session: DbSession) -> str:
        return "written"

    return TestClient(app, raise_server_exceptions=False)


def test_a_commit_that_fails_is_never_answered_as_success() -> None:
    client = _client(CountingDatabase())

    answer = client.post("/")

    assert answer.status_code == 500


def test_reading_opens_a_transaction_that_may_only_read() -> None:
    database = CountingDatabase()
    client = _client(database)

    client.get("/")
    client.head("/")
    client.post("/")

    assert database.opened == ["read", "write"]
