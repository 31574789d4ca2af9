"""What a client may hold on to: no connection to the database, no memory, no files, no threads."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.abuse.server import Server, status_of
from tests.abuse.steady import ask_everything

pytestmark = pytest.mark.timeout(180)

STALLED = 30  # more than there are connections to the database
ROUNDS = 20


@pytest.mark.abuse("D8", "O5")
def test_slow_readers_hold_no_connection_to_the_database_and_a_cut_answer_is_seen_to_be_cut(server: Server) -> None:
    asked = server.request("GET /questionnaires/apec-ai-review/2026.1/file.yaml")
    with ExitStack() as stack:
        slow = [stack.enter_context(server.connect()) for _ in range(STALLED)]
        for client in slow:
            client.sendall(asked)
        begun = [client.recv(100) for client in slow]

        assert {status_of(part) for part in begun} == {200}
        assert all(server.is_up() for _ in range(3))

    head, _blank, whole = server.say(asked).partition(b"\r\n\r\n")
    length = int(next(line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")))
    assert length == len(whole)  # so that a client that was cut off knows it


@pytest.mark.abuse("D6")
def test_mixed_requests_leave_memory_files_and_threads_as_they_were(server: Server) -> None:
    ask_everything(server, ROUNDS)
    memory, files, threads = server.figures()

    statuses = ask_everything(server, ROUNDS)

    after = server.figures()
    assert statuses.keys() <= {200, 303, 304, 400, 403, 404, 405, 409, 413, 415, 422}, statuses
    assert after[0] - memory < 20_000_000
    assert (after[1] - files, after[2] - threads) <= (8, 2)
