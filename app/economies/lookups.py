"""What pages look up often and what changes seldom: read from the database at most once a minute in each process."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from app.economies import references
from app.economies import service as economies
from app.infra.db import Database

_SECONDS = 60


def figures(database: Database) -> Callable[[str], list[references.Figure]]:
    """Return the look-up of an economy's newest reference figures: they change seldom, and a form with them is opened often."""
    known: dict[str, tuple[float, list[references.Figure]]] = {}

    def look_up(economy: str) -> list[references.Figure]:
        read_at, found = known.get(economy, (-_SECONDS, []))
        if monotonic() - read_at >= _SECONDS:
            with database.read() as session:
                found = references.latest(references.list_figures(session, [economy]))
            known[economy] = (monotonic(), found)
        return found

    return look_up


def names(database: Database) -> Callable[[str], str]:
    """Return the look-up of names for the header of pages; names change seldom, so one read a minute is enough."""
    known: dict[str, str] = {}
    read_at = 0.0

    def look_up(code: str) -> str:
        nonlocal read_at
        if code not in known or monotonic() - read_at > _SECONDS:
            with database.read() as session:
                known.update({economy.code: economy.short_name for economy in economies.list_economies(session)})
            read_at = monotonic()
        return known.get(code, code)

    return look_up
