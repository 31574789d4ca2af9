"""What no client library would send: bytes on a wire, to a real server."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from app.cli.connections import HEAD_SECONDS
from app.infra.db import open_database
from tests.abuse.server import Server, heard, served, status_of

pytestmark = pytest.mark.timeout(120)

ANSWER = json.dumps({"state": "declined", "seen": 1}).encode()
SILENT = 300
ROOM = 100  # the database's own files, which stay open


def path_of(server: Server) -> str:
    return f"PUT /api/v1/reviews/{server.made.review}/answers/B1-01"


def versions(server: Server) -> int:
    """Count how many answers were ever stored."""
    database = open_database(server.made.url, pool_size=2)
    with database.read() as session:
        found = session.connection().execute(text("SELECT count(*) FROM answer_revision")).scalar_one()
    database.dispose()
    return int(found)


@pytest.mark.abuse("J11")
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (("Content-Length: 4", "Transfer-Encoding: chunked"), b"0\r\n\r\nGET /reviews HTTP/1.1\r\n\r\n"),
        (("Transfer-Encoding: chunked", "Content-Length: 4"), b"0\r\n\r\n"),
        (("Content-Length: 4", "Content-Length: 5"), b"abcde"),
        (("Content-Length: 4, 5",), b"abcde"),
        (("Content-Length: -1",), b""),
        (("Content-Length: +4",), b"abcd"),
        (("Content-Length: 99999999999999999999",), b""),
        (("Content-Length: 4 4",), b"abcd"),
        (("Content-Length : 4",), b"abcd"),
        (("Transfer-Encoding: xchunked",), b"0\r\n\r\n"),
        (("Transfer-Encoding: chunked, identity",), b"0\r\n\r\n"),
        (("Transfer-Encoding: chunked",), b"xyz\r\n\r\n"),
        (("Transfer-Encoding: chunked",), b"-1\r\n\r\n"),
        (("Transfer-Encoding: chunked",), b"2\r\nabcd\r\n0\r\n\r\n"),
        (("Transfer-Encoding: chunked",), b"ffffffffffffffffff\r\n"),
        (("X-Folded: a\r\n b",), b""),
        (("X-Bare: a\nHost: evil.example",), b""),
        (("X-Nul: a\0b",), b""),
    ],
)
def test_a_request_whose_end_could_be_read_two_ways_is_refused_and_the_connection_closed(
    server: Server, headers: tuple[str, ...], body: bytes
) -> None:
    before = versions(server)

    answer = server.say(server.request(path_of(server), "Content-Type: application/json", *headers, body=body))

    assert status_of(answer) in {400, 413}
    assert answer.count(b"HTTP/1.1 ") == 1
    assert versions(server) == before


@pytest.mark.abuse("J12")
def test_hundreds_of_silent_connections_keep_nobody_waiting_and_are_let_go(server: Server) -> None:
    before = server.figures()[1]
    with ExitStack() as stack:
        slow = [stack.enter_context(server.connect()) for _ in range(SILENT)]
        for position, client in enumerate(slow):
            begun = server.request(path_of(server), "Content-Type: application/json", "Content-Length: 90")
            client.sendall((begun[:40], begun + b'{"state"')[position % 2])

        answered = [server.is_up() for _ in range(5)]

        heads = slow[::2]
        assert answered == [True] * 5
        assert {status_of(heard(client)) for client in heads[:20]} == {408}
    deadline = time.monotonic() + HEAD_SECONDS
    while server.figures()[1] > before + ROOM and time.monotonic() < deadline:
        time.sleep(0.1)
    assert server.figures()[1] <= before + ROOM


@pytest.mark.abuse("J12")
@pytest.mark.usefixtures("socket_enabled")
def test_where_the_system_allows_few_connections_the_one_silent_longest_makes_room() -> None:
    with served(files=300) as small, ExitStack() as stack:
        silent = [stack.enter_context(small.connect()) for _ in range(250)]

        assert all(small.is_up() for _ in range(3))
        assert small.figures()[1] < 300
        assert [status_of(heard(client)) for client in silent[:50]] == [503] * 50


@pytest.mark.abuse("J13")
@pytest.mark.parametrize("size", [40_000, 100_000, 5_000_000])
def test_a_head_without_an_end_is_not_collected(server: Server, size: int) -> None:
    memory = server.figures()[0]

    address = server.status(server.request(f"GET /{'x' * size}"))
    header = server.status(server.request("GET /", f"X-Long: {'x' * size}"))

    assert {address, header} <= {0, 400, 414, 431}  # 0: closed while this client was still sending; 400: uvicorn itself
    if size < 100_000:
        assert (address, header) == (414, 431)
    assert server.is_up()
    assert server.figures()[0] < memory + 30_000_000


@pytest.mark.abuse("J16")
@pytest.mark.parametrize("sends", [1, len(ANSWER) // 2, len(ANSWER) - 1])
def test_a_client_that_leaves_before_the_end_of_its_body_has_changed_nothing(server: Server, sends: int) -> None:
    before, logged = versions(server), server.log.stat().st_size
    with server.connect() as client:
        client.sendall(server.request(path_of(server), "Content-Type: application/json", f"Content-Length: {len(ANSWER)}"))
        client.sendall(ANSWER[:sends])

    assert server.is_up()
    assert versions(server) == before
    with server.log.open("rb") as log:
        log.seek(logged)
        written = log.read()
    assert b"Traceback" not in written
    assert b'"fault"' not in written
