"""Closing: the coordinator hands what was agreed to the approver, who confirms it; from then on it stands, and is scored.

Two people, as at sign-off: a reviewed series speaks for the economy beside the signed one.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.accounts.mailing.notices import Desk
from app.audit import facts
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Forbidden
from app.kit.say import mark
from app.peer_reviews import letters
from app.peer_reviews.inviting import record
from app.peer_reviews.opened import Counts, PeerReviewState, opened
from app.peer_reviews.service import get_for_economy, require_state
from app.reviews import service as reviews


@dataclass(frozen=True, slots=True)
class PeerReviewClosed:
    """The fact that a peer review was closed; later rooms score what it agreed, in the same transaction."""

    cycle_id: UUID
    submission_id: UUID


def ask_to_close(session: Session, actor: Actor, review_id: UUID, peer_review_id: UUID, *, desk: Desk | None = None) -> None:
    """Hand the outcome to the approver; nobody changes it while the approver reads."""
    row = get_for_economy(session, actor, review_id, peer_review_id, lock=True)
    if actor.role is not Role.COORDINATOR:
        raise Forbidden(mark("Only the coordinator hands a peer review to the approver."))
    require_state(row, PeerReviewState.IN_RESPONSE)
    row.state = PeerReviewState.CLOSING
    record(session, actor, row, "peer_reviews.closing_asked")
    letters.ask_to_close(session, actor, row, desk)


def take_back(session: Session, actor: Actor, review_id: UUID, peer_review_id: UUID, *, desk: Desk | None = None) -> None:
    """Go on talking: the coordinator takes it back, or the approver sends it back."""
    row = get_for_economy(session, actor, review_id, peer_review_id, lock=True)
    if actor.role not in {Role.COORDINATOR, Role.APPROVER}:
        raise Forbidden(mark("Only the coordinator or the approver can open the conversation again."))
    require_state(row, PeerReviewState.CLOSING)
    row.state = PeerReviewState.IN_RESPONSE
    record(session, actor, row, "peer_reviews.closing_taken_back")
    letters.tell_opened_again(session, actor, row, desk)


def close(session: Session, actor: Actor, review_id: UUID, peer_review_id: UUID, *, desk: Desk | None = None) -> Counts:
    """Confirm the outcome: what is agreed stands for ever, what is not stays open for ever.

    The edge has asked the approver's password, and a code where there is an app, before calling this.
    """
    row = get_for_economy(session, actor, review_id, peer_review_id, lock=True)
    if actor.role is not Role.APPROVER:
        raise Forbidden(mark("Only the approver can close a peer review."))
    require_state(row, PeerReviewState.CLOSING)
    counts = opened(session, [row])[0].counts()
    cycle = reviews.open_review(session, actor, review_id).cycle
    row.state, row.ended_at = PeerReviewState.CLOSED, clock.now()
    record(session, actor, row, "peer_reviews.closed", agreed=counts.agreed, questions=counts.total)
    facts.announce(session, PeerReviewClosed(cycle.id, row.submission_id))
    letters.tell_closed(session, actor, row, desk)
    return counts
