"""Answers that an economy has given elsewhere, offered where the same is asked again; each must be confirmed by a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import asked_codes, is_dealt_with
from app.domain.questionnaire.trace import links
from app.domain.reading import raw_of, read_answer
from app.kit.actor import Actor
from app.kit.errors import Conflict
from app.kit.say import mark
from app.questionnaires import service as questionnaires
from app.reviews import attaching, evidence_queries, queries
from app.reviews.answering import Entry, SavedSection, save_entries
from app.reviews.saved import SavedAnswer
from app.reviews.service import OpenReview, get_for, opened, opened_all

_TOO_LATE = mark(
    "One of these answers can no longer be taken over: it was answered here, or changed there. Reload the page to see what is "
    "left."
)


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

    The crosswalk says "same", and the answer fits the item as it stands and is whole. What is signed goes before drafts, and
    the newest cycle before older ones.
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
    return _with_evidence(session, review.economy, {code: found[code] for code in review.questionnaire.items if code in found})


def take_over(session: Session, actor: Actor, review_id: UUID, items: Collection[str]) -> SavedSection:
    """Confirm offered answers: they become this review's own. What a person wrote beside the question stays theirs.

    Raises Conflict where one of them was answered here, or changed there, in the meantime; then nothing is taken over.
    """
    row = get_for(session, actor, review_id, lock=True)
    review = opened(session, row)
    offered = offers(session, actor, review)
    if not set(items) <= offered.keys():
        raise Conflict(_TOO_LATE)
    entries = {code: _entry(offered[code].answer, review.saved.get(code)) for code in items}
    saved = save_entries(session, actor, review_id, entries)
    if saved.problems or saved.conflicts:
        raise Conflict(_TOO_LATE)
    for code in items:
        attaching.take_along(session, actor, review_id, code, [UUID(piece.id) for piece in offered[code].answer.evidence])
    return saved


def _with_evidence(session: Session, economy: str, offered: dict[str, Offer]) -> dict[str, Offer]:
    """Return offers with what is attached to them where they come from."""
    if not offered:
        return offered
    attached = evidence_queries.attached_to(session, economy, {offer.review_id for offer in offered.values()})
    return {
        code: replace(offer, answer=replace(offer.answer, evidence=attached.get(offer.review_id, {}).get(offer.source_item, ())))
        for code, offer in offered.items()
    }


def _entry(answer: Answer, own: SavedAnswer | None) -> Entry:
    """Take the answer; keep the comment and the link to evidence that stand here already."""
    comment, link = (own.answer.comment, own.answer.evidence_url) if own else ("", "")
    kept = replace(answer, comment=comment or answer.comment, evidence_url=link or answer.evidence_url)
    return Entry(raw_of(kept), own.version if own else 0)


def _others(session: Session, actor: Actor, review: OpenReview) -> list[OpenReview]:
    """Return the economy's reviews that ask some of the same, in the order of `offers`; the answers of no others are loaded."""
    rows = [
        row
        for row in queries.list_for(session, actor)
        if row.economy == review.economy
        and row.content_hash != review.questionnaire.content_hash
        and _asks_the_same(review.questionnaire, questionnaires.get_by_hash(session, row.content_hash))
    ]
    return sorted(opened_all(session, rows), key=lambda each: (each.is_signed, each.cycle.code), reverse=True) if rows else []


def _asks_the_same(questionnaire: Questionnaire, other: Questionnaire) -> bool:
    return other.code != questionnaire.code and any(link.relation == "same" for link in links(questionnaire, other))


def _between(review: OpenReview, source: OpenReview) -> Iterator[Offer]:
    given: Mapping[str, Answer] = source.answers
    for link in links(review.questionnaire, source.questionnaire):
        answer = given.get(link.other.code, BLANK)
        if link.relation != "same" or answer.state is not AnswerState.ANSWERED:
            continue
        read = read_answer(link.item, raw_of(answer), review.questionnaire).answer
        if read is not None and is_dealt_with(review.questionnaire, link.item, read):
            yield Offer(link.item.code, read, source.id, source, link.other.code)
