"""Move an open review to a newer version: shown before it is done, done at once, and undone until it is signed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.domain.answers import BLANK, Answer
from app.domain.benchmark.over_time.lineage import carried_pairs
from app.domain.questionnaire.document import Questionnaire, version_order
from app.domain.questionnaire.moving import NO_WISHES, Outcome, Plan, Undoing, Wishes, plan_move, plan_undo
from app.economies import service as economies
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.kit.ids import sha256
from app.kit.say import mark, say
from app.questionnaires import retiring
from app.questionnaires import service as questionnaires
from app.reviews import evidence_queries, queries
from app.reviews.answering import editable
from app.reviews.moving import earlier
from app.reviews.moving import queries as moving_queries
from app.reviews.moving.earlier import NEVER_MADE, MadeBefore
from app.reviews.saved import SavedAnswer
from app.reviews.service import OpenReview, get_for, opened
from app.reviews.tables import Review, ReviewMove

_CLOSED = mark("This cycle is closed, so its reviews stay with their version.")
_NOTHING_TO_UNDO = mark("There is no move to undo: it was undone already, or its answers were signed. Reload the page.")


@dataclass(frozen=True, slots=True)
class Moved:
    """A move that was made: from which version to which, when and by whom."""

    number: int
    before: str
    after: str
    moved_at: datetime
    moved_by: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the page of a review says of versions: those that it could be moved to, newest first, and the move to undo."""

    newer: tuple[str, ...] = ()
    last: Moved | None = None
    has_left: bool = False
    """Whether there are questions that the review answered in another version, and does not ask now."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A move as it is shown before it is made. `seen`: a fingerprint of what is shown, which comes back with the decision; what
    the coordinator chooses on that very page is no part of it. `before`: the same move as it was made and undone earlier."""

    review: OpenReview
    after: Questionnaire
    plan: Plan
    wishes: Wishes
    seen: str
    before: MadeBefore = NEVER_MADE


@dataclass(frozen=True, slots=True)
class UndoProposal:
    """Undoing the last move as it is shown before it is done. `before`: the version that the review goes back to."""

    review: OpenReview
    move: Moved
    before: Questionnaire
    undoing: Undoing
    seen: str


class PlanChanged(Conflict):
    """What is to be moved, or undone, is not what was shown: answers are others by now."""

    code = "plan_changed"
    title = "The list has changed since you opened it"

    def __init__(self) -> None:
        super().__init__(mark("Nothing was changed. Look through the list, which is up to date, and decide again."))


def outlook(session: Session, actor: Actor, review: OpenReview) -> Outlook:
    """Say what an open review could be moved to, to its coordinator alone; and to its team, which move brought it where it is."""
    if not review.is_editable:
        return Outlook()
    is_coordinator = actor.role is Role.COORDINATOR
    newer = tuple(document.version for document in _newer(session, review)) if is_coordinator else ()
    moves = moving_queries.moves_of(session, review.id, review.economy)
    last = _last(review, moves)
    has_left = bool(earlier.items_gone(session, review, moves))
    return Outlook(newer, None if last is None else _moved(session, last), has_left)


def open_to_move(session: Session, actor: Actor, review_id: UUID) -> OpenReview:
    """Open a review for its coordinator; locked ones and those of closed cycles raise Conflict."""
    return _open(session, actor, review_id, lock=False)[1]


def propose(session: Session, review: OpenReview, version: str = "", wishes: Wishes | None = None) -> Proposal | None:
    """Show what a move would do, to the newest version or a named one; None where there is no newer one. Nothing is changed.

    Without wishes, those of the same move count that was made and undone before."""
    newer = _newer(session, review)
    after = next((document for document in newer if version in {"", document.version}), None)
    if after is None and version:
        raise NotFound("questionnaire version")
    if after is None:
        return None
    before = earlier.made_before(session, review, after)
    by_itself = _proposal(review, after, NO_WISHES if wishes is None else wishes)
    chosen = by_itself if wishes is not None else _proposal(review, after, before.wishes(by_itself.plan))
    return replace(chosen, before=before)


def move(session: Session, actor: Actor, review_id: UUID, version: str, wishes: Wishes, *, seen: str) -> None:
    """Move a review, all or nothing. Raises PlanChanged where it would not do what was shown."""
    row, review = _open(session, actor, review_id)
    after = next((document for document in _newer(session, review) if document.version == version), None)
    if after is None:
        raise Conflict(say("This review cannot be moved to version {version} any more. Reload the page.", version=version))
    proposal = _proposal(review, after, wishes)
    if proposal.seen != seen:
        raise PlanChanged
    _add_move(session, actor, row, proposal)
    _place(session, actor, row, proposal)
    _pin(session, row, after)
    counts = {outcome.value: len(proposal.plan.of(outcome)) for outcome in Outcome}
    _record(session, actor, row, "reviews.moved", {"from": review.questionnaire.version, "to": version, **counts})


