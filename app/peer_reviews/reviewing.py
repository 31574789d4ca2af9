"""What a reviewer does with an invitation: accept it with a statement on conflicts of interest, or decline; and hand over."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from app.accounts.mailing.notices import Desk
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound, Problems
from app.kit.say import mark
from app.peer_reviews import letters, queries
from app.peer_reviews.inviting import record
from app.peer_reviews.opened import TALKING, PeerReviewState, opened
from app.peer_reviews.service import get_for_reviewer, has_accepted, has_access, open_for_reviewer, read_words, require_state
from app.peer_reviews.tables import PeerReviewer

NO_CONFLICT = mark("No conflict of interest that I know of.")
_STATE_THEM = mark("Describe the conflict of interest in a sentence or two.")


def accept(
    session: Session, actor: Actor, peer_review_id: UUID, *, conflict: str, words: str = "", desk: Desk | None = None
) -> bool:
    """Begin to review, or join colleagues of the same economy: the statement is given before anything is shown.

    Whoever declares a conflict of interest waits until the economy goes on with them (`conflicts`). Tells whether they wait.
    """
    row = get_for_reviewer(session, actor, peer_review_id, lock=True)
    require_state(row, PeerReviewState.INVITED, *TALKING)
    if has_accepted(open_for_reviewer(session, actor, peer_review_id), actor):
        raise Conflict("You have accepted this peer review already. Reload the page.")
    statement = _statement(conflict, words)
    if actor.user_id is None:
        raise NotFound("peer review")
    has_conflict, now = conflict == "some", clock.now()
    queries.add(
        session,
        PeerReviewer(
            peer_review_id=row.id,
            economy=row.economy,
            user_id=actor.user_id,
            reviewer_economy=row.reviewer_economy,
            name=actor.name,
            conflict_of_interest=statement,
            waits=has_conflict,
            given_at=now,
        ),
    )
    if has_conflict:
        record(session, actor, row, "peer_reviews.conflict_declared")
        letters.ask_about_conflict(session, actor, row, desk)
        return True
    if row.state == PeerReviewState.INVITED:
        row.state, row.opened_at = PeerReviewState.OPEN, now
    record(session, actor, row, "peer_reviews.accepted")
    return False


def decline(session: Session, actor: Actor, peer_review_id: UUID, words: str, *, desk: Desk | None = None) -> None:
    """Say no with a word, before the review has begun."""
    row = get_for_reviewer(session, actor, peer_review_id, lock=True)
    require_state(row, PeerReviewState.INVITED)
    if actor.is_official and actor.role not in {Role.COORDINATOR, Role.APPROVER}:
        raise Forbidden("The coordinator or the approver of your economy answers this invitation.")
    problems = Problems()
    said = read_words(problems, words, field="words", missing=mark("Say in a word why not, so that they can ask somebody else."))
    problems.raise_if_any()
    row.state, row.ended_at, row.ending_words = PeerReviewState.DECLINED, clock.now(), said
    record(session, actor, row, "peer_reviews.declined")
    letters.tell_declined(session, actor, row, desk)


def hand_over(session: Session, actor: Actor, peer_review_id: UUID, *, desk: Desk | None = None) -> None:
    """Show the economy what was agreed to and proposed; both sides then talk about what is left."""
    row = get_for_reviewer(session, actor, peer_review_id, lock=True)
    peer_review = opened(session, [row])[0]
    if not has_access(peer_review, actor):
        raise NotFound("peer review")
    require_state(row, PeerReviewState.OPEN)
    if not any(thread.is_touched for thread in peer_review.threads.values()):
        raise Conflict("Nothing is said yet. Look at one question at least: agree, propose another answer, or ask.")
    row.state, row.handed_over_at = PeerReviewState.IN_RESPONSE, clock.now()
    record(session, actor, row, "peer_reviews.handed_over")
    letters.tell_handed_over(session, actor, row, desk)


def _statement(conflict: str, words: str) -> str:
    """Read what a reviewer states of conflicts of interest; to have one without a word on it is no statement."""
    problems = Problems()
    if conflict not in {"none", "some"}:
        problems.add("conflict", "missing", mark("Say whether you have a conflict of interest."))
    said = read_words(problems, words, field="conflict_words", missing=_STATE_THEM if conflict == "some" else None)
    problems.raise_if_any()
    return said if conflict == "some" else str(NO_CONFLICT)
