"""Closing: the coordinator hands what was agreed to the approver, who confirms it; from then on it stands, and is scored.

Two people, as at sign-off: a reviewed series speaks for the economy beside the signed one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.accounts.mailing.notices import Desk
from app.audit import facts
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden
from app.kit.say import mark
from app.peer_reviews import letters
from app.peer_reviews.inviting import record
from app.peer_reviews.opened import Counts, OpenPeerReview, PeerReviewState, opened
from app.peer_reviews.positions import Thread
from app.peer_reviews.service import get_for_economy, require_state
from app.reviews import service as reviews


@dataclass(frozen=True, slots=True)
class PeerReviewClosed:
    """The fact that a peer review was closed; later rooms score what it agreed, in the same transaction."""

    cycle_id: UUID
    submission_id: UUID


class OutcomeChanged(Conflict):
    """What is to be closed is not what the approver read; `items` names the questions about which more was said."""

    code = "changed_since_read"
    title = "The conversation changed since you opened this page"

    def __init__(self, items: Sequence[str]) -> None:
        detail = mark("Nothing was closed. Read what changed, then close the peer review, or let both sides go on talking.")
        super().__init__(detail, extra={"items": list(items)})
        self.items = tuple(items)


def fingerprint(peer_review: OpenPeerReview) -> str:
    """Return what goes with the page of an outcome, and comes back when it is closed: how much was said of each question.

    Everything said is appended and kept, so that the numbers tell one conversation from another.
    """
    return " ".join(f"{code}={_said(thread)}" for code, thread in peer_review.threads.items())


def changed_since(peer_review: OpenPeerReview, read: str) -> tuple[str, ...]:
    """Name the questions about which not the same is said as a fingerprint tells."""
    seen = dict(_word(word) for word in read.split())
    return tuple(code for code, thread in peer_review.threads.items() if seen.get(code) != _said(thread))


def require_closable(actor: Actor, peer_review: OpenPeerReview) -> None:
    """Refuse whoever cannot close it now, whatever they typed: the edge asks before a password counts as a try."""
    if actor.role is not Role.APPROVER:
        raise Forbidden(mark("Only the approver can close a peer review."))
    require_state(peer_review, PeerReviewState.CLOSING)


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


def close(
    session: Session, actor: Actor, review_id: UUID, peer_review_id: UUID, *, read: str, desk: Desk | None = None
) -> Counts:
    """Confirm the outcome: what is agreed stands for ever, what is not stays open for ever.

    `read` is the fingerprint of the outcome that the approver was shown: where it is another now, nothing is closed.
    The edge has asked the approver's password, and a code where there is an app, before calling this.
    """
    row = get_for_economy(session, actor, review_id, peer_review_id, lock=True)
    peer_review = opened(session, [row])[0]
    require_closable(actor, peer_review)
    if changed := changed_since(peer_review, read):
        raise OutcomeChanged(changed)
    counts = peer_review.counts()
    cycle = reviews.open_review(session, actor, review_id).cycle
    row.state, row.ended_at = PeerReviewState.CLOSED, clock.now()
    record(session, actor, row, "peer_reviews.closed", agreed=counts.agreed, questions=counts.total)
    facts.announce(session, PeerReviewClosed(cycle.id, row.submission_id))
    letters.tell_closed(session, actor, row, desk)
    return counts


def _said(thread: Thread) -> str:
    return f"{len(thread.positions)}.{len(thread.agreements)}.{len(thread.remarks)}"


def _word(word: str) -> tuple[str, str]:
    code, _, said = word.partition("=")
    return code, said
