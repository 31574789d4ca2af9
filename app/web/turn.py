"""Whoever waits too long for a worker thread or a connection is told so: others may have given up by then.

A request waits for a thread more than once, in the order of asking, and those before it may each wait for a slow database.
So it is looked at where its work would begin: at the recognising of who asks, and at the first statement of its transaction.
"""

from __future__ import annotations

from time import monotonic

from fastapi import Request
from sqlalchemy import event
from sqlmodel import Session
from starlette.types import Scope

from app.kit.errors import Unavailable

_ASKED_AT = "asked_at"
_SECONDS = 5.0


def ask_for_turn(scope: Scope) -> None:
    """Remember since when a request waits; its body is there by now."""
    scope.setdefault("state", {})[_ASKED_AT] = monotonic()


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
