"""A review as its team sees it: start it, open it, know how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.audit import service as audit
from app.domain.answers import Answer
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import Progress, asked_items, progress, settled
from app.domain.questionnaire.items import Item
from app.domain.scoring.shortfall import Shortfall, shortfalls
from app.economies import service as economies
from app.economies.tables import Cycle
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound
from app.kit.say import Quoted, mark, say
from app.questionnaires import retiring
from app.questionnaires import service as questionnaires
from app.reviews import evidence_queries, queries
from app.reviews.evidence_queries import Attached
from app.reviews.saved import SavedAnswer
from app.reviews.tables import Review


class ReviewState(StrEnum):
    """Where a review stands."""

    DRAFT = "draft"
    IN_SIGN_OFF = "in_sign_off"
    SUBMITTED = "submitted"
    REOPENED = "reopened"
    CLOSED = "closed"


_STARTED_ALREADY = mark("This review was started already. Open it from the list of reviews.")
EDITABLE = frozenset({ReviewState.DRAFT, ReviewState.REOPENED})
LOCKED = frozenset(set(ReviewState) - EDITABLE)


@dataclass(frozen=True, slots=True)
class SentBack:
    """How the approver sent a review back instead of signing it."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """One review in a list."""

    id: UUID
    economy: str
    questionnaire: str
    version: str
    title: str
    cycle: economies.CycleEntry
    state: ReviewState
    revision: int
    updated_at: datetime
    done: int
    total: int
    sent_back: SentBack | None = None


@dataclass(frozen=True)
class OpenReview:
    """One review with everything that its pages show."""

    id: UUID
    economy: str
    cycle: economies.CycleEntry
    state: ReviewState
    revision: int
    reopen_reason: str
    updated_at: datetime
    questionnaire: Questionnaire
    saved: Mapping[str, SavedAnswer]
    """Every stored answer, also of items that another answer hides at present."""
    answers: Mapping[str, Answer]
    """The answers that count: those of items on the path."""
    attached: Attached = field(default_factory=dict)
    """The evidence of every item that has some, also of items without an answer."""
    sent_back: SentBack | None = None
    """Until it is handed over again."""

    @cached_property
    def progress(self) -> tuple[Progress, ...]:
        """How far each section is; counted when it is first asked for."""
        return progress(self.questionnaire, self.answers)

    @property
    def is_editable(self) -> bool:
        """Whether answers may be changed now."""
        return self.state in EDITABLE and self.cycle.is_open

    @property
    def waits_for_signature(self) -> bool:
        """Whether the approver can sign these answers now."""
        return self.state is ReviewState.IN_SIGN_OFF and self.cycle.is_open

    @property
    def is_signed(self) -> bool:
        """Whether these answers are as the approver signed them."""
        return self.state is ReviewState.SUBMITTED

    def asked_beside(self, item_code: str) -> tuple[Item, ...]:
        """Return what the section of an item asks now."""
        section = next(part for part in self.questionnaire.sections if any(item.code == item_code for item in part.items))
        return asked_items(section, self.answers)

    @property
    def missing(self) -> tuple[str, ...]:
        """Items that sign-off still waits for."""
        return tuple(code for section in self.progress for code in section.missing)

    @property
    def left_empty(self) -> tuple[Shortfall, ...]:
        """Scores of the profile that these answers would leave empty, because too few of their questions are answered."""
        return shortfalls(self.questionnaire, self.answers)

    @property
    def done(self) -> int:
        """Items dealt with."""
        return sum(section.done for section in self.progress)

    @property
    def total(self) -> int:
        """Items asked."""
        return sum(section.total for section in self.progress)


def start_review(session: Session, actor: Actor, questionnaire: str, version: str, cycle: str) -> UUID:
    """Start the actor's economy's review in a cycle; coordinators only."""
    if not (actor.is_official and actor.role is Role.COORDINATOR and actor.economy):
        raise Forbidden("Only the coordinator of an economy can start its review. Ask yours.")
    require_fixed_scales(questionnaires.get_version(session, questionnaire, version))
    return start_for(session, actor, actor.economy, questionnaire, version, cycle)


def require_fixed_scales(document: Questionnaire) -> None:
    """Refuse an official's work on an index whose scales are made from the figures of all: each score would tell of the others'
    figures, whatever they consented to. Such an index is computed from figures that are published already."""
    if document.is_relative:
        raise Conflict(
            say(
                "The scales of {title} are made from the figures of all who take part, so that scores tell of others' figures. "
                "It is computed from published figures only, which an administrator imports.",
                title=Quoted(document.code, document.title),
            )
        )


def start_for(session: Session, actor: Actor, economy: str, questionnaire: str, version: str, cycle: str) -> UUID:
    """Start an economy's review. For the command line and `start_review`, which decide who may."""
    entry = economies.get_cycle(session, questionnaire, cycle)
    document = questionnaires.get_version(session, questionnaire, version)
    retiring.must_not_be_retired(session, questionnaire, version)
    if not entry.is_open:
        raise Conflict(say("The cycle {cycle} is closed; no review can be started in it.", cycle=cycle))
    if economy not in economies.participants(session, document.participants.groups, document.participants.opt_in):
        title, participant = (Quoted(document.code, text) for text in (document.title, document.terminology.participant))
        raise Conflict(say("{title} is not addressed to this {participant}.", title=title, participant=participant))
    if queries.find_of_economy(session, entry.id, economy) is not None:
        raise Conflict(_STARTED_ALREADY)
    now = clock.now()
    row = Review(
        economy=economy,
        cycle_id=entry.id,
        version_id=questionnaires.version_id(session, questionnaire, version),
        content_hash=document.content_hash,
        created_at=now,
        updated_at=now,
    )
    try:
        queries.add(session, row)
    except IntegrityError as error:  # a colleague was faster by less than a transaction
        raise Conflict(_STARTED_ALREADY) from error
    audit.record(session, actor, "reviews.started", target_kind="review", target_id=row.id, economy=economy)
    return row.id


