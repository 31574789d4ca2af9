"""Files that are made for one reader: one at a time for each, so that nobody keeps the machine from everybody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import Settings
from app.kit.errors import TooManyRequests
from app.kit.ids import token_hash
from app.kit.say import mark
from app.web.cookies import cookie_name, sent_once

MOST_WAITING = 2
"""How many further files a reader may ask for meanwhile: a second click is no attack."""

# Pictures and tables of the benchmarks' pages are made once for all readers, and come several to a page.
_MADE_FOR_ONE = re.compile(r"/(?!benchmarks/|static/|sdmx/|api/v1/releases/).+\.(?:pdf|xlsx|docx|csv|xml)")
_WAIT_SECONDS = 30.0
_RETRY_AFTER = 10
_WORDS = mark("Other files that you asked for are still being made. Wait for them, then ask for this one again.")


@dataclass(slots=True)
class _Turn:
    """The turns of one reader."""

    lock: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(1))
    askers: int = 0


class OneExport:
    """ASGI middleware: make one file at a time for each session, key or address; a few wait, the rest is asked to come back.

    Who waits holds no thread and no connection to the database. A file counts until it is made, not until it has arrived.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.cookie = cookie_name(settings)
        self.turns: dict[str, _Turn] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, a file when it is its turn."""
        if scope["type"] != "http" or _MADE_FOR_ONE.fullmatch(scope["path"]) is None:
            await self.app(scope, receive, send)
            return
        with self._asked(self._reader(scope)) as turn:
            with anyio.move_on_after(_WAIT_SECONDS) as patience:
                await turn.lock.acquire()
            if patience.cancelled_caught:
                raise _too_many()
            await _make(self.app, turn.lock, scope, receive, send)

    @contextmanager
    def _asked(self, reader: str) -> Iterator[_Turn]:
        turn = self.turns.setdefault(reader, _Turn())
        if turn.askers > MOST_WAITING:
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
        return token_hash(sent) if sent else str((scope.get("client") or ("",))[0])


async def _make(app: ASGIApp, lock: anyio.Semaphore, scope: Scope, receive: Receive, send: Send) -> None:
    is_made = False

    async def watched(message: Message) -> None:
        nonlocal is_made
        if not is_made:
            is_made = True
            lock.release()
        await send(message)

    try:
        await app(scope, receive, watched)
    finally:
        if not is_made:
            lock.release()


def _too_many() -> TooManyRequests:
    return TooManyRequests(_WORDS, retry_after=_RETRY_AFTER)
