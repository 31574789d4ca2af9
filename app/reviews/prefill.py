"""Answers that an economy has given elsewhere, offered where the same is asked again; each must be confirmed by a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.questionnaire.flow import asked_codes
from app.domain.questionnaire.trace import links
from app.domain.reading import raw_of, read_answer
from app.kit.actor import Actor
from app.kit.errors import Conflict
from app.reviews import queries
from app.reviews.answering import Entry, SavedSection, save_entries
from app.reviews.service import OpenReview, open_review, opened_all


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer to the same question in another review of the economy, and where it comes from."""

    item: str
    answer: Answer
    review_id: UUID
    source: OpenReview
    source_item: str


def offers(session: Session, actor: Actor, review: OpenReview) -> dict[str, Offer]:
    """Return what can be taken over for items that are asked and still blank, by the item's code.

    The crosswalk says "same", the answer fits the item as it stands, and the newest cycle goes before older ones.
    """
    if not review.is_editable:
        return {}
    asked = asked_codes(review.questionnaire, review.answers)
    blank = {code for code in asked if review.answers.get(code, BLANK).state is AnswerState.BLANK}
    found: dict[str, Offer] = {}
    for source in _others(session, actor, review) if blank else ():
        for offer in _between(review, source):
            if offer.item in blank:
                found.setdefault(offer.item, offer)
    return {code: found[code] for code in review.questionnaire.items if code in found}


def take_over(session: Session, actor: Actor, review_id: UUID, items: Collection[str]) -> SavedSection:
    """Confirm offered answers: they become this review's own. What has been answered meanwhile stays as it is."""
    review = open_review(session, actor, review_id)
    offered = offers(session, actor, review)
    if not set(items) <= offered.keys():
        raise Conflict(
            "One of these answers can no longer be taken over: it was answered here, or changed there. Reload the page to see "
            "what is left."
        )
    seen = {code: saved.version for code, saved in review.saved.items()}
    entries = {code: Entry(raw_of(offered[code].answer), seen.get(code, 0)) for code in items}
    return save_entries(session, actor, review_id, entries)


def _others(session: Session, actor: Actor, review: OpenReview) -> list[OpenReview]:
    """Return the economy's reviews of other questionnaires, newest cycle first."""
    rows = [row for row in queries.list_for(session, actor) if row.economy == review.economy and row.id != review.id]
    others = [each for each in opened_all(session, rows) if each.questionnaire.code != review.questionnaire.code]
    return sorted(others, key=lambda each: each.cycle.code, reverse=True)


def _between(review: OpenReview, source: OpenReview) -> Iterator[Offer]:
    given: Mapping[str, Answer] = source.answers
    for link in links(review.questionnaire, source.questionnaire):
        answer = given.get(link.other.code, BLANK)
        if link.relation != "same" or answer.state is not AnswerState.ANSWERED:
            continue
        read = read_answer(link.item, raw_of(answer), review.questionnaire).answer
        if read is not None:
            yield Offer(link.item.code, read, source.id, source, link.other.code)
