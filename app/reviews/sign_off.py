"""Sign-off: the coordinator asks, the approver attests, and the answers are frozen for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.accounts.mailing.notices import Desk
from app.audit import facts
from app.audit import service as audit
from app.domain.answers import Answer, AnswerState
from app.domain.questionnaire.document import Questionnaire, Section
from app.domain.questionnaire.flow import asked_codes
from app.domain.signed_answers import answers_from_text, answers_to_text, signed_text
from app.economies import service as economies
from app.infra.language import localized
from app.kit import clock, ids
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound, NotReady, Problems
from app.kit.say import mark, say_number, sentences
from app.kit.text import has_forbidden_characters
from app.questionnaires import service as questionnaires
from app.reviews import as_read, evidence_queries, letters, queries
from app.reviews.citation import reference_of
from app.reviews.service import OpenReview, ReviewState, get_for, opened, opened_all, require_fixed_scales, with_evidence
from app.reviews.tables import Review, Submission

STATEMENT = mark(
    "I attest, on behalf of my economy, that these answers are true to the best of our knowledge on the date of signing, "
    "that the agencies concerned were consulted, and that the evidence named supports them."
)
IMPORTED = mark("Imported by an administrator; not attested by the economy.")
NOT_ATTESTED = mark("Tick the box to attest to the statement.")
LONGEST_REASON = 1_000
_HANDED_OVER = "reviews.sign_off_asked"


@dataclass(frozen=True, slots=True)
class Submitted:
    """The fact that submissions were made; later rooms score them and refresh benchmarks in the same transaction."""

    cycle_id: UUID
    submissions: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class SubmissionEntry:
    """One frozen revision, without its answers."""

    id: UUID
    review_id: UUID
    revision: int
    submitted_at: datetime
    submitted_by: str
    answers_hash: str
    statement: str
    reopen_reason: str = ""
    """Why this revision was begun, in the coordinator's words; empty for the first."""


@dataclass(frozen=True, slots=True)
class FrozenReview:
    """One frozen revision as it was signed."""

    entry: SubmissionEntry
    economy: str
    cycle: economies.CycleEntry
    questionnaire: Questionnaire
    answers: Mapping[str, Answer]

    @property
    def reference(self) -> str:
        """What this revision is called for ever."""
        cycle, entry = self.cycle, self.entry
        return reference_of(self.economy, cycle.questionnaire, cycle.code, entry.revision, entry.answers_hash)


class ChangedSinceRead(Conflict):
    """What is to be signed is not what the approver read; `items` names the questions whose answers differ."""

    code = "changed_since_read"
    title = "The answers changed since you opened this page"

    def __init__(self, items: Sequence[str]) -> None:
        detail = mark("Nothing was signed. Read what changed, then sign, or send the review back.")
        super().__init__(detail, extra={"items": list(items)})
        self.items = tuple(items)


def ask_for_sign_off(session: Session, actor: Actor, review_id: UUID, *, desk: Desk | None = None) -> None:
    """Lock the answers and hand the review to the approver; every core item must have been dealt with.

    With a desk to write at, the approvers get a mail.
    """
    row = get_for(session, actor, review_id, lock=True)
    _require(actor, Role.COORDINATOR, mark("Only the coordinator can hand a review to the approver."))
    _require_state(row, {ReviewState.DRAFT, ReviewState.REOPENED}, mark("This review was handed over already. Reload the page."))
    _require_open_cycle(session, row)
    review = opened(session, row)
    if review.missing:
        what_next = mark("Answer them, or say why you cannot.")
        raise NotReady(sentences(_still_blank(review), what_next))
    _require_something(review)
    row.sent_back_by, row.sent_back_at, row.sent_back_reason = "", None, ""
    _move(session, actor, row, ReviewState.IN_SIGN_OFF, _HANDED_OVER)
    letters.ask_for_sign_off(session, actor, row, desk)


def take_back(session: Session, actor: Actor, review_id: UUID, reason: str = "", *, desk: Desk | None = None) -> None:
    """Unlock a review that waits for sign-off: the coordinator takes it back, or the approver sends it back with a reason.

    The reason stands on the pages of the review until it is handed over again.
    """
    row = get_for(session, actor, review_id, lock=True)
    if actor.role not in {Role.COORDINATOR, Role.APPROVER}:
        raise Forbidden("Only the coordinator or the approver can unlock a review.")
    _require_state(row, {ReviewState.IN_SIGN_OFF}, mark("This review does not wait for sign-off. Reload the page."))
    is_sent_back = actor.role is Role.APPROVER
    if is_sent_back:
        words = _read_reason(reason, "send_back_reason", mark("Say in one or two sentences what has to change before you sign."))
        row.sent_back_by, row.sent_back_at, row.sent_back_reason = actor.name, clock.now(), words
    state = ReviewState.DRAFT if row.revision == 1 else ReviewState.REOPENED
    _move(session, actor, row, state, "reviews.sent_back" if is_sent_back else "reviews.sign_off_taken_back")
    if is_sent_back:
        letters.tell_sent_back(session, actor, row, desk)


