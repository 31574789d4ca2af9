"""When a person was here last, so that they can see what has changed since.

A visit ends after half an hour without a sign of the person: otherwise "changed since my last visit" would be empty as
soon as one begins to work.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.kit.actor import Actor
from app.teamwork import queries
from app.teamwork.state import TeamState

PAUSE = timedelta(minutes=30)
_SELDOM = timedelta(minutes=5)


def since(state: TeamState, now: datetime) -> datetime | None:
    """Return when the visit before this one ended; None at the first."""
    if state.visits is None:
        return None
    last = _last_sign(state, state.visits.last)
    return last if now - last >= PAUSE else state.visits.previous


def is_due(state: TeamState, now: datetime) -> bool:
    """Tell whether the visit must be written: at its beginning, and every few minutes."""
    return state.visits is None or now - state.visits.last >= _SELDOM


def note(session: Session, actor: Actor, review_id: UUID, state: TeamState, now: datetime) -> None:
    """Write that a person is visiting, as it was read: doing it twice changes nothing."""
    queries.put_visit(session, actor, review_id, now, since(state, now))


def _last_sign(state: TeamState, last: datetime) -> datetime:
    return last if state.me is None else max(last, state.me.seen_at)
