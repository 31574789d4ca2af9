"""Asks in the background whether links to evidence still lead somewhere; nobody is told but those who look."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from app.evidence import queries
from app.evidence.links import LinkState, is_checkable
from app.evidence.tables import LinkCheck
from app.infra.db import Database
from app.infra.log import trace_of
from app.infra.outbound import Answered, RefusedAddress, Unreachable, fetch
from app.kit import clock
from app.kit.ids import sha256

Fetch = Callable[[str], Answered]

AGAIN_AFTER = timedelta(days=14)
AGAIN_AFTER_A_FAILURE = timedelta(days=1)
DEAD_AFTER = 3
"""Checks in a row that must fail, over at least two days."""

_DEAD_SINCE = timedelta(days=2) - timedelta(hours=1)  # a job is not punctual to the minute
_AT_ONCE = 50
_GONE = frozenset({404, 410})
_GOOD = range(200, 300)
_SERVER_FAULTS = 500
_log = structlog.get_logger("readiness")


def watch_links(session: Session, further: Collection[tuple[str, str]]) -> None:
    """Watch the links that are evidence now, by economy, and forget the others. `further`: those that stand in answers."""
    wanted = {
        (economy, sha256(url.encode())): url for economy, url in {*queries.current_links(session), *further} if is_checkable(url)
    }
    watched = queries.watched_links(session)
    queries.unwatch(session, [key for key in watched if key not in wanted])
    queries.watch(session, [(key[0], url) for key, url in wanted.items() if key not in watched], clock.now())


def check_due_links(database: Database, *, ask: Fetch = fetch, now: datetime | None = None, most: int = _AT_ONCE) -> int:
    """Ask every address that is due, up to `most`, and keep what came of it; returns how many were asked.

    For a job. No transaction is open while an address is asked. It may run twice, and be stopped at any moment.
    """
    at = now or clock.now()
    with database.read() as session:
        due = queries.due_links(session, at, most)
    for row in due:
        found = _found(row, ask, at)
        with database.write() as session:
            queries.put_check(session, row, found)
    return len(due)


def _found(row: LinkCheck, ask: Fetch, now: datetime) -> dict[str, object]:
    try:
        answered = ask(row.url)
    except RefusedAddress:
        return _result(LinkState.NOT_PUBLIC, now, AGAIN_AFTER)
    except Unreachable:
        return _failure(row, now, None)
    except Exception as error:  # noqa: BLE001 - the last resort: an address that nobody foresaw must not hold up all the others
        _log.error("link_check_failed", trace=trace_of(error))
        return _failure(row, now, None)
    if answered.status in _GONE or answered.status >= _SERVER_FAULTS:
        return _failure(row, now, answered.status)
    if answered.status not in _GOOD:  # it is there, and does not speak to programs
        return _result(LinkState.UNREACHABLE, now, AGAIN_AFTER, answered.status)
    if answered.has_moved_for_good:
        return _result(LinkState.MOVED, now, AGAIN_AFTER, answered.status, answered.url)
    return _result(LinkState.OK, now, AGAIN_AFTER, answered.status)


def _result(
    state: LinkState, now: datetime, again_after: timedelta, status: int | None = None, moved_to: str = ""
) -> dict[str, object]:
    return {
        "state": state.value,
        "status": status,
        "moved_to": moved_to,
        "fails": 0,
        "failed_since": None,
        "checked_at": now,
        "due_at": now + again_after,
    }


def _failure(row: LinkCheck, now: datetime, status: int | None) -> dict[str, object]:
    fails, since = row.fails + 1, row.failed_since or now
    is_dead = fails >= DEAD_AFTER and now - since >= _DEAD_SINCE
    found = _result(LinkState.DEAD if is_dead else LinkState.UNREACHABLE, now, AGAIN_AFTER_A_FAILURE, status)
    return {**found, "fails": fails, "failed_since": since, "due_at": now + (AGAIN_AFTER if is_dead else AGAIN_AFTER_A_FAILURE)}
