"""Those who wait for their turn: few are let in, the others wait for a bounded time; whose answer has begun takes no place."""

from __future__ import annotations

from functools import partial

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from app.kit.errors import Unavailable
from app.web import turn
from app.web.turn import TakesTurns
from tests.coroutines import finish

THREADS, PLACES = 1, 2


class Slow:
    """An application that begins its answers when it is told to, and ends them when it is told so as well."""

    def __init__(self) -> None:
        self.begins, self.ends = anyio.Event(), anyio.Event()
        self.let_in = 0

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        assert scope["path"].startswith("/static/") or scope["state"]["asked_at"] > 0
        self.let_in += 1
        await self.begins.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.ends.wait()


class Crowd:
    """People who ask at the same moment, and how many of them were refused."""

    def __init__(self) -> None:
        self.slow = Slow()
        self.turns = TakesTurns(self.slow, THREADS)
        self.refused = 0
        self.told = anyio.Event()

    async def ask(self, path: str = "/", **state: object) -> None:
        try:
            await self.turns({"type": "http", "path": path, "state": state}, _nothing, _ignored)
        except Unavailable:
            self.refused += 1
            if self.refused == 5 - PLACES:
                self.told.set()


def test_of_five_people_two_are_let_in_and_the_others_wait_and_are_served_after_them() -> None:
    async def run() -> Crowd:
        crowd = Crowd()
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(crowd.ask)
            await anyio.wait_all_tasks_blocked()
            assert crowd.slow.let_in == PLACES
            crowd.slow.begins.set()
            crowd.slow.ends.set()
        return crowd

    crowd = finish(run())
    assert (crowd.slow.let_in, crowd.refused, crowd.turns.places.value) == (5, 0, PLACES)


def test_who_finds_no_place_in_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "_DOOR_SECONDS", 0.05)

    async def run() -> Crowd:
        crowd = Crowd()
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(crowd.ask)
            await crowd.told.wait()
            crowd.slow.begins.set()
            crowd.slow.ends.set()
        return crowd

    crowd = finish(run())
    assert (crowd.slow.let_in, crowd.refused, crowd.turns.places.value) == (PLACES, 3, PLACES)


def test_whoever_reads_an_answer_slowly_takes_nobodys_place() -> None:
    async def run() -> Crowd:
        crowd = Crowd()
        async with anyio.create_task_group() as group:
            for _ in range(PLACES):
                group.start_soon(crowd.ask)
            crowd.slow.begins.set()
            await anyio.wait_all_tasks_blocked()
            assert crowd.turns.places.value == PLACES
            group.start_soon(crowd.ask)
            await anyio.wait_all_tasks_blocked()
            assert crowd.slow.let_in == PLACES + 1
            crowd.slow.ends.set()
        return crowd

    assert finish(run()).refused == 0


@pytest.mark.parametrize(("path", "state"), [("/static/page.css", {}), ("/reviews/1/review.pdf", {"has_waited": True})])
def test_files_of_pages_and_who_has_waited_already_are_let_in_beside_a_full_house(path: str, state: dict[str, object]) -> None:
    async def run() -> Crowd:
        crowd = Crowd()
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(crowd.ask)
            group.start_soon(partial(crowd.ask, path, **state))
            await anyio.wait_all_tasks_blocked()
            assert crowd.slow.let_in == PLACES + 1
            crowd.slow.begins.set()
            crowd.slow.ends.set()
        return crowd

    assert finish(run()).refused == 0


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_a_place_is_free_again_after_a_fault(fault: type[BaseException]) -> None:
    async def fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await anyio.lowlevel.checkpoint()
        raise fault

    async def run() -> int:
        turns = TakesTurns(fails, THREADS)
        with pytest.raises(fault):
            await turns({"type": "http", "path": "/"}, _nothing, _ignored)
        return turns.places.value

    assert finish(run()) == PLACES


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _ignored(_message: Message) -> None:
    """Send nowhere."""
