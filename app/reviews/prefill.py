"""Answers that an economy has given elsewhere, offered where the same is asked again; each must be confirmed by a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.benchmark.over_time.lineage import carried_pairs
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import asked_codes, is_dealt_with, settled
from app.domain.questionnaire.items import Item
from app.domain.questionnaire.trace import links
from app.domain.questionnaire.translate import published
from app.domain.reading import raw_of, read_answer
from app.domain.signed_answers import answers_from_text
from app.economies import service as economies
from app.kit.actor import Actor
from app.kit.errors import Conflict
from app.kit.ids import sha256
from app.kit.say import mark
from app.questionnaires import service as questionnaires
from app.reviews import attaching, evidence_queries, queries
from app.reviews.answering import Entry, SavedSection, save_entries
from app.reviews.saved import SavedAnswer
from app.reviews.service import OpenReview, ReviewState, open_row

_TOO_LATE = mark(
    "One of these answers can no longer be taken over: it was answered here, or changed there. Reload the page to see what is "
    "left."
)
_CARRIED = frozenset({AnswerState.ANSWERED, AnswerState.NOT_APPLICABLE})
"""What holds from one cycle to the next until somebody says otherwise; what was not known or not said is asked anew."""


_carried_pairs: dict[tuple[str, str], Mapping[str, str]] = {}
"""By the hashes of two versions: comparing them takes longer than all else that a section needs, and never changes."""


@dataclass(frozen=True, slots=True)
class Source:
    """A review that answers come from: an earlier one of the same questionnaire, or one that asks some of the same."""

    review_id: UUID
    questionnaire: Questionnaire
    cycle: economies.CycleEntry
    is_signed: bool
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer to the same question in another review of the economy, and where it comes from."""

    item: str
    answer: Answer
    source: Source
    source_item: str

    @property
    def key(self) -> str:
        """What a person confirms: the item, and a fingerprint of the answer and its source as they were shown."""
        shown = (
            f"{self.source.review_id} {self.source_item} {raw_of(self.answer)!r} {[piece.id for piece in self.answer.evidence]}"
        )
        return f"{self.item}:{sha256(shown.encode())[:16]}"


def offers(session: Session, actor: Actor, review: OpenReview, items: Collection[str] | None = None) -> dict[str, Offer]:
    """Return what can be taken over for items that are asked and still blank, by the item's code; of `items`, or of all.

    First what the economy signed last in the cycle before, over items that mean the same; then answers of reviews whose
    crosswalk says "same", signed before drafts, and newest cycles first. Each fits the item as it stands, and is whole.
    """
    asked = asked_codes(review.questionnaire, review.answers) if review.is_editable else frozenset()
    blank = {code for code in asked if review.answers.get(code, BLANK).state is AnswerState.BLANK}
    if items is not None:
        blank &= set(items)
    found: dict[str, Offer] = {}
    for source in _sources(session, actor, review) if blank else ():
        for item, other in _pairs(review.questionnaire, source.questionnaire):
            answer = _fitting(review.questionnaire, item, source.answers.get(other, BLANK)) if item.code in blank else None
            if answer is not None:
                found.setdefault(item.code, Offer(item.code, answer, source, other))
    return _with_evidence(session, review.economy, {code: found[code] for code in review.questionnaire.items if code in found})


def item_of(key: str) -> str:
    """Return the item that a confirmation is about."""
    return key.partition(":")[0]


def take_over(session: Session, actor: Actor, review_id: UUID, confirmed: Collection[str]) -> SavedSection:
    """Confirm offers by their keys: the answers become this review's own. What a person wrote beside the question stays theirs.

    Raises Conflict where one of them was answered here, or changed there, in the meantime; then nothing is taken over.
    """
    _row, review = open_row(session, actor, review_id, lock=True)
    items = [item_of(key) for key in confirmed]
    offered = offers(session, actor, review, items)
    if not set(confirmed) <= {offer.key for offer in offered.values()}:
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
    attached = evidence_queries.attached_to(session, economy, {offer.source.review_id for offer in offered.values()})
    return {
        code: replace(
            offer, answer=replace(offer.answer, evidence=attached.get(offer.source.review_id, {}).get(offer.source_item, ()))
        )
        for code, offer in offered.items()
    }


def _entry(answer: Answer, own: SavedAnswer | None) -> Entry:
    """Take the answer; keep the comment and the link to evidence that stand here already."""
    comment, link = (own.answer.comment, own.answer.evidence_url) if own else ("", "")
    kept = replace(answer, comment=comment or answer.comment, evidence_url=link or answer.evidence_url)
    return Entry(raw_of(kept), own.version if own else 0)


def _sources(session: Session, actor: Actor, review: OpenReview) -> list[Source]:
    """Return where answers may come from, in the order of `offers`."""
    own = review.questionnaire.code
    others = queries.list_others(session, actor, review.id, review.economy, own)
    earlier = [other for other in others if other.signed is not None and other.cycle.code < review.cycle.code]
    last = max(earlier, key=lambda other: other.cycle.code, default=None)
    asking_the_same = [
        source
        for source in (_as_it_stands(session, other) for other in others if other.cycle.questionnaire != own)
        if any(link.relation == "same" for link in links(review.questionnaire, source.questionnaire))
    ]
    asking_the_same.sort(key=lambda source: (source.is_signed, source.cycle.code), reverse=True)
    return [*([_as_signed(session, last)] if last else []), *asking_the_same]


def _as_signed(session: Session, other: queries.Other) -> Source:
    # not the review's own version: it may have been reopened and moved since
    document = questionnaires.get_by_hash(session, other.signed_hash or other.review.content_hash)
    signed = answers_from_text(other.signed or "{}")
    kept = {code: answer for code, answer in signed.items() if answer.state in _CARRIED}
    return Source(other.review.id, document, economies.cycle_entry(other.cycle), is_signed=True, answers=kept)


def _as_it_stands(session: Session, other: queries.Other) -> Source:
    document = questionnaires.get_by_hash(session, other.review.content_hash)
    given = settled(document, {code: saved.answer for code, saved in other.answers.items()})
    answered = {code: answer for code, answer in given.items() if answer.state is AnswerState.ANSWERED}
    is_signed = other.review.state == ReviewState.SUBMITTED
    return Source(other.review.id, document, economies.cycle_entry(other.cycle), is_signed=is_signed, answers=answered)


def _pairs(questionnaire: Questionnaire, source: Questionnaire) -> Iterator[tuple[Item, str]]:
    """Pair items with those whose answers they may take: over versions by lineage, over questionnaires by the crosswalk."""
    if source.code == questionnaire.code:
        versions = (source.content_hash, questionnaire.content_hash)
        if versions not in _carried_pairs:
            # As published: in a reader's language one version may be translated and the other not, and then words differ.
            _carried_pairs[versions] = carried_pairs(published(source), published(questionnaire))
        for code, earlier in _carried_pairs[versions].items():
            yield questionnaire.items[code], earlier
    else:
        for link in links(questionnaire, source):
            if link.relation == "same":
                yield link.item, link.other.code


def _fitting(questionnaire: Questionnaire, item: Item, answer: Answer) -> Answer | None:
    """Read an answer as one to this item; None where there is none, it does not fit, or it is not whole."""
    if answer.state is AnswerState.BLANK:
        return None
    read = read_answer(item, raw_of(answer), questionnaire).answer
    return read if read is not None and is_dealt_with(questionnaire, item, read) else None
