"""Question and reply, proposal and agreement, item by item; the signed answer itself is never touched."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.domain.answers import Answer, AnswerState
from app.domain.reading import RawAnswer, read_answer
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, FieldProblem, Forbidden, NotFound, Problems
from app.kit.say import mark
from app.peer_reviews import queries
from app.peer_reviews.inviting import record
from app.peer_reviews.opened import TALKING, OpenPeerReview, PeerReviewState, answer_to, opened
from app.peer_reviews.positions import Position, Side, Thread, is_same
from app.peer_reviews.service import get_for_economy, get_for_reviewer, has_access, read_words, require_state
from app.peer_reviews.tables import PeerAgreement, PeerProposal, PeerRemark, PeerReview

_MOVED = mark("Something was said about this question since you opened the page. Read it, then decide.")


@dataclass(frozen=True, slots=True)
class _Place:
    """One item of a peer review, locked, with the side on which the actor stands."""

    row: PeerReview
    peer_review: OpenPeerReview
    side: Side
    thread: Thread


def remark(session: Session, actor: Actor, peer_review_id: UUID, item: str, words: str, *, review_id: UUID | None = None) -> None:
    """Ask or reply. Without `review_id` the actor is a reviewer; with it, any official of the economy."""
    place = _place(session, actor, peer_review_id, item, review_id)
    require_state(place.row, *TALKING)
    problems = Problems()
    said = read_words(problems, words, field="remark", missing=mark("Write your question or your reply."))
    problems.raise_if_any()
    _add_remark(session, actor, place, said)


def propose(
    session: Session,
    actor: Actor,
    peer_review_id: UUID,
    item: str,
    raw: RawAnswer,
    words: str,
    *,
    seen: int,
    review_id: UUID | None = None,
) -> None:
    """Propose another answer with a reason, read by the same rules as any answer. `seen`: the number of the latest position."""
    place = _place(session, actor, peer_review_id, item, review_id)
    _require_decider(place, actor)
    _require_seen(place, seen)
    document = place.peer_review.frozen.questionnaire
    reading = read_answer(
        document.items[item], RawAnswer(raw.state, raw.value, raw.reason, "", "", raw.not_applicable, raw.records), document
    )
    problems = Problems([FieldProblem(each.field, each.code, each.message) for each in reading.problems])
    if reading.answer is not None:
        _check_proposal(problems, place, reading.answer)
    said = read_words(problems, words, field="words", missing=mark("Give a reason, so that the other side can follow it."))
    problems.raise_if_any()
    if reading.answer is not None:
        _add_position(session, actor, place, reading.answer, said)
        record(session, actor, place.row, "peer_reviews.proposed", item=item, side=place.side.value)


def keep(session: Session, actor: Actor, peer_review_id: UUID, item: str, words: str, *, seen: int, review_id: UUID) -> None:
    """Hold on to the signed answer with a reply; it is agreed only if the reviewer says yes to it in turn."""
    place = _place(session, actor, peer_review_id, item, review_id)
    _require_decider(place, actor)
    _require_seen(place, seen)
    problems = Problems()
    said = read_words(problems, words, field="keep_words", missing=mark("Say why the signed answer stands."))
    problems.raise_if_any()
    if place.thread.latest.side is Side.ECONOMY and is_same(place.thread.latest.answer, place.thread.signed):
        raise Conflict("Your answer stands already. Write a reply instead.")
    _add_position(session, actor, place, place.thread.signed, said)
    record(session, actor, place.row, "peer_reviews.kept", item=item)


def agree(session: Session, actor: Actor, peer_review_id: UUID, item: str, *, seen: int, review_id: UUID | None = None) -> None:
    """Say yes to what the other side holds: the signed answer, or the proposal that they made last."""
    place = _place(session, actor, peer_review_id, item, review_id)
    _require_decider(place, actor)
    _require_seen(place, seen)
    held = place.thread.held_by(_other(place.side))
    if held is None or held.answer.state is AnswerState.BLANK or place.thread.agreed is not None:
        raise Conflict("There is nothing to agree to: this question is agreed already, or the other side has proposed nothing.")
    if held is not place.thread.latest:  # back from one's own proposal to what the other side holds
        held = _add_position(session, actor, place, held.answer, "")
    queries.add(
        session,
        PeerAgreement(
            peer_review_id=place.row.id,
            economy=place.row.economy,
            item=item,
            number=held.number,
            side=place.side.value,
            answer=answer_to(held.answer),
            author=actor.name,
            user_id=actor.user_id,
            at=clock.now(),
        ),
    )
    record(session, actor, place.row, "peer_reviews.agreed", item=item, side=place.side.value)


def _place(session: Session, actor: Actor, peer_review_id: UUID, item: str, review_id: UUID | None) -> _Place:
    if review_id is None:
        row, side = get_for_reviewer(session, actor, peer_review_id, lock=True), Side.REVIEWER
    else:
        row, side = get_for_economy(session, actor, review_id, peer_review_id, lock=True), Side.ECONOMY
    peer_review = opened(session, [row])[0]
    thread = peer_review.threads.get(item)
    if thread is None or (side is Side.REVIEWER and not has_access(peer_review, actor)):
        raise NotFound("question")
    return _Place(row, peer_review, side, thread)


def _require_decider(place: _Place, actor: Actor) -> None:
    """The reviewer speaks from the beginning; for the economy the coordinator decides, once everything is handed over."""
    if place.side is Side.REVIEWER:
        require_state(place.row, *TALKING)
        return
    if actor.role is not Role.COORDINATOR:
        raise Forbidden("The coordinator of your economy decides what is agreed. You can write a reply.")
    require_state(place.row, PeerReviewState.IN_RESPONSE)


def _require_seen(place: _Place, seen: int) -> None:
    if seen != place.thread.latest.number:
        raise Conflict(_MOVED)


def _check_proposal(problems: Problems, place: _Place, answer: Answer) -> None:
    held = place.thread.held_by(_other(place.side))
    if answer.state is AnswerState.BLANK:
        problems.add("value", "missing", mark("Choose the answer that you propose."))
    elif answer.state not in {AnswerState.ANSWERED, AnswerState.NOT_APPLICABLE}:
        problems.add("value", "missing", mark("Propose an answer, or write a question instead."))
    elif held is not None and is_same(held.answer, answer):
        problems.add("value", "same_answer", mark("This is what the other side holds. Agree with it instead."))


def _add_position(session: Session, actor: Actor, place: _Place, answer: Answer, words: str) -> Position:
    position = Position(place.thread.latest.number + 1, place.side, answer, words, actor.name, clock.now())
    queries.add(
        session,
        PeerProposal(
            peer_review_id=place.row.id,
            economy=place.row.economy,
            item=place.thread.item,
            number=position.number,
            side=position.side.value,
            answer=answer_to(answer),
            words=words,
            author=position.author,
            user_id=actor.user_id,
            at=position.at,
        ),
    )
    return position


def _add_remark(session: Session, actor: Actor, place: _Place, words: str) -> None:
    queries.add(
        session,
        PeerRemark(
            peer_review_id=place.row.id,
            economy=place.row.economy,
            item=place.thread.item,
            side=place.side.value,
            words=words,
            author=actor.name,
            user_id=actor.user_id,
            at=clock.now(),
        ),
    )
    action = "peer_reviews.asked" if place.side is Side.REVIEWER else "peer_reviews.replied"
    record(session, actor, place.row, action, item=place.thread.item)


def _other(side: Side) -> Side:
    return Side.ECONOMY if side is Side.REVIEWER else Side.REVIEWER
