"""The history of one answer: what it was at each change, by whom; and putting an earlier one back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import asked_codes
from app.domain.questionnaire.items import Item
from app.domain.questionnaire.moving import fits
from app.domain.reading import raw_of
from app.kit.actor import Actor
from app.kit.errors import Conflict, NotFound
from app.reviews import queries
from app.reviews.answering import Entry, save_answer
from app.reviews.moving import earlier
from app.reviews.saved import SavedAnswer
from app.reviews.service import OpenReview, open_review, open_row


@dataclass(frozen=True, slots=True)
class History:
    """Every version of one answer, newest first; empty where nobody has answered yet."""

    review: OpenReview
    item: Item
    versions: tuple[SavedAnswer, ...]
    documents: tuple[Questionnaire, ...]
    """The version of the questionnaire that each of them answered."""
    document: Questionnaire
    """The version that the review answers; where it asks this no more, the last one that did."""

    @property
    def is_gone(self) -> bool:
        """Whether the review asks this no more, since it was moved."""
        return self.document is not self.review.questionnaire

    @property
    def may_restore(self) -> bool:
        """Whether an earlier answer can be put back: the review is open, and the question is asked."""
        asked = asked_codes(self.review.questionnaire, self.review.answers)
        return self.review.is_editable and self.item.code in asked

    def can_be_restored(self, version: SavedAnswer) -> bool:
        """Whether one of the versions is still an answer to the question as it stands."""
        return self.may_restore and fits(self.item, version.answer, self.review.questionnaire)


def history_of(session: Session, actor: Actor, review_id: UUID, item_code: str) -> History:
    """Return the history of an answer; unknown reviews and items, and those of others, raise NotFound alike."""
    review = open_review(session, actor, review_id)
    document = earlier.document_asking(session, review, item_code)
    if document is None:
        raise NotFound("item")
    versions = tuple(queries.history_of(session, review_id, item_code))
    documents = earlier.documents_at(session, review, [each.saved_at for each in versions])
    return History(review, document.items[item_code], versions, documents, document)


def restore(session: Session, actor: Actor, review_id: UUID, item_code: str, version: int, *, seen: int) -> SavedAnswer:
    """Save an earlier answer once more, as the newest; what it replaces stays in the history.

    `seen` is the newest version that the person saw; raises AnswerChanged where a colleague saved another since.
    """
    open_row(session, actor, review_id, lock=True)
    past = queries.answer_at(session, review_id, item_code, version)
    if past is None:
        raise Conflict("There is no such version of this answer. Reload the page and choose again.")
    return save_answer(session, actor, review_id, item_code, Entry(raw_of(past.answer), seen))[0]
