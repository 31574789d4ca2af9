"""Files that are made for one reader, one at a time: D3."""

from __future__ import annotations

import anyio
import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from app.config import Settings
from app.kit.errors import TooManyRequests, Unavailable
from app.web.exports import HEAVY_AT_ONCE, MOST_WAITING, MOST_WAITING_THERE, OF_ONE_NETWORK, OneExport
from app.web.limits import WholeBody
from app.web.turn import TakesTurns
from tests.coroutines import finish


class Maker:
    """An application that makes files until it is told to end, and counts how many at once."""

    def __init__(self) -> None:
        self.at_once = self.most_at_once = self.made = 0
        self.goes_on = anyio.Event()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.goes_on.wait()
        self.at_once -= 1
        self.made += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})


def scope_of(path: str = "/reviews/1/review.pdf", session: str = "a", network: str = "127.0.0.1") -> Scope:
    headers = [(b"cookie", f"session={session}".encode())]
    return {"type": "http", "method": "GET", "path": path, "headers": headers, "client": (network, 1)}


async def nothing() -> Message:
    return {"type": "http.disconnect"}


async def ignored(_message: Message) -> None:
    """Send nowhere."""


def ask_at_once(*scopes: Scope) -> tuple[Maker, int, OneExport]:
    """Ask for everything at the same moment; return the maker, how many were refused, and the middleware."""

    async def run() -> tuple[Maker, int, OneExport]:
        maker, refused = Maker(), 0
        guard = OneExport(maker, Settings())

        async def ask(scope: Scope) -> None:
            nonlocal refused
            try:
                await guard(scope, nothing, ignored)
            except (TooManyRequests, Unavailable):
                refused += 1

        async with anyio.create_task_group() as group:
            for scope in scopes:
                group.start_soon(ask, scope)
            await anyio.wait_all_tasks_blocked()
            maker.goes_on.set()
        return maker, refused, guard

    return finish(run())


@pytest.mark.abuse("D3", "O7")
def test_of_ten_files_at_once_one_is_made_two_wait_and_the_rest_is_asked_to_come_back() -> None:
    maker, refused, guard = ask_at_once(*[scope_of()] * 10)

    assert maker.most_at_once == 1
    assert maker.made == 1 + MOST_WAITING
    assert refused == 10 - maker.made
    assert guard.turns == {}


@pytest.mark.abuse("D3")
def test_files_of_others_are_made_as_well_one_at_a_time_and_nobody_is_refused() -> None:
    maker, refused, _guard = ask_at_once(*[scope_of(session=f"s{k}") for k in range(5)])

    assert (maker.most_at_once, maker.made, refused) == (HEAVY_AT_ONCE, 5, 0)


@pytest.mark.abuse("D3")
def test_twenty_economies_on_twenty_networks_are_all_served_one_at_a_time() -> None:
    maker, refused, guard = ask_at_once(*[scope_of(session=f"s{k}", network=f"198.51.{k}.1") for k in range(20)])

    assert (maker.most_at_once, maker.made, refused) == (HEAVY_AT_ONCE, 20, 0)
    assert guard.turns == {}


@pytest.mark.abuse("D3")
@pytest.mark.parametrize(("path", "at_once"), [("/reviews/1/review.pdf", HEAVY_AT_ONCE), ("/reviews.csv", OF_ONE_NETWORK)])
def test_who_shows_another_session_each_time_is_still_one_network(path: str, at_once: int) -> None:
    """Nobody has looked yet whether what is shown is a session: it costs nothing to make one up."""
    maker, refused, guard = ask_at_once(*[scope_of(path, session=f"made-up-{k}") for k in range(40)])

    assert maker.most_at_once == at_once
    assert refused == 40 - at_once - MOST_WAITING_THERE
    assert guard.turns == {}


@pytest.mark.abuse("D3")
def test_networks_that_ask_for_as_much_as_they_may_keep_no_other_out() -> None:
    crowd = [scope_of(session=f"{n}-{k}", network=f"198.51.{n}.1") for n in range(10) for k in range(31)]

    _maker, refused, _guard = ask_at_once(*crowd, scope_of(session="official", network="203.0.113.1"))

    assert refused == 0


def test_a_body_is_there_before_a_turn_is_taken(app: FastAPI) -> None:
    """Or whoever sends one drop by drop would keep everybody else from their files."""
    outermost_first: list[object] = [layer.cls for layer in app.user_middleware]

    assert outermost_first.index(WholeBody) < outermost_first.index(OneExport) < outermost_first.index(TakesTurns)


def test_whoever_sends_something_to_the_address_of_a_file_takes_no_turn() -> None:
    """A body may take half a minute to arrive, and then it is no file that is made."""
    maker, refused, _guard = ask_at_once(*[{**scope_of(), "method": "POST"}] * 5)

    assert (maker.most_at_once, refused) == (5, 0)


@pytest.mark.abuse("D3")
@pytest.mark.parametrize("path", ["/benchmarks/x/2026/what-if.svg", "/benchmarks/x/2026/figures/spread.png"])
def test_pictures_for_one_network_are_drawn_two_at_a_time_and_the_others_wait_without_a_thread(path: str) -> None:
    maker, refused, _guard = ask_at_once(*[scope_of(path, session=f"s{k}") for k in range(40)])

    assert maker.most_at_once == 2
    assert (maker.made, refused) == (2 + MOST_WAITING_THERE, 40 - 2 - MOST_WAITING_THERE)


@pytest.mark.parametrize(
    "path", ["/reviews/1/sections/A", "/static/x/a.pdf", "/benchmarks/x/2026/figures/spread.csv", "/a/b.svg"]
)
def test_what_is_made_for_all_or_is_no_file_is_not_counted(path: str) -> None:
    maker, refused, _guard = ask_at_once(*[scope_of(path)] * 6)

    assert (maker.most_at_once, refused) == (6, 0)
