"""Whoever waits too long for a worker thread or a connection is told so: others may have given up by then.

A request waits for a thread more than once, in the order of asking, and those before it may each wait for a slow database.
So it is looked at where its work would begin: at the recognising of who asks, and at the first statement of its transaction.

Only twice as many requests as there are worker threads are let in at once. The others wait before the door, where they cost
next to nothing: to be asked again by everybody who was refused at once would leave nothing for those whose turn it is.
"""

from __future__ import annotations

from time import monotonic

import anyio
from fastapi import Request
from sqlalchemy import event
from sqlmodel import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.errors import Unavailable

_ASKED_AT = "asked_at"
_SECONDS = 5.0
_DOOR_SECONDS = 4.0
"""So long before the door; the rest is for the wait inside, so that nobody is let in only to be refused there."""
_WAITED = "has_waited"
_FILES_OF_PAGES = "/static/"
_PLACES_OF_A_THREAD = 2
"""One request is worked on, and the next is there when it is done."""


class TakesTurns:
    """ASGI middleware, the innermost: a request, whose body is there, waits here in the order of asking."""

    def __init__(self, app: ASGIApp, threads: int) -> None:
        self.app = app
        self.places = anyio.Semaphore(threads * _PLACES_OF_A_THREAD, fast_acquire=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in when there is a place; refuse it where there is none in time."""
        if scope["type"] != "http" or scope["path"].startswith(_FILES_OF_PAGES):
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state[_ASKED_AT] = monotonic()
        if state.get(_WAITED):
            await self.app(scope, receive, send)
            return
        with anyio.move_on_after(_DOOR_SECONDS) as patience:
            await self.places.acquire()
        if patience.cancelled_caught:
            raise Unavailable
        place = _Place(self.places)
        try:
            await self.app(scope, receive, place.sending(send))
        finally:
            place.leave()


class _Place:
    """A place inside; it is free when the answer begins, however slowly somebody then reads it."""

    def __init__(self, places: anyio.Semaphore) -> None:
        self._places: anyio.Semaphore | None = places

    def leave(self) -> None:
        if self._places is not None:
            self._places.release()
            self._places = None

    def sending(self, send: Send) -> Send:
        async def send_on(message: Message) -> None:
            self.leave()
            await send(message)

        return send_on


def pass_by(scope: Scope) -> None:
    """Let a request in without a place: it has waited for a turn of its own, which others wait for while it has it."""
    scope.setdefault("state", {})[_WAITED] = True


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
