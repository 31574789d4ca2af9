"""What stays of a signature: the receipt of a signed revision, its reference, and exactly the bytes that were hashed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.domain.answers import BLANK, AnswerState
from app.domain.questionnaire.flow import asked_items, asked_sections
from app.domain.questionnaire.items import ReferenceItem
from app.domain.signed_answers import signed_text
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.reviews import queries
from app.reviews.citation import read_reference, reference_of
from app.reviews.sign_off import FrozenReview, get_submission


@dataclass(frozen=True, slots=True)
class Receipt:
    """A signed revision, the newest one of its review, and how many of its questions were answered in which way."""

    frozen: FrozenReview
    newest: int
    counts: Mapping[AnswerState, int]

    @property
    def is_newest(self) -> bool:
        """Whether nothing was signed after it."""
        return self.frozen.entry.revision == self.newest


@dataclass(frozen=True, slots=True)
class SignedText:
    """What was hashed when a revision was signed: the SHA-256 of `content` is `answers_hash`."""

    reference: str
    content: bytes
    answers_hash: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signed revision stands."""

    review_id: UUID
    revision: int


def get_receipt(session: Session, actor: Actor, review_id: UUID, revision: int) -> Receipt:
    """Return the receipt of a revision of the actor's economy; unknown and foreign ones raise NotFound."""
    frozen = get_submission(session, actor, review_id, revision)
    return Receipt(frozen, newest_revision(session, frozen), _counts(frozen))


def newest_revision(session: Session, frozen: FrozenReview) -> int:
    """Return the number of the newest signed revision of the review that a frozen one belongs to; whoever has one may know."""
    return queries.newest_revision(session, frozen.entry.review_id)


def get_signed_text(session: Session, frozen: FrozenReview) -> SignedText:
    """Return exactly what was hashed when a revision was signed, so that whoever may read it can hash it again."""
    answers = queries.signed_answers(session, frozen.entry.id)
    return SignedText(frozen.reference, signed_text(frozen.questionnaire.content_hash, answers), frozen.entry.answers_hash)


def get_by_reference(session: Session, actor: Actor, reference: str) -> Place:
    """Return where the revision of a reference stands; unknown and foreign ones raise NotFound."""
    named = read_reference(reference)
    if named is None:
        raise NotFound("submission")
    for found in queries.signed_like(session, actor, named.revision, named.hash_start):
        if reference_of(found.economy, found.questionnaire, found.cycle, named.revision, found.answers_hash) == named.text:
            return Place(found.review_id, named.revision)
    raise NotFound("submission")


def _counts(frozen: FrozenReview) -> Mapping[AnswerState, int]:
    asked = [
        item.code
        for section in asked_sections(frozen.questionnaire, frozen.answers)
        for item in asked_items(section, frozen.answers)
        if not isinstance(item, ReferenceItem)
    ]
    found = Counter(frozen.answers.get(code, BLANK).state for code in asked)
    return {state: found[state] for state in AnswerState}
