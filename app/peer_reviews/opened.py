"""A peer review with everything that was said in it, as it is stored; what each side may see of it, `service` decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.document import Section
from app.domain.questionnaire.flow import asked_items, asked_sections
from app.domain.questionnaire.items import Item, ReferenceItem
from app.domain.signed_answers import answers_from_text, answers_to_text
from app.kit import clock
from app.peer_reviews import queries
from app.peer_reviews.positions import Agreement, Position, Remark, Side, Thread
from app.peer_reviews.tables import PeerAgreement, PeerProposal, PeerRemark, PeerReview
from app.reviews import sign_off
from app.reviews.sign_off import FrozenReview

_ANSWER = "answer"


class PeerReviewState(StrEnum):
    """Where a peer review stands."""

    INVITED = "invited"
    OPEN = "open"
    IN_RESPONSE = "in_response"
    CLOSING = "closing"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


ENDED = frozenset({PeerReviewState.CLOSED, PeerReviewState.DECLINED, PeerReviewState.WITHDRAWN})
TALKING = frozenset({PeerReviewState.OPEN, PeerReviewState.IN_RESPONSE})


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who reviews, for which economy (None: an expert), and the statement on conflicts of interest."""

    id: UUID
    user_id: UUID
    name: str
    economy: str | None
    conflict_of_interest: str
    given_at: datetime
    waits: bool
    """A conflict was declared, and the economy has not said yet whether to go on."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions there are; on how many both sides agree, how many are talked about, how many nobody spoke of."""

    total: int
    agreed: int
    under_discussion: int
    not_discussed: int


