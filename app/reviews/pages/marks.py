"""What opening a page of a review leaves behind: that its reader was here. Written after the page has left, and seldom."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app.kit import clock
from app.kit.actor import Actor
from app.teamwork import presence, visits
from app.teamwork.state import Place, TeamState
from app.web.afterwards import Act, afterwards


def noted(
    request: Request,
    response: Response,
    actor: Actor,
    review_id: UUID,
    state: TeamState,
    *,
    place: Place | None = None,
    also: tuple[Act, ...] = (),
) -> Response:
    """Have it noted that a person visits the review, and (with a place) that they are there, where that is due."""
    now = clock.now()
    acts: list[Act] = list(also)
    if visits.is_due(state, now):
        acts.append(partial(visits.note, actor=actor, review_id=review_id, state=state, now=now))
    if place is not None and presence.is_due(state.me, place, now):
        acts.append(partial(presence.note, actor=actor, review_id=review_id, place=place))
    return afterwards(request, response, acts)
