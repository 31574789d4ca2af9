"""Readings that are recorded: who of another party looked at what an economy has not published, once an hour and not per click.

What was recorded lately is remembered by each process; a restart, or a second process, records it once more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from app.audit import service
from app.infra.db import Database
from app.kit import clock
from app.kit.actor import Actor

AGAIN_AFTER = timedelta(hours=1)
_MOST_REMEMBERED = 10_000

_recorded: dict[tuple[UUID | None, str, str], datetime] = {}


def record_once(database: Database, actor: Actor, action: str, *, target_kind: str, target_id: UUID, economy: str | None) -> None:
    """Record a reading in a short transaction of its own, before it is shown; what cannot be recorded is not shown.

    Call it with no other transaction open: it would wait for a second connection while it holds one."""
    key, now = (actor.user_id, action, str(target_id)), clock.now()
    if now - _recorded.get(key, datetime.min.replace(tzinfo=now.tzinfo)) < AGAIN_AFTER:
        return
    with database.write() as session:
        service.record(session, actor, action, target_kind=target_kind, target_id=target_id, economy=economy)
    if len(_recorded) >= _MOST_REMEMBERED:
        _recorded.clear()
    _recorded[key] = now
