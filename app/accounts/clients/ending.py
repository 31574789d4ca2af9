"""Keys that end soon: their owners are told 14 and 3 days before, once each, whatever mails they chose."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlmodel import Session

from app.accounts.clients import letters, queries
from app.accounts.mailing.notices import Desk
from app.accounts.tables import ApiKey
from app.infra.db import Database
from app.kit import clock

WARNINGS = (3, 14)
"""Days before the end, the last warning first."""


def warn(database: Database, desk: Desk) -> None:
    """Write to the owners of keys that end soon."""
    now = clock.now()
    with database.read() as session:
        if not any(_due(row, now) for row, _owner in _ending(session, now)):
            return
    with database.write() as session:
        for row, _owner in _ending(session, now):
            days = _due(row, now)
            if days and queries.mark_warned(session, row.id, days):
                letters.tell_ending(session, row, math.ceil((row.expires_at - now) / timedelta(days=1)), desk)


def _ending(session: Session, now: datetime) -> list[tuple[ApiKey, object]]:
    return [(row, owner) for row, owner in queries.list_ending(session, now, now + timedelta(days=max(WARNINGS)))]


def _due(row: ApiKey, now: datetime) -> int:
    """Return which warning is due, 0 for none: a key that was made for fewer days was never further from its end."""
    lasted = row.expires_at - row.created_at
    for days in WARNINGS:
        if row.expires_at - now <= timedelta(days=days) and lasted > timedelta(days=days):
            return days if row.warned_days is None or row.warned_days > days else 0
    return 0
