"""A declared conflict of interest: the reviewer waits, and the coordinator goes on with them, or withdraws the peer review."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from app.accounts.mailing.notices import Desk
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.kit.say import mark
from app.peer_reviews import letters, queries
from app.peer_reviews.inviting import record
from app.peer_reviews.opened import TALKING, PeerReviewState
from app.peer_reviews.service import get_for_economy, require_state


def go_on(
    session: Session, actor: Actor, review_id: UUID, peer_review_id: UUID, reviewer_id: UUID, *, desk: Desk | None = None
) -> None:
    """Show the answers to a reviewer who declared a conflict of interest."""
    row = get_for_economy(session, actor, review_id, peer_review_id, lock=True)
    if actor.role is not Role.COORDINATOR:
        raise Forbidden(mark("Only the coordinator of your economy decides whether to go on with a reviewer."))
    require_state(row, PeerReviewState.INVITED, *TALKING)
    reviewer = next((each for each in queries.reviewers_of(session, [row.id]) if each.id == reviewer_id), None)
    if reviewer is None:
        raise NotFound("reviewer")
    if not reviewer.waits:
        raise Conflict(mark("This was decided already. Reload the page."))
    reviewer.waits = False
    if row.state == PeerReviewState.INVITED:
        row.state, row.opened_at = PeerReviewState.OPEN, clock.now()
    record(session, actor, row, "peer_reviews.went_on_with_conflict", reviewer=reviewer.name)
    letters.tell_going_on(session, actor, row, reviewer.user_id, desk)
