"""Short notes that are written once a page has left: reading a page waits for no writer, and its own transaction only reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from fastapi import Request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session
from starlette.background import BackgroundTask
from starlette.responses import Response

from app.infra.db import Database

Act: TypeAlias = Callable[[Session], None]


def afterwards(request: Request, response: Response, acts: Sequence[Act]) -> Response:
    """Have some acts done in one transaction after the answer; while nothing can be written, they are left out."""
    if acts:
        database: Database = request.app.state.database
        response.background = BackgroundTask(_do, database, tuple(acts))
    return response


def _do(database: Database, acts: Sequence[Act]) -> None:
    with suppress(OperationalError, PoolTimeoutError), database.write() as session:
        for act in acts:
            act(session)
