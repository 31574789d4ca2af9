"""How a key was used: counted in memory by the edge, written down in batches, shown for thirty days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from app.accounts.clients import queries
from app.infra.tally import Counted
from app.kit import clock

SHOWN = timedelta(days=30)
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Used:
    """What was asked in some part; `unchanged` and `refused` are parts of `requests`."""

    requests: int = 0
    unchanged: int = 0
    refused: int = 0

    def __add__(self, other: Used) -> Used:
        """Return both together."""
        return Used(self.requests + other.requests, self.unchanged + other.unchanged, self.refused + other.refused)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a key asked since a day: in all, by day (the newest first), and by family of addresses."""

    since: date
    total: Used
    by_day: Mapping[date, Used]
    by_family: Mapping[str, Used]


def add(session: Session, counted: Mapping[tuple[UUID, str], Counted]) -> None:
    """Write down what was counted since the last time, as of today."""
    today = clock.now().date()
    rows = [
        {
            "key_id": key_id,
            "day": today,
            "family": family,
            "requests": used.requests,
            "unchanged": used.unchanged,
            "refused": used.refused,
        }
        for (key_id, family), used in sorted(counted.items())  # one order, so that two processes never wait for each other
    ]
    queries.add_use(session, rows)
    queries.touch_keys(session, sorted({key_id for key_id, _family in counted}), today)


def read(session: Session, key_id: UUID) -> Usage:
    """Return how a key was used; whose key it is, the caller has checked."""
    since = shown_since()
    by_day: dict[date, Used] = {}
    by_family: dict[str, Used] = {}
    for row in queries.list_use(session, key_id, since):
        used = Used(row.requests, row.unchanged, row.refused)
        by_day[row.day] = by_day.get(row.day, Used()) + used
        by_family[row.family] = by_family.get(row.family, Used()) + used
    return Usage(since, sum(by_day.values(), Used()), by_day, by_family)


def shown_since() -> date:
    """Return the first day that is shown."""
    return clock.now().date() - SHOWN + timedelta(days=1)


def clear_old(session: Session) -> None:
    """Forget days that nobody is shown any more."""
    queries.delete_use_before(session, clock.now().date() - KEPT)