def submit(
    session: Session,
    actor: Actor,
    review_id: UUID,
    *,
    attests: bool,
    read: str,
    statement: str = STATEMENT,
    desk: Desk | None = None,
) -> SubmissionEntry:
    """Attest and freeze a review, with the statement as the approver read it.

    `read` is the fingerprint (`as_read.fingerprint`) of the answers that the approver was shown: where they are others now,
    nothing is signed. The edge has asked the approver's password again before calling this.
    """
    row = get_for(session, actor, review_id, lock=True)
    review = opened(session, row)
    require_signable(actor, review)
    _require_somebody_else(session, actor, row)
    if not attests:
        problems = Problems()
        problems.add("attests", "not_attested", NOT_ATTESTED)
        problems.raise_if_any()
    if changed := as_read.changed_since(review, read):
        raise ChangedSinceRead(changed)
    entry = freeze(session, actor, row, review, statement=statement)
    facts.announce(session, Submitted(row.cycle_id, (entry.id,)))
    letters.tell_signed_off(session, actor, row, desk)
    return entry


def require_signable(actor: Actor, review: OpenReview) -> None:
    """Refuse whoever cannot sign this review now, whatever they typed: the edge asks before a password counts as a try."""
    _require(actor, Role.APPROVER, mark("Only the approver can sign a review off."))
    words = mark("This review does not wait for sign-off. Reload the page to see where it stands.")
    _require_state(review, {ReviewState.IN_SIGN_OFF}, words)
    _require_open(review.cycle)


def freeze(session: Session, actor: Actor, row: Review, review: OpenReview, *, statement: str = STATEMENT) -> SubmissionEntry:
    """Store the frozen revision of a complete review. For `submit` and the import of many, which announce it.

    `review` is what the row opens as, read in this transaction."""
    if review.missing:
        raise NotReady(_still_blank(review))
    _require_something(review)
    asked = asked_codes(review.questionnaire, review.answers)
    text = answers_to_text({code: answer for code, answer in review.answers.items() if code in asked})
    submission = Submission(
        review_id=row.id,
        revision=row.revision,
        content_hash=row.content_hash,
        answers=text,
        answers_hash=ids.sha256(signed_text(row.content_hash, text)),
        statement=statement,
        reopen_reason=row.reopen_reason if row.revision > 1 else "",
        submitted_at=clock.now(),
        submitted_by=actor.name,
        user_id=actor.user_id,
    )
    queries.add(session, submission)
    _move(
        session,
        actor,
        row,
        ReviewState.SUBMITTED,
        "reviews.submitted",
        {"revision": row.revision, "answers_hash": submission.answers_hash},
    )
    return _entry(submission)


def reopen(session: Session, actor: Actor, review_id: UUID, reason: str) -> None:
    """Begin the next revision of a submitted review; the one before stays readable and keeps its scores."""
    row = get_for(session, actor, review_id, lock=True)
    _require(actor, Role.COORDINATOR, mark("Only the coordinator can reopen a review."))
    _require_state(row, {ReviewState.SUBMITTED}, mark("Only a submitted review can be reopened."))
    require_fixed_scales(questionnaires.get_by_hash(session, row.content_hash))
    _require_open_cycle(session, row)
    words = _read_reason(reason, "reason", mark("Say in one or two sentences why the review is reopened."))
    row.revision += 1
    row.reopen_reason = words
    _move(session, actor, row, ReviewState.REOPENED, "reviews.reopened", {"revision": row.revision})


def list_submissions(session: Session, actor: Actor, review_id: UUID) -> list[SubmissionEntry]:
    """List the frozen revisions of a review, newest first."""
    row = get_for(session, actor, review_id)
    return [_entry(submission) for submission in queries.list_submissions(session, row.id)]


def get_submission(session: Session, actor: Actor, review_id: UUID, revision: int) -> FrozenReview:
    """Return a revision as it was signed; unknown and foreign ones raise NotFound."""
    row = get_for(session, actor, review_id)
    submission = queries.find_submission(session, row.id, revision)
    if submission is None:
        raise NotFound("submission")
    return _frozen_all(session, [(submission, row)])[0]


def sections_shown(session: Session, review: OpenReview) -> tuple[Section, ...]:
    """Return the sections whose scores a review may show: its own, then those of what is signed that its version has no more."""
    own = review.questionnaire.sections
    if review.revision == 1 or review.is_signed:
        return own
    signed = queries.find_submission(session, review.id, review.revision - 1)
    past = localized(questionnaires.get_by_hash(session, signed.content_hash)).sections if signed else ()
    known = {section.code for section in own}
    return (*own, *(section for section in past if section.code not in known))