@dataclass(frozen=True, slots=True)
class OpenPeerReview:
    """One peer review with the submission that it is about, and what was said of each item of the chosen sections."""

    id: UUID
    review_id: UUID
    submission_id: UUID
    economy: str
    reviewer_economy: str | None
    reviewer_name: str
    state: PeerReviewState
    section_codes: tuple[str, ...]
    shows_evidence: bool
    note: str
    due_on: date | None
    invited_at: datetime
    opened_at: datetime | None
    handed_over_at: datetime | None
    ended_at: datetime | None
    ending_words: str
    reviewers: tuple[Reviewer, ...]
    frozen: FrozenReview
    threads: Mapping[str, Thread]
    """By item, in the order of the form: every question of the chosen sections that was asked."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """The chosen sections."""
        return tuple(section for section in self.frozen.questionnaire.sections if section.code in self.section_codes)

    @property
    def has_conflict_to_decide(self) -> bool:
        """Whether a reviewer waits for the economy to say now whether to go on: not while the approver reads the outcome."""
        return self.state in {PeerReviewState.INVITED, *TALKING} and any(reviewer.waits for reviewer in self.reviewers)

    def items_of(self, section: Section) -> tuple[Item, ...]:
        """Return the questions of a section that were asked; reference panels take no answer."""
        return tuple(item for item in section.items if item.code in self.threads)

    def counts(self, section: Section | None = None) -> Counts:
        """Count the questions of a section, or of all that were chosen."""
        of = {item.code for item in self.items_of(section)} if section else self.threads.keys()
        threads = [thread for code, thread in self.threads.items() if code in of]
        agreed = sum(thread.agreed is not None for thread in threads)
        touched = sum(thread.is_touched for thread in threads)
        return Counts(len(threads), agreed, touched - agreed, len(threads) - touched)

    def waiting_for(self, side: Side) -> tuple[str, ...]:
        """Name the items that wait for a side."""
        return tuple(code for code, thread in self.threads.items() if thread.waits_for(side))


def opened(session: Session, rows: Sequence[PeerReview]) -> list[OpenPeerReview]:
    """Load peer reviews in as many statements as one takes."""
    ids = [row.id for row in rows]
    frozen = {each.entry.id: each for each in sign_off.frozen_by_id(session, tuple({row.submission_id for row in rows}))}
    reviewers: dict[UUID, list[Reviewer]] = {}
    for each in queries.reviewers_of(session, ids):
        stated = each.conflict_of_interest, each.given_at, each.waits
        reviewer = Reviewer(each.id, each.user_id, each.name, each.reviewer_economy, *stated)
        reviewers.setdefault(each.peer_review_id, []).append(reviewer)
    said = _Said(
        _by_item(queries.said(session, PeerRemark, ids)),
        _by_item(queries.said(session, PeerProposal, ids)),
        _by_item(queries.said(session, PeerAgreement, ids)),
    )
    return [_open(row, frozen[row.submission_id], tuple(reviewers.get(row.id, ())), said) for row in rows]


def questions_of(section: Section, answers: Mapping[str, Answer]) -> tuple[Item, ...]:
    """Return the items of a section that take an answer and were asked."""
    return tuple(item for item in asked_items(section, answers) if not isinstance(item, ReferenceItem))


def answer_to(answer: Answer) -> str:
    """Write one answer as submissions write theirs."""
    return answers_to_text({_ANSWER: answer})


def answer_from(text: str) -> Answer:
    """Read what `answer_to` wrote."""
    return answers_from_text(text)[_ANSWER]


_Item = tuple[UUID, str]
"""A peer review, and the code of one of its questions."""


@dataclass(frozen=True, slots=True)
class _Said:
    remarks: Mapping[_Item, Sequence[PeerRemark]]
    proposals: Mapping[_Item, Sequence[PeerProposal]]
    agreements: Mapping[_Item, Sequence[PeerAgreement]]


def _by_item(rows: Sequence[queries.Row]) -> dict[_Item, list[queries.Row]]:
    """Group what was said once: to look through all of it for each question takes longer than to read it."""
    found: dict[_Item, list[queries.Row]] = {}
    for row in rows:
        found.setdefault((row.peer_review_id, row.item), []).append(row)
    return found


def _open(row: PeerReview, frozen: FrozenReview, reviewers: tuple[Reviewer, ...], said: _Said) -> OpenPeerReview:
    codes = tuple(row.sections.split())
    path = asked_sections(frozen.questionnaire, frozen.answers)
    items = [item for section in path if section.code in codes for item in questions_of(section, frozen.answers)]
    return OpenPeerReview(
        id=row.id,
        review_id=row.review_id,
        submission_id=row.submission_id,
        economy=row.economy,
        reviewer_economy=row.reviewer_economy,
        reviewer_name=row.reviewer_name,
        state=PeerReviewState(row.state),
        section_codes=codes,
        shows_evidence=row.shows_evidence,
        note=row.note,
        due_on=row.due_on,
        invited_at=clock.as_utc(row.invited_at),
        opened_at=row.opened_at,
        handed_over_at=row.handed_over_at,
        ended_at=row.ended_at,
        ending_words=row.ending_words,
        reviewers=reviewers,
        frozen=frozen,
        threads={item.code: _thread(row.id, item.code, frozen, said) for item in items},
    )


def _thread(peer_review: UUID, item: str, frozen: FrozenReview, said: _Said) -> Thread:
    signed = Position(
        0, Side.ECONOMY, frozen.answers.get(item, BLANK), "", frozen.entry.submitted_by, clock.as_utc(frozen.entry.submitted_at)
    )
    key = (peer_review, item)
    proposed = [
        Position(each.number, Side(each.side), answer_from(each.answer), each.words, each.author, clock.as_utc(each.at))
        for each in said.proposals.get(key, ())
    ]
    return Thread(
        item,
        (signed, *sorted(proposed, key=lambda position: position.number)),
        tuple(
            Agreement(each.number, Side(each.side), answer_from(each.answer), each.author, clock.as_utc(each.at))
            for each in said.agreements.get(key, ())
        ),
        tuple(Remark(Side(each.side), each.words, each.author, clock.as_utc(each.at)) for each in said.remarks.get(key, ())),
    )
