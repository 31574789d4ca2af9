"""Who is on this item now: one row a person and review, written seldom, recorded nowhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.teamwork import queries
from app.teamwork.overview import HERE_FOR, here_of
from app.teamwork.state import Here, Place

_STAYING = timedelta(seconds=30)  # a sign each half minute keeps somebody here for 90 seconds
_KEPT = timedelta(days=1)
_MOVING = timedelta(seconds=5)  # tabbing through a page writes nothing


def look(session: Session, actor: Actor, review_id: UUID) -> tuple[tuple[Here, ...], Here | None]:
    """Return the others who are in a review now, and where the person was last. Raises NotFound."""
    rows = queries.others_here(session, actor, review_id, clock.now() - HERE_FOR)
    if rows is None:
        raise NotFound("review")
    found = [here_of(row) for row in rows]
    me = next((each for each in found if each.user_id == actor.user_id), None)
    return tuple(sorted((each for each in found if each is not me), key=lambda each: each.name.casefold())), me


def is_due(me: Here | None, place: Place, now: datetime) -> bool:
    """Tell whether a sign must be written: every half minute, and on the way from one question to another."""
    if me is None or now - me.seen_at >= _STAYING:
        return True
    if not place.item:  # a section that is opened says less than the question one is on
        return place.section != me.place.section and now - me.seen_at >= _MOVING
    return place != me.place and (not me.place.item or now - me.seen_at >= _MOVING)


def clear_old(session: Session) -> None:
    """Forget where people were yesterday. For a job; when they were here last, the visits know."""
    queries.delete_presence_before(session, clock.now() - _KEPT)


def note(session: Session, actor: Actor, review_id: UUID, place: Place) -> None:
    """Write where a person is: one statement, and no record of it."""
    queries.put_presence(session, actor, review_id, place.section, place.item, clock.now())