def find_earlier(session: Session, actor: Actor, review: FrozenReview) -> FrozenReview | None:
    """Return what the economy signed last in the nearest earlier cycle of the same questionnaire; None where it did not."""
    found = queries.find_earlier_submission(session, actor, review.economy, review.cycle.questionnaire, review.cycle.code)
    return None if found is None else _frozen_all(session, [found])[0]


def frozen_by_id(session: Session, ids_: tuple[UUID, ...]) -> list[FrozenReview]:
    """Return frozen revisions for the rooms that score and compare them; they decide who sees what."""
    return _frozen_all(session, queries.submissions_by_id(session, ids_))


def latest_of_cycle(session: Session, cycle_id: UUID) -> list[FrozenReview]:
    """Return the last frozen revision of every review of a cycle, for the rooms that score and compare them."""
    return _frozen_all(session, queries.latest_submissions(session, cycle_id))


def signed_of_cycle(session: Session, cycle_id: UUID) -> dict[tuple[str, int], UUID]:
    """Return the id of every frozen revision of a cycle, by economy and revision, for the rooms that compare them."""
    return {(economy, revision): id_ for id_, economy, revision in queries.signed_of_cycle(session, cycle_id)}


def open_of_cycle(session: Session, cycle_id: UUID) -> list[OpenReview]:
    """Return every review of a cycle as it stands, for the command line."""
    attached = evidence_queries.attached_to_cycle(session, cycle_id)
    reviews = opened_all(session, queries.list_of_cycle(session, cycle_id))
    return [with_evidence(review, attached.get(review.id, {})) for review in reviews]


def _still_blank(review: OpenReview) -> str:
    return say_number(
        "{number} item is still blank or incomplete: {items}.",
        "{number} items are still blank or incomplete: {items}.",
        len(review.missing),
        items=", ".join(review.missing),
    )


def _require_something(review: OpenReview) -> None:
    """An empty review has nothing to attest to, and would stand among others as one that took part."""
    asked = asked_codes(review.questionnaire, review.answers)
    if all(answer.state is AnswerState.BLANK for code, answer in review.answers.items() if code in asked):
        raise NotReady("Nothing is answered yet, so there is nothing to sign. Answer at least one question.")


def _move(
    session: Session,
    actor: Actor,
    row: Review,
    state: ReviewState,
    action: str,
    detail: Mapping[str, str | int | None] | None = None,
) -> None:
    row.state = state.value
    row.updated_at = clock.now()
    session.flush()
    audit.record(session, actor, action, target_kind="review", target_id=row.id, economy=row.economy, detail=detail or {})


def _read_reason(reason: str, field: str, missing: str) -> str:
    problems = Problems()
    if not reason.strip() or len(reason) > LONGEST_REASON:
        problems.add(field, "reason_missing", missing)
    elif has_forbidden_characters(reason):
        problems.add(field, "control_characters", mark("Remove the invisible control characters from this text."))
    problems.raise_if_any()
    return reason.strip()


def _require(actor: Actor, role: Role, words: str) -> None:
    if actor.role is not role:
        raise Forbidden(words)


def _require_somebody_else(session: Session, actor: Actor, row: Review) -> None:
    """Refuse who handed the review over: one account has one role, but an administrator may have changed it since."""
    if actor.user_id is not None and audit.find_who_last(session, _HANDED_OVER, row.id) == actor.user_id:
        raise Forbidden(
            mark(
                "You handed this review over yourself, so somebody else has to sign it. Ask another approver, or send it back "
                "and let the coordinator hand it over."
            )
        )


def _require_state(review: Review | OpenReview, states: set[ReviewState], words: str) -> None:
    if ReviewState(review.state) not in states:
        raise Conflict(words)


def _require_open_cycle(session: Session, row: Review) -> None:
    _require_open(economies.get_cycle_by_id(session, row.cycle_id))


def _require_open(cycle: economies.CycleEntry) -> None:
    if not cycle.is_open:
        raise Conflict("This cycle is closed, so its reviews can no longer be signed off or reopened.")


def _entry(row: Submission) -> SubmissionEntry:
    return SubmissionEntry(
        row.id,
        row.review_id,
        row.revision,
        row.submitted_at,
        row.submitted_by,
        row.answers_hash,
        row.statement,
        row.reopen_reason,
    )


def _frozen_all(session: Session, rows: Sequence[tuple[Submission, Review]]) -> list[FrozenReview]:
    cycles = {cycle_id: economies.get_cycle_by_id(session, cycle_id) for cycle_id in {row.cycle_id for _, row in rows}}
    return [
        FrozenReview(
            entry=_entry(submission),
            economy=row.economy,
            cycle=cycles[row.cycle_id],
            questionnaire=questionnaires.get_by_hash(session, submission.content_hash),
            answers=answers_from_text(submission.answers),
        )
        for submission, row in rows
    ]
