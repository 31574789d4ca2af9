"""Files that are made for one reader: one at a time for each, so that nobody keeps the machine from everybody else.

A reader is whoever shows a session or a key; nobody has looked yet whether it is one, so their network counts beside it.
What computes for long, printed reviews and workbooks, is made one at a time in all, for one network after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import anyio
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import Settings
from app.kit.errors import TooManyRequests, Unavailable
from app.kit.ids import token_hash
from app.kit.networks import network_of
from app.kit.say import mark
from app.web.cookies import cookie_name, sent_once
from app.web.turn import pass_by

MOST_WAITING = 2
"""How many further files a reader may ask for meanwhile: a second click is no attack."""

OF_ONE_NETWORK = 6
"""How many tables are made at once for one network, whatever its readers show."""
MOST_WAITING_THERE = 30

HEAVY_AT_ONCE = 1
"""How many heavy files are made at once for everybody: two workbooks beside each other made a save wait for a second."""

_HEAVY = re.compile(r".+\.(?:pdf|xlsx|docx)")
_READ = frozenset({"GET", "HEAD"})
# Pictures and tables of the benchmarks' pages are made once for all readers, and come several to a page.
_MADE_FOR_ONE = re.compile(r"/(?!benchmarks/|static/|sdmx/|api/v1/releases/).+\.(?:pdf|xlsx|docx|csv|xml)")
# But pictures of what somebody chose are drawn anew, one after the other: whoever asks for many at once would hold all threads.
_DRAWN = re.compile(r"/benchmarks/.+\.(?:svg|png)")
_DRAWN_FOR_ONE_NETWORK = 2
_WAIT_SECONDS = 30.0
_RETRY_AFTER = 10
_WORDS = mark("Other files that you asked for are still being made. Wait for them, then ask for this one again.")


@dataclass(slots=True)
class _Turn:
    """The turns of one reader, or of one network."""

    lock: anyio.Semaphore
    askers: int = 0


class OneExport:
    """ASGI middleware: make one file at a time for each session, key or address; a few wait, the rest is asked to come back.
    Of what computes for long, one is made at a time for everybody.

    Who waits holds no thread and no connection to the database. A file counts until it is made, not until it has arrived.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.cookie = cookie_name(settings)
        self.turns: dict[str, _Turn] = {}
        self.heavy = anyio.Semaphore(HEAVY_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, a file when it is its turn."""
        path = scope["path"] if scope["type"] == "http" and scope["method"] in _READ else ""
        if _DRAWN.fullmatch(path):
            with self._asked(f"drawn {_network(scope)}", _DRAWN_FOR_ONE_NETWORK, MOST_WAITING_THERE) as drawn:
                await _made_in_turn(self.app, (drawn.lock,), scope, receive, send)
        elif _MADE_FOR_ONE.fullmatch(path):
            is_heavy = _HEAVY.fullmatch(path) is not None
            near = ("heavy", HEAVY_AT_ONCE) if is_heavy else ("made", OF_ONE_NETWORK)
            with (
                self._asked(self._reader(scope), 1, MOST_WAITING) as own,
                self._asked(f"{near[0]} {_network(scope)}", near[1], MOST_WAITING_THERE) as of_network,
            ):
                of_all: tuple[anyio.Semaphore, ...] = ()
                if is_heavy:  # of each network one alone waits for it, whatever stands in line behind that one
                    of_all = (self.heavy,)
                    pass_by(scope)
                await _made_in_turn(self.app, (own.lock, of_network.lock, *of_all), scope, receive, send)
        else:
            await self.app(scope, receive, send)

    @contextmanager
    def _asked(self, reader: str, at_once: int, most_waiting: int) -> Iterator[_Turn]:
        turn = self.turns.get(reader)
        if turn is None:
            turn = self.turns[reader] = _Turn(anyio.Semaphore(at_once))
        if turn.askers >= at_once + most_waiting:
            raise _too_many()
        turn.askers += 1
        try:
            yield turn
        finally:
            turn.askers -= 1
            if not turn.askers:
                self.turns.pop(reader, None)

    def _reader(self, scope: Scope) -> str:
        """Say who asks, without keeping what they prove it by."""
        sent = sent_once(HTTPConnection(scope), self.cookie) or Headers(scope=scope).get("authorization")
        return token_hash(sent) if sent else _network(scope)


def _network(scope: Scope) -> str:
    return network_of(str((scope.get("client") or ("",))[0]))


async def _made_in_turn(app: ASGIApp, turns: Sequence[anyio.Semaphore], scope: Scope, receive: Receive, send: Send) -> None:
    held: list[anyio.Semaphore] = []

    def give_back() -> None:
        while held:
            held.pop().release()

    async def watched(message: Message) -> None:
        give_back()
        await send(message)

    try:
        with anyio.move_on_after(_WAIT_SECONDS) as patience:
            for turn in turns:
                await turn.acquire()
                held.append(turn)
        if patience.cancelled_caught:
            raise _too_many() if not held else Unavailable(retry_after=_RETRY_AFTER)  # the files before it are others'
        await app(scope, receive, watched)
    finally:
        give_back()


def _too_many() -> TooManyRequests:
    return TooManyRequests(_WORDS, retry_after=_RETRY_AFTER)
