"""The session of a request: one transaction, committed before the answer leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from app.infra.db import Database
from app.web.csrf import SAFE_METHODS
from app.web.turn import in_turn


def get_database(request: Request) -> Database:
    """Return the database, for the few acts that open their own short transactions."""
    database: Database = request.app.state.database
    return database


def get_session(request: Request) -> Iterator[Session]:
    """Open a transaction that may write for unsafe methods only; commit when the handler returned, else roll back."""
    database = get_database(request)
    opened = database.read() if request.method in SAFE_METHODS else database.write()
    with opened as session:
        yield in_turn(session, request)


def get_read_session(request: Request) -> Iterator[Session]:
    """Open a transaction that only reads, whatever the method."""
    with get_database(request).read() as session:
        yield in_turn(session, request)


# scope="function": by FastAPI's default the commit would come after the answer, and a failing one would look like success.
DbSession = Annotated[Session, Depends(get_session, scope="function")]
ReadSession = Annotated[Session, Depends(get_read_session, scope="function")]
AppDatabase = Annotated[Database, Depends(get_database)]
