"""A peer review as each side sees it: find it, list it, and what may be read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from app.audit import readings
from app.domain.answers import Answer
from app.evidence import service as evidence
from app.evidence.service import VersionEntry
from app.infra.db import Database
from app.infra.scope import reach, widened
from app.kit.actor import Actor
from app.kit.errors import Conflict, NotFound, Problems
from app.kit.say import mark, say
from app.kit.text import clean, has_forbidden_characters
from app.peer_reviews import queries
from app.peer_reviews.opened import ENDED, OpenPeerReview, PeerReviewState, answer_from, opened
from app.peer_reviews.positions import Thread
from app.peer_reviews.tables import PeerReview

LONGEST_WORDS = 2_000
_ASKED = "who is asked stands in the peer review itself, which is a row of the economy that asks"


def list_for_economy(session: Session, actor: Actor, review_id: UUID) -> list[OpenPeerReview]:
    """List the peer reviews of one review of the actor's economy, newest first."""
    found = opened(session, queries.list_in_order(session, queries.of_review(actor, review_id)))
    return [_for_economy(each) for each in found]


def list_under_way(session: Session, actor: Actor, review_id: UUID | None = None) -> list[OpenPeerReview]:
    """List the peer reviews that have not ended, as officials of the economy see them: of one of its reviews, or of all."""
    rows = queries.list_in_order(session, queries.under_way(actor, review_id))
    return [_for_economy(each) for each in opened(session, rows)] if rows else []


def list_for_reviewer(session: Session, actor: Actor) -> list[OpenPeerReview]:
    """List the peer reviews that the actor is asked for, or took part in, newest first."""
    with widened(session, because=_ASKED):
        rows = queries.list_in_order(session, queries.for_reviewer(actor))
    reach(session, (row.economy for row in rows))
    found = opened(session, rows)
    return [_for_reviewer(each, actor) for each in found]


def open_for_economy(session: Session, actor: Actor, review_id: UUID, peer_review_id: UUID) -> OpenPeerReview:
    """Open a peer review of the actor's economy; foreign and unknown ones raise NotFound alike."""
    return _for_economy(opened(session, [get_for_economy(session, actor, review_id, peer_review_id)])[0])


def open_for_reviewer(session: Session, actor: Actor, peer_review_id: UUID) -> OpenPeerReview:
    """Open a peer review that the actor is asked for, with what may be read of it now: no answer before the statement on
    conflicts of interest, nor while a declared one is not decided on; comments and evidence only where the economy shows them;
    after the end the own words and the outcome.
    """
    return _for_reviewer(opened(session, [get_for_reviewer(session, actor, peer_review_id)])[0], actor)


def open_to_work(session: Session, actor: Actor, peer_review_id: UUID) -> OpenPeerReview:
    """Open what a reviewer works on: from the statement on conflicts of interest, or the decision on one, until the end."""
    found = open_for_reviewer(session, actor, peer_review_id)
    if not has_access(found, actor):
        raise NotFound("peer review")
    return found


def get_evidence_file(
    session: Session, actor: Actor, peer_review_id: UUID, evidence_id: UUID, version: int
) -> tuple[str, VersionEntry]:
    """Return a file that the chosen sections were signed with, and its economy, to a reviewer who is shown evidence now.

    Anything else raises NotFound: another version, another section, before the statement, after the end.
    """
    peer_review = open_to_work(session, actor, peer_review_id)
    for piece in (piece for thread in peer_review.threads.values() for piece in thread.signed.evidence):
        if piece.sha256 and (piece.id, piece.version) == (str(evidence_id), version):
            return peer_review.economy, evidence.get_signed_file(session, peer_review.economy, piece)
    raise NotFound("file")


def record_reading(database: Database, actor: Actor, peer_review_id: UUID, economy: str) -> None:
    """Record that a reviewer reads what an economy has signed and not published: once an hour, and before it is shown."""
    readings.record_once(
        database, actor, "peer_reviews.read", target_kind="peer_review", target_id=peer_review_id, economy=economy
    )