def propose_undo(session: Session, review: OpenReview) -> UndoProposal:
    """Show what undoing the last move would bring back. Nothing is changed."""
    last = _last(review, moving_queries.moves_of(session, review.id, review.economy))
    if last is None:
        raise Conflict(_NOTHING_TO_UNDO)
    return _undo_proposal(session, review, last)


def undo(session: Session, actor: Actor, review_id: UUID, *, seen: str) -> None:
    """Undo the last move, all or nothing. Raises PlanChanged where it would not do what was shown."""
    row, review = _open(session, actor, review_id)
    last = _last(review, moving_queries.moves_of(session, review.id, review.economy))
    if last is None:
        raise Conflict(_NOTHING_TO_UNDO)
    proposal = _undo_proposal(session, review, last)
    if proposal.seen != seen:
        raise PlanChanged
    now = clock.now()  # one moment for all, so that what comes back is read in the words of the version that it comes back to
    last.undone_at, last.undone_by = now, actor.name
    _put_back(session, actor, row, proposal, last, now)
    _pin(session, row, proposal.before)
    versions = {"from": review.questionnaire.version, "to": proposal.before.version}
    _record(session, actor, row, "reviews.move_undone", {**versions, "newer": len(proposal.undoing.newer)})


def _open(session: Session, actor: Actor, review_id: UUID, *, lock: bool = True) -> tuple[Review, OpenReview]:
    get_for(session, actor, review_id)  # what is not there is told before who may
    if actor.role is not Role.COORDINATOR:
        raise Forbidden("Only the coordinator can move a review to another version. Ask yours.")
    row = editable(session, actor, review_id, lock=lock)
    review = opened(session, row)
    if not review.cycle.is_open:
        raise Conflict(_CLOSED)
    return row, review


def _newer(session: Session, review: OpenReview) -> list[Questionnaire]:
    """Return the later versions in which a review of this economy could start, newest first."""
    now = review.questionnaire
    retired = retiring.retired(session, now.code)
    later = [
        entry
        for entry in questionnaires.list_versions(session, now.code)
        if version_order(entry.version) > version_order(now.version) and (entry.code, entry.version) not in retired
    ]
    documents = [questionnaires.get_by_hash(session, entry.content_hash) for entry in later]
    return [document for document in documents if not document.is_relative and _is_for(session, document, review.economy)]


def _is_for(session: Session, document: Questionnaire, economy: str) -> bool:
    return economy in economies.participants(session, document.participants.groups, document.participants.opt_in)


def _proposal(review: OpenReview, after: Questionnaire, wishes: Wishes) -> Proposal:
    before = review.questionnaire
    plan = plan_move(before, after, carried_pairs(before, after), _answers(review.saved), wishes)
    shown = [
        (line.old, line.new, line.by_itself, review.saved[line.old].version if line.old in review.saved else 0)
        for line in plan.lines
    ]
    return Proposal(review, after, plan, wishes, _fingerprint(review, after, shown))


def _undo_proposal(session: Session, review: OpenReview, last: ReviewMove) -> UndoProposal:
    before = questionnaires.get_by_hash(session, last.before_hash)
    was, _versions = moving_queries.saved_from_text(last.answers)
    fates = {code: Outcome(outcome) for code, outcome in json.loads(last.outcomes).items()}
    after = review.questionnaire
    undoing = plan_undo(before, after, carried_pairs(before, after), fates, was, _answers(review.saved))
    shown = [last.number, *sorted((code, saved.version) for code, saved in review.saved.items())]
    return UndoProposal(review, _moved(session, last), before, undoing, _fingerprint(review, before, shown))


def _fingerprint(review: OpenReview, other: Questionnaire, shown: Sequence[object]) -> str:
    text = f"{review.id} {review.questionnaire.content_hash} {other.content_hash} {shown!r}"
    return sha256(text.encode())


def _answers(saved: Mapping[str, SavedAnswer]) -> dict[str, Answer]:
    return {code: each.answer for code, each in saved.items()}


def _add_move(session: Session, actor: Actor, row: Review, proposal: Proposal) -> None:
    earlier = moving_queries.moves_of(session, row.id, row.economy)
    made = ReviewMove(
        review_id=row.id,
        number=len(earlier) + 1,
        economy=row.economy,
        revision=row.revision,
        before_id=row.version_id,
        before_hash=row.content_hash,
        after_hash=proposal.after.content_hash,
        answers=moving_queries.saved_to_text(proposal.review.saved),
        outcomes=json.dumps({line.old: line.outcome.value for line in proposal.plan.lines}, sort_keys=True),
        moved_at=clock.now(),
        moved_by=actor.name,
        user_id=actor.user_id,
    )
    moving_queries.add_move(session, made)


