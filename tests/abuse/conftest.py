"""What the abuse cases share: one real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.abuse.server import Server, served


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Serve a filled database to all cases that need bytes on a wire."""
    with served() as running:
        yield running


@pytest.fixture(autouse=True)
def wire(request: pytest.FixtureRequest) -> None:
    """Let the tests that speak to that server use sockets."""
    if "server" in request.fixturenames:
        request.getfixturevalue("socket_enabled")