def has_accepted(peer_review: OpenPeerReview, actor: Actor) -> bool:
    """Tell whether the actor has given the statement on conflicts of interest."""
    return any(reviewer.user_id == actor.user_id for reviewer in peer_review.reviewers)


def has_access(peer_review: OpenPeerReview, actor: Actor) -> bool:
    """Tell whether a reviewer may read the signed answers now."""
    is_open = peer_review.state not in {*ENDED, PeerReviewState.INVITED}
    return is_open and has_accepted(peer_review, actor) and not waits(peer_review, actor)


def waits(peer_review: OpenPeerReview, actor: Actor) -> bool:
    """Tell whether the actor has declared a conflict of interest on which the economy has not decided."""
    return any(reviewer.user_id == actor.user_id and reviewer.waits for reviewer in peer_review.reviewers)


def get_for_economy(session: Session, actor: Actor, review_id: UUID, peer_review_id: UUID, *, lock: bool = False) -> PeerReview:
    """Return the row of a peer review of the actor's economy. For the use cases of this room."""
    row = queries.find(session, queries.of_review(actor, review_id), peer_review_id, lock=lock)
    if row is None:
        raise NotFound("peer review")
    return row


def get_for_reviewer(session: Session, actor: Actor, peer_review_id: UUID, *, lock: bool = False) -> PeerReview:
    """Return the row of a peer review that the actor is asked for. For the use cases of this room."""
    with widened(session, because=_ASKED):
        row = queries.find(session, queries.for_reviewer(actor), peer_review_id, lock=lock)
    if row is None:
        raise NotFound("peer review")
    reach(session, (row.economy,))
    return row


def require_state(peer_review: PeerReview | OpenPeerReview, *states: PeerReviewState) -> None:
    """Refuse what the state does not allow."""
    if peer_review.state not in states:
        message = mark("This peer review has moved on since you opened the page. Reload it to see where it stands.")
        raise Conflict(message)


def read_words(problems: Problems, text: str, *, field: str, missing: str | None) -> str:
    """Clean a text that somebody wrote, and name what is wrong with it; without `missing` it may be empty."""
    words = clean(text)
    if not words and missing is not None:
        problems.add(field, "missing", missing)
    elif len(words) > LONGEST_WORDS:
        problems.add(field, "too_long", say("Write at most {most} characters.", most=LONGEST_WORDS))
    elif has_forbidden_characters(words):
        problems.add(field, "control_characters", mark("Remove the invisible control characters from this text."))
    return words


def agreed_of(session: Session, submissions: Sequence[UUID]) -> dict[UUID, dict[str, Answer]]:
    """Return the answers that closed peer reviews agreed, for the rooms that score them; of two on one item the later counts."""
    found: dict[UUID, dict[str, Answer]] = {}
    for submission, agreement in queries.agreements_of_closed(session, submissions) if submissions else ():
        found.setdefault(submission, {})[agreement.item] = answer_from(agreement.answer)
    return found


def _for_economy(peer_review: OpenPeerReview) -> OpenPeerReview:
    """Hide what the reviewer has not handed over yet; questions are there at once."""
    hidden = {PeerReviewState.OPEN, PeerReviewState.WITHDRAWN} if peer_review.handed_over_at is None else set()
    if peer_review.state not in hidden:
        return peer_review
    return replace(peer_review, threads={code: thread.without_proposals() for code, thread in peer_review.threads.items()})


def _for_reviewer(peer_review: OpenPeerReview, actor: Actor) -> OpenPeerReview:
    """Take away what a reviewer may not read: every answer of other sections, and of the chosen ones what is not shown."""
    threads: dict[str, Thread] = {}
    if has_access(peer_review, actor):
        is_whole = peer_review.shows_evidence
        threads = {code: thread if is_whole else thread.bare() for code, thread in peer_review.threads.items()}
    elif peer_review.state in ENDED and not waits(peer_review, actor):
        is_closed = peer_review.state is PeerReviewState.CLOSED
        threads = {code: thread.after_the_end(is_closed=is_closed) for code, thread in peer_review.threads.items()}
    answers = {code: thread.signed for code, thread in threads.items()}
    return replace(peer_review, threads=threads, frozen=replace(peer_review.frozen, answers=answers))
