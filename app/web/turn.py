"""Whoever waits too long for a worker thread or a connection is told so: others may have given up by then.

A request waits for a thread more than once, in the order of asking, and those before it may each wait for a slow database.
So it is looked at where its work would begin: at the recognising of who asks, and at the first statement of its transaction.

Where more wait than can be answered in time, the next is refused at once: to refuse somebody after five seconds costs nearly
as much as to answer, and a crowd that goes on asking would leave nothing for those whose turn it is.
"""

from __future__ import annotations

from time import monotonic

from fastapi import Request
from sqlalchemy import event
from sqlmodel import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.errors import Unavailable

_ASKED_AT = "asked_at"
_SECONDS = 5.0
MOST_WAITING = 250
"""About what a process answers within two seconds, and more than the officials of a cycle who all save in one moment."""


class TakesTurns:
    """ASGI middleware, the innermost: a request waits from here, where its body is there, until its answer begins."""

    def __init__(self, app: ASGIApp, most: int = MOST_WAITING) -> None:
        self.app = app
        self.most = most
        self.waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Remember since when a request waits, or refuse it where too many do."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.waiting >= self.most:
            raise Unavailable
        scope.setdefault("state", {})[_ASKED_AT] = monotonic()
        place = _Place(self)
        try:
            await self.app(scope, receive, place.sending(send))
        finally:
            place.leave()


class _Place:
    """A place among those who wait; it is free when the answer begins, however slowly somebody then reads it."""

    def __init__(self, turns: TakesTurns) -> None:
        self._turns: TakesTurns | None = turns
        turns.waiting += 1

    def leave(self) -> None:
        if self._turns is not None:
            self._turns.waiting -= 1
            self._turns = None

    def sending(self, send: Send) -> Send:
        async def send_on(message: Message) -> None:
            self.leave()
            await send(message)

        return send_on


def require_turn(request: Request) -> None:
    """Refuse a request whose turn comes too late."""
    _refuse_since(getattr(request.state, _ASKED_AT, None))


def in_turn(session: Session, request: Request) -> Session:
    """Let the transaction of a request begin in time, or not at all."""
    require_turn(request)
    session.info[_ASKED_AT] = getattr(request.state, _ASKED_AT, None)
    return session


@event.listens_for(Session, "after_begin")
def _begin(session: Session, _transaction: object, _connection: object) -> None:
    _refuse_since(session.info.get(_ASKED_AT))


def _refuse_since(asked_at: float | None) -> None:
    if asked_at is not None and monotonic() - asked_at > _SECONDS:
        raise Unavailable
