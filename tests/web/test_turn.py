"""Those who wait for their turn: so many, and the next is refused at once; whose answer has begun waits no more."""

from __future__ import annotations

import anyio
import pytest
from starlette.types import Message, Receive, Scope, Send

from app.kit.errors import Unavailable
from app.web.turn import TakesTurns
from tests.coroutines import finish

MOST = 3


class Slow:
    """An application that begins its answers when it is told to, and ends them when it is told so as well."""

    def __init__(self) -> None:
        self.begins, self.ends = anyio.Event(), anyio.Event()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        assert scope["state"]["asked_at"] > 0
        await self.begins.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.ends.wait()


class Crowd:
    """People who ask at the same moment, and how many of them were refused."""

    def __init__(self) -> None:
        self.slow = Slow()
        self.turns = TakesTurns(self.slow, MOST)
        self.refused = 0

    async def ask(self) -> None:
        try:
            await self.turns({"type": "http", "path": "/"}, _nothing, _ignored)
        except Unavailable:
            self.refused += 1


def test_of_five_people_at_once_three_wait_and_two_are_told_at_once() -> None:
    async def run() -> Crowd:
        crowd = Crowd()
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(crowd.ask)
            await anyio.wait_all_tasks_blocked()
            assert (crowd.refused, crowd.turns.waiting) == (2, MOST)
            crowd.slow.begins.set()
            crowd.slow.ends.set()
        return crowd

    crowd = finish(run())
    assert (crowd.refused, crowd.turns.waiting) == (2, 0)


def test_whoever_reads_an_answer_slowly_takes_nobodys_place() -> None:
    async def run() -> Crowd:
        crowd = Crowd()
        async with anyio.create_task_group() as group:
            for _ in range(MOST):
                group.start_soon(crowd.ask)
            crowd.slow.begins.set()
            await anyio.wait_all_tasks_blocked()
            assert crowd.turns.waiting == 0
            group.start_soon(crowd.ask)
            await anyio.wait_all_tasks_blocked()
            crowd.slow.ends.set()
        return crowd

    assert finish(run()).refused == 0


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_a_place_is_free_again_after_a_fault(fault: type[BaseException]) -> None:
    async def fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await anyio.lowlevel.checkpoint()
        raise fault

    async def run() -> int:
        turns = TakesTurns(fails, MOST)
        with pytest.raises(fault):
            await turns({"type": "http", "path": "/"}, _nothing, _ignored)
        return turns.waiting

    assert finish(run()) == 0


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _ignored(_message: Message) -> None:
    """Send nowhere."""
