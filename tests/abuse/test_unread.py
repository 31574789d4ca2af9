"""Readers who ask for much and take nothing: what they hold is bounded, and ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

import pytest
import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.cli.connections import BoundedConnection
from tests.coroutines import finish

SIZE = 20_000_000
ASKS = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
Servers = set[asyncio.Protocol]


async def much(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(bytes(SIZE))(scope, receive, send)


async def served(act: Callable[[int, Servers], Awaitable[None]]) -> None:
    """Serve large answers to everybody on the port that the act is told, until it ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(much, http=BoundedConnection, lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await act(listening.getsockname()[1], server.server_state.connections)  # type: ignore[arg-type]  # its protocols are ours
        finally:
            server.should_exit = True
            await serving


def asking(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=20)
    client.sendall(ASKS)
    return client


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - a server of another's tells of no event
            await asyncio.sleep(0.02)


def unread(connections: Servers) -> int:
    return sum(one.unread for one in connections if isinstance(one, BoundedConnection))


@pytest.mark.abuse("D8")
@pytest.mark.timeout(60)
def test_an_answer_that_nobody_takes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedConnection, "read_seconds", 0.2)

    async def act(port: int, connections: Servers) -> None:
        with asking(port):
            await until(lambda: unread(connections) > SIZE // 2)
            await until(lambda: not connections)

    finish(served(act))


@pytest.mark.abuse("D8")
@pytest.mark.timeout(60)
def test_all_answers_that_wait_for_their_readers_share_a_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedConnection, "most_unread", 3 * SIZE)

    async def act(port: int, connections: Servers) -> None:
        with ExitStack() as stack:
            for number in range(6):
                stack.enter_context(asking(port))
                await until(lambda: len(connections) == min(number + 1, 3) and unread(connections) > 0)  # noqa: B023 - asked at once
                await asyncio.sleep(0.1)
            assert unread(connections) <= 3 * SIZE

    finish(served(act))


@pytest.mark.timeout(60)
def test_who_takes_it_slowly_gets_it_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedConnection, "read_seconds", 0.5)

    async def act(port: int, _connections: Servers) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(ASKS)
        taken = 0
        while part := await reader.read(2_000_000):
            taken += len(part)
            await asyncio.sleep(0.02)
        writer.close()
        assert taken > SIZE

    finish(served(act))