def get_or_start(session: Session, actor: Actor, economy: str, questionnaire: str, version: str, cycle: str) -> Review:
    """Return the row of an economy's review, started if need be; one pinned to another version is refused. For imports."""
    entry = economies.get_cycle(session, questionnaire, cycle)
    row = queries.find_of_economy(session, entry.id, economy)
    if row is None:
        start_for(session, actor, economy, questionnaire, version, cycle)
        row = queries.find_of_economy(session, entry.id, economy)
    if row is None or row.version_id != questionnaires.version_id(session, questionnaire, version):
        raise Conflict(f"The review of {economy} in this cycle answers another version. Nothing was changed.")
    return row


def list_reviews(session: Session, actor: Actor) -> list[ReviewEntry]:
    """List the reviews of the actor's economy, newest cycle first."""
    return [entry_of(review) for review in open_reviews(session, actor)]


def open_reviews(session: Session, actor: Actor) -> list[OpenReview]:
    """Open every review of the actor's economy, newest cycle first, in as many statements as one takes."""
    return opened_all(session, queries.list_for(session, actor))


def open_review(session: Session, actor: Actor, review_id: UUID) -> OpenReview:
    """Open one review; foreign and unknown ones raise NotFound alike."""
    row, cycle = _found(session, actor, review_id)
    saved, attached = evidence_queries.answers_and_pieces(session, row.economy, row.id)
    return with_evidence(_review(session, row, economies.cycle_entry(cycle), saved), attached)


def open_row(session: Session, actor: Actor, review_id: UUID, *, lock: bool = False) -> tuple[Review, OpenReview]:
    """Return a review that the actor may see, with its row, and without what is attached: saving an answer needs none of it."""
    row, cycle = _found(session, actor, review_id, lock=lock)
    return row, _review(session, row, economies.cycle_entry(cycle), queries.answers_of(session, row.id))


def with_saved(review: OpenReview, changed: Mapping[str, SavedAnswer]) -> OpenReview:
    """Return a review as it is after some answers were saved, without reading it again."""
    saved = {**review.saved, **changed}
    changed_at = max((review.updated_at, *(answer.saved_at for answer in changed.values())))
    after = replace(review, updated_at=changed_at, saved=saved, answers=_counting(review.questionnaire, saved))
    return with_evidence(after, review.attached) if review.attached else after