def _place(session: Session, actor: Actor, row: Review, proposal: Proposal) -> None:
    """Put every answer where the later version has its question. Versions go on counting from the history: what was taken from
    the form once must not meet its own past, nor what is asked otherwise now an answer to what was asked."""
    saved, after = proposal.review.saved, proposal.after
    newest = moving_queries.newest_versions(session, row.id)
    now = clock.now()
    carried: dict[str, SavedAnswer] = {}
    asked: dict[str, SavedAnswer] = {}
    gone = [code for code in saved if code not in after.items]
    for line in proposal.plan.lines:
        if line.new is None:
            gone.append(line.old)
            continue
        if line.new != line.old:
            newest[line.new] = newest.get(line.new, 0) + 1
            carried[line.new] = replace(saved[line.old], version=newest[line.new])
            gone.append(line.old)
            _take_evidence_along(session, actor, row, proposal.review, line.old, line.new)
        if line.outcome is Outcome.ASK:
            asked[line.new] = SavedAnswer(BLANK, newest[line.new] + 1, now, actor.name)
    met_again = newest.keys() & after.items.keys() - saved.keys() - carried.keys()
    still_blank = _blank(saved, proposal.plan.asked_otherwise)
    asked |= {code: SavedAnswer(BLANK, newest.get(code, 0) + 1, now, actor.name) for code in met_again | still_blank}
    moving_queries.take_answers(session, row, gone)
    queries.put_answers(session, row.id, carried, user_id=actor.user_id)
    queries.put_answers(session, row.id, asked, user_id=actor.user_id)


def _blank(saved: Mapping[str, SavedAnswer], codes: Collection[str]) -> set[str]:
    return {code for code in codes if code not in saved or saved[code].answer == BLANK}


def _take_evidence_along(session: Session, actor: Actor, row: Review, review: OpenReview, old: str, new: str) -> None:
    """Attach what supports an answer to it under its later code too: without it the answer would count for less."""
    there = {piece.id for piece in review.attached.get(new, ())}
    pieces = [UUID(piece.id) for piece in review.attached.get(old, ()) if piece.id not in there]
    evidence_queries.attach(session, row, new, pieces, actor, clock.now())


def _put_back(session: Session, actor: Actor, row: Review, proposal: UndoProposal, last: ReviewMove, now: datetime) -> None:
    """Put every answer back. One that nothing happened to since comes back as it was, with its version, time and name; any other
    is appended to the history."""
    saved = proposal.review.saved
    was, versions = moving_queries.saved_from_text(last.answers)
    newest = moving_queries.newest_versions(session, row.id)
    as_it_was: dict[str, int] = {}
    appended: dict[str, SavedAnswer] = {}
    for code, answer in proposal.undoing.answers.items():
        if code in saved and saved[code].answer == answer:
            continue
        if code not in saved and code in was and was[code] == answer and versions[code] == newest[code]:
            as_it_was[code] = versions[code]
        elif code in saved or answer != BLANK or code in newest:
            appended[code] = SavedAnswer(answer, newest.get(code, 0) + 1, now, actor.name)
    for code in _blank(saved, proposal.undoing.asked_otherwise) - appended.keys():
        if proposal.undoing.answers[code] == BLANK:
            appended[code] = SavedAnswer(BLANK, newest.get(code, 0) + 1, now, actor.name)
    moving_queries.take_answers(session, row, [code for code in saved if code not in proposal.before.items])
    moving_queries.bring_back(session, row, as_it_was)
    queries.put_answers(session, row.id, appended, user_id=actor.user_id)


def _last(review: OpenReview, moves: Sequence[ReviewMove]) -> ReviewMove | None:
    """Return the last move that was not undone, if the review is still where it led, and nothing was signed since."""
    last = next((each for each in moves if each.undone_at is None), None)
    if last is None or last.revision != review.revision or last.after_hash != review.questionnaire.content_hash:
        return None
    return last


def _moved(session: Session, row: ReviewMove) -> Moved:
    before, after = (questionnaires.get_by_hash(session, hash_) for hash_ in (row.before_hash, row.after_hash))
    return Moved(row.number, before.version, after.version, row.moved_at, row.moved_by)


def _pin(session: Session, row: Review, document: Questionnaire) -> None:
    row.version_id = questionnaires.version_id(session, document.code, document.version)
    row.content_hash = document.content_hash
    row.updated_at = clock.now()
    session.flush()


def _record(session: Session, actor: Actor, row: Review, action: str, detail: Mapping[str, str | int | None]) -> None:
    audit.record(session, actor, action, target_kind="review", target_id=row.id, economy=row.economy, detail=dict(detail))
