"""What a review answered before it was moved, and what was done between a move and its undoing: nothing of it is forgotten."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ReferenceItem
from app.domain.questionnaire.moving import Outcome, Plan, Wishes
from app.kit.actor import Actor
from app.questionnaires import service as questionnaires
from app.reviews.moving import queries
from app.reviews.service import OpenReview
from app.reviews.tables import ReviewMove
from app.teamwork import overview as teamwork
from app.teamwork.state import Place, Talk, TeamState


@dataclass(frozen=True, slots=True)
class MadeBefore:
    """A move that was made and undone earlier: what became of each answer then, and what was said to the questions that only the
    later version asks, or asks in its sense; by codes of the later version."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    said: Mapping[str, Answer] = field(default_factory=dict)
    undone_at: datetime | None = None

    def wishes(self, plan: Plan) -> Wishes:
        """Return what the coordinator turned over then, as far as it can be turned over still."""
        turned = {line.old: self.outcomes.get(line.old, line.by_itself) for line in plan.lines if line.can_be_turned}
        other = {line.old: turned[line.old] for line in plan.lines if turned.get(line.old, line.by_itself) is not line.by_itself}
        return Wishes(*(frozenset(code for code, each in other.items() if each is wish) for wish in (Outcome.ASK, Outcome.KEEP)))


NEVER_MADE = MadeBefore()


@dataclass(frozen=True, slots=True)
class Left:
    """One question that a review answered in another version and does not ask now. `document`: the newest that asked it."""

    code: str
    document: Questionnaire
    answer: Answer
    has_history: bool
    talk: Talk


def made_before(session: Session, review: OpenReview, after: Questionnaire) -> MadeBefore:
    """Return the last of the moves between the same two versions that were undone."""
    same = (review.questionnaire.content_hash, after.content_hash)
    moves = queries.moves_of(session, review.id, review.economy)
    last = next((each for each in moves if each.undone_at and (each.before_hash, each.after_hash) == same), None)
    if last is None or last.undone_at is None:
        return NEVER_MADE
    outcomes = {code: Outcome(outcome) for code, outcome in json.loads(last.outcomes).items()}
    said = queries.said_between(session, review.id, last.moved_at, last.undone_at)
    now = {code: each.version for code, each in review.saved.items() if each.answer != BLANK}
    given = {code: each.answer for code, each in said.items() if code in after.items and now.get(code) != each.version}
    return MadeBefore(outcomes, given, last.undone_at)


def documents_at(session: Session, review: OpenReview, moments: Sequence[datetime]) -> tuple[Questionnaire, ...]:
    """Return the versions that a review answered at some moments: what was said then is read in their words."""
    ends: list[tuple[datetime, str]] = []
    for each in queries.moves_of(session, review.id, review.economy):
        ends.append((each.moved_at, each.before_hash))
        if each.undone_at is not None:
            ends.append((each.undone_at, each.after_hash))
    ends.sort()
    now = review.questionnaire.content_hash
    hashes = [next((hash_ for end, hash_ in ends if end > moment), now) for moment in moments]
    return tuple(questionnaires.get_by_hash(session, hash_) for hash_ in hashes)


def items_gone(session: Session, review: OpenReview, moves: Sequence[ReviewMove]) -> dict[str, Questionnaire]:
    """Return the questions that a review answered in another version and does not ask now, each with the last that asked it."""
    found: dict[str, Questionnaire] = {}
    for each in moves:
        for hash_ in (each.after_hash, each.before_hash):
            document = questionnaires.get_by_hash(session, hash_)
            for code, item in document.items.items():
                if code not in review.questionnaire.items and not isinstance(item, ReferenceItem):
                    found.setdefault(code, document)
    return found


def document_asking(session: Session, review: OpenReview, code: str) -> Questionnaire | None:
    """Return the version in which a review asks a question, or asked it last; None where it never did."""
    item = review.questionnaire.items.get(code)
    if item is not None:
        return None if isinstance(item, ReferenceItem) else review.questionnaire
    return items_gone(session, review, queries.moves_of(session, review.id, review.economy)).get(code)


def list_left(session: Session, actor: Actor, review: OpenReview) -> list[Left]:
    """List what a review was asked in another version and is not asked now, where something was said to it or about it."""
    state = teamwork.of_review(session, actor, review.id)
    gone = items_gone(session, review, queries.moves_of(session, review.id, review.economy))
    newest = queries.newest_answers(session, review.id, gone)
    return [
        Left(code, document, newest[code].answer if code in newest else BLANK, code in newest, state.talks.get(code, Talk()))
        for code, document in sorted(gone.items())
        if code in newest or code in state.talks
    ]


@dataclass(frozen=True, slots=True)
class OutOfSight:
    """What goes out of sight with questions, by their codes: discussions, assignments, and pieces of evidence."""

    discussions: Mapping[str, int]
    assignments: tuple[Place, ...]
    evidence: Mapping[str, int]


def out_of_sight(review: OpenReview, other: Questionnaire, state: TeamState, taken_along: Collection[str] = ()) -> OutOfSight:
    """Say what is out of sight once a review answers another version; evidence of `taken_along` goes to another code."""
    places = {Place(section.code, item.code) for section in other.sections for item in section.items}
    places |= {Place(section.code) for section in other.sections}
    before = {Place(section.code, item.code) for section in review.questionnaire.sections for item in section.items}
    before |= {Place(section.code) for section in review.questionnaire.sections}
    gone = [code for code in review.questionnaire.items if code not in other.items]
    talks = {code: state.talks[code].open + state.talks[code].resolved for code in gone if code in state.talks}
    attached = {code: len(review.attached[code]) for code in gone if review.attached.get(code) and code not in taken_along}
    return OutOfSight(talks, tuple(sorted(place for place in state.holders if place in before - places)), attached)