def answers_seen(session: Session, review: OpenReview, versions: Mapping[str, int]) -> dict[str, Answer]:
    """Return the answers that somebody saw earlier, by the versions that they name; one that never was is left out.

    Only what changed since is looked up. For rooms above: whoever holds the opened review may see its history."""
    now = {code: saved.answer for code, saved in review.saved.items() if saved.version == versions.get(code)}
    earlier = {code: version for code, version in versions.items() if code in review.saved and code not in now}
    past = queries.answers_at(session, review.id, earlier) if earlier else {}
    return now | {code: saved.answer for code, saved in past.items()}


def sections_of(session: Session, review_id: UUID) -> tuple[str, ...]:
    """Return the codes of a review's sections, for rooms above that decide themselves who may ask."""
    row = queries.find_by_id(session, review_id)
    if row is None:
        raise NotFound("review")
    return tuple(section.code for section in questionnaires.get_by_hash(session, row.content_hash).sections)


def get_for(session: Session, actor: Actor, review_id: UUID, *, lock: bool = False) -> Review:
    """Return the row of a review that the actor may see. For the use cases of this room."""
    row = queries.find_for(session, actor, review_id, lock=lock)
    if row is None:
        raise NotFound("review")
    return row


def opened(session: Session, row: Review) -> OpenReview:
    """Load what the pages of a review show."""
    saved, attached = evidence_queries.answers_and_pieces(session, row.economy, row.id)
    return with_evidence(_review(session, row, economies.get_cycle_by_id(session, row.cycle_id), saved), attached)


def with_evidence(review: OpenReview, attached: Attached) -> OpenReview:
    """Return a review with what is attached to its items, in its answers too; what is stored of an answer has none."""
    answers = {code: replace(answer, evidence=attached.get(code, ())) for code, answer in review.answers.items()}
    return replace(review, answers=answers, attached=attached)


def opened_all(session: Session, rows: Sequence[Review]) -> list[OpenReview]:
    """Load what many reviews show, in as many statements as one takes; what is attached to their items is not read."""
    cycles = {cycle.id: cycle for cycle in economies.list_cycles(session)}
    saved = queries.answers_of_many(session, [row.id for row in rows])
    return [_review(session, row, cycles[row.cycle_id], saved[row.id]) for row in rows]


def _found(session: Session, actor: Actor, review_id: UUID, *, lock: bool = False) -> tuple[Review, Cycle]:
    found = queries.find_with_cycle(session, actor, review_id, lock=lock)
    if found is None:
        raise NotFound("review")
    return found


def _review(session: Session, row: Review, cycle: economies.CycleEntry, saved: Mapping[str, SavedAnswer]) -> OpenReview:
    document = questionnaires.get_by_hash(session, row.content_hash)
    answers = _counting(document, saved)
    return OpenReview(
        id=row.id,
        economy=row.economy,
        cycle=cycle,
        state=ReviewState(row.state),
        revision=row.revision,
        reopen_reason=row.reopen_reason,
        updated_at=max((row.updated_at, *(answer.saved_at for answer in saved.values()))),
        questionnaire=document,
        saved=saved,
        answers=answers,
        sent_back=SentBack(row.sent_back_by, row.sent_back_at, row.sent_back_reason) if row.sent_back_at else None,
    )


def _counting(document: Questionnaire, saved: Mapping[str, SavedAnswer]) -> dict[str, Answer]:
    return settled(document, {code: answer.answer for code, answer in saved.items()})


def entry_of(review: OpenReview) -> ReviewEntry:
    """Return an open review as a line of a list."""
    return ReviewEntry(
        id=review.id,
        economy=review.economy,
        questionnaire=review.questionnaire.code,
        version=review.questionnaire.version,
        title=review.questionnaire.title,
        cycle=review.cycle,
        state=review.state,
        revision=review.revision,
        updated_at=review.updated_at,
        done=review.done,
        total=review.total,
        sent_back=review.sent_back,
    )
