"""Where a server that was just started can be reached: links in mails and documents follow its host and port."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from app.cli import demo
from app.cli.server import reached_at
from app.config import Settings
from app.infra.leaving import LeavingServer
from tests.cli.conftest import Run
from tests.databases import only_sqlite


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the server end at once, and keep the address that its links begin with."""
    found: list[str] = []

    def run(server: LeavingServer) -> None:
        app = server.config.app
        assert isinstance(app, FastAPI)
        found.append(app.state.settings.base_url)

    monkeypatch.setattr(LeavingServer, "run", run)
    monkeypatch.setattr(demo, "_load", lambda _database, _settings: None)
    monkeypatch.delenv("READINESS_BASE_URL", raising=False)
    return found


@only_sqlite
@pytest.mark.parametrize("words", [("serve", "--port", "48123"), ("demo", "--port", "48123")])
@pytest.mark.usefixtures("migrated")
def test_links_follow_the_port(command: Run, served: list[str], words: tuple[str, ...]) -> None:
    command(*words)

    assert served == ["http://127.0.0.1:48123"]


@only_sqlite
@pytest.mark.usefixtures("migrated")
def test_the_operators_address_holds_whatever_the_port(command: Run, served: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_BASE_URL", "http://127.0.0.1:8000")

    command("serve", "--port", "48123")

    assert served == ["http://127.0.0.1:8000"]


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:9000"),  # noqa: S104 - as typed
        ("::", "http://[::1]:9000"),
        ("::1", "http://[::1]:9000"),
        ("192.168.1.5", "http://192.168.1.5:9000"),
    ],
)
def test_an_address_that_nobody_can_open_is_not_put_into_links(host: str, address: str) -> None:
    assert reached_at(Settings(), host, 9000).base_url == address
