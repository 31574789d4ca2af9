"""A workbook brought back: recognised, compared with what is stored, and applied once its reader has seen every change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.domain.benchmark.over_time.lineage import carried_pairs
from app.domain.questionnaire.document import Questionnaire
from app.domain.reading import raw_of
from app.infra.catalogs import Language
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict, FieldProblem, Invalid, NotFound
from app.kit.say import Quoted, mark, say
from app.offline import comparison, queries
from app.offline.comparison import Comparison, Now, Origin, Outcome
from app.offline.container import refusal
from app.offline.layout import Manifest, keys_of
from app.offline.reading import ReadWorkbook
from app.offline.tables import WorkbookUpload
from app.offline.vocabulary import vocabulary_of
from app.reviews import answering
from app.reviews import service as reviews
from app.reviews.answering import Entry
from app.reviews.service import OpenReview

KEPT_HOURS = 24
_TAKEN = frozenset({Outcome.CHANGE, Outcome.CONFLICT})


class ChangedSince(Conflict):
    """What a dry run showed is no longer so; nothing was applied."""

    code = "workbook_outdated"

    def __init__(self) -> None:
        words = mark(
            "A colleague saved answers since this page was made, so nothing was applied. The list below is up to date: look "
            "through it once more, then apply."
        )
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class DryRun:
    """An uploaded workbook beside its review. Without consent there is a comparison all the same, to say how much compares."""

    id: UUID
    review: OpenReview
    source: Questionnaire
    source_revision: int
    downloaded_at: str
    comparison: Comparison
    needs_consent: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """How many answers were changed, how many of a colleague's were replaced, and how many were left as they are."""

    changed: int
    replaced: int
    left: int


def open_for_upload(session: Session, actor: Actor, review_id: UUID) -> OpenReview:
    """Open a review whose answers may be changed; raises Conflict where they are locked."""
    review = reviews.open_review(session, actor, review_id)
    if not review.is_editable:
        raise Conflict(
            "The answers of this review are locked at present, so no workbook can be brought back. The coordinator can take "
            "the review back, or reopen it while the cycle is open."
        )
    return review


def receive(session: Session, actor: Actor, review_id: UUID, workbook: ReadWorkbook) -> UUID:
    """Keep what a workbook says until its reader decides, for a day at most. Raises Invalid for one that does not belong here."""
    review = open_for_upload(session, actor, review_id)
    _recognise(session, actor, review, workbook)
    forget_expired(session)
    if actor.user_id is None:
        raise NotFound("review")
    row = WorkbookUpload(
        review_id=review.id,
        economy=review.economy,
        user_id=actor.user_id,
        content=workbook.model_dump_json(),
        created_at=clock.now(),
    )
    queries.put_upload(session, actor, row)
    _record(session, actor, review, "reviews.workbook_uploaded", {"rows": len(workbook.rows)})
    return row.id


def outcome(session: Session, actor: Actor, review_id: UUID, upload_id: UUID) -> Applied | None:
    """Return what became of an uploaded workbook; None while it waits for a decision."""
    return _applied(_get(session, actor, review_id, upload_id))


def dry_run(session: Session, actor: Actor, review_id: UUID, upload_id: UUID, languages: Sequence[Language]) -> DryRun:
    """Compare an uploaded workbook with what is stored now."""
    row = _get(session, actor, review_id, upload_id)
    return _dry_run(session, actor, row, languages)


def left_out(session: Session, actor: Actor, review_id: UUID, upload_id: UUID, languages: Sequence[Language]) -> DryRun | None:
    """Compare what an applied workbook held in cells that could not be read; None where there are none."""
    row = _get(session, actor, review_id, upload_id)
    if not row.content:
        return None
    return _compared(session, actor, row, reviews.open_review(session, actor, review_id), languages)


def agree(session: Session, actor: Actor, review_id: UUID, upload_id: UUID) -> None:
    """Compare a workbook of another revision or review: its reader asks for it."""
    row = _get(session, actor, review_id, upload_id, lock=True)
    row.has_consent = True
    session.flush()
    review = reviews.open_review(session, actor, review_id)
    _record(session, actor, review, "reviews.workbook_merge_agreed", {})


def discard(session: Session, actor: Actor, review_id: UUID, upload_id: UUID) -> None:
    """Forget an uploaded workbook; no answer changes."""
    row = _get(session, actor, review_id, upload_id, lock=True)
    review = reviews.open_review(session, actor, review_id)
    queries.delete_upload(session, row)
    _record(session, actor, review, "reviews.workbook_discarded", {})


def apply(
    session: Session,
    actor: Actor,
    review_id: UUID,
    upload_id: UUID,
    chosen: Mapping[str, int],
    languages: Sequence[Language],
) -> Applied:
    """Save the chosen answers of a workbook, all or none. `chosen`: each question with the version of the stored answer that was
    shown beside it (0: none). Raises ChangedSince where one of them is another by now, or no longer offered."""
    row = _get(session, actor, review_id, upload_id, lock=True)
    done = _applied(row)
    if done is not None:  # the button was pressed twice
        return done
    run = _dry_run(session, actor, row, languages)
    if run.needs_consent:
        raise NotFound("workbook")
    if not chosen:
        raise Invalid([FieldProblem("take", "missing", mark("Tick at least one change, or discard the workbook."))])
    offered = {line.item: line for line in run.comparison.lines if line.outcome in _TAKEN and line.mine is not None}
    if any(code not in offered or offered[code].version != version for code, version in chosen.items()):
        raise ChangedSince
    entries = {code: Entry(raw_of(mine), chosen[code]) for code in chosen if (mine := offered[code].mine) is not None}
    saved = answering.save_entries(session, actor, review_id, entries)
    if saved.problems or saved.conflicts:
        raise ChangedSince
    applied = Applied(
        changed=len(saved.changed),
        replaced=sum(offered[code].outcome is Outcome.CONFLICT for code in chosen),
        left=len(offered) - len(chosen),
    )
    queries.put_outcome(
        session, row, _to_correct(row, run), changed=applied.changed, replaced=applied.replaced, left=applied.left
    )
    _record(session, actor, run.review, "reviews.workbook_applied", asdict(applied))
    return applied


def forget_expired(session: Session) -> int:
    """Delete uploads that nobody decided on within a day. May run at any time, and twice."""
    return queries.delete_before(session, clock.now() - timedelta(hours=KEPT_HOURS))


def _get(session: Session, actor: Actor, review_id: UUID, upload_id: UUID, *, lock: bool = False) -> WorkbookUpload:
    since = clock.now() - timedelta(hours=KEPT_HOURS)
    row = queries.find_upload(session, actor, review_id, upload_id, since=since, lock=lock)
    if row is None:
        raise NotFound("workbook")
    return row


def _applied(row: WorkbookUpload) -> Applied | None:
    if row.changed is None or row.replaced is None or row.left is None:
        return None
    return Applied(row.changed, row.replaced, row.left)


def _to_correct(row: WorkbookUpload, run: DryRun) -> str:
    """Return what of an upload is kept once it is applied: the questions of the cells that could not be read."""
    codes = {line.item for line in run.comparison.of(Outcome.PROBLEM)}
    sources = {source for code, source in _pairs(run.source, run.review.questionnaire).items() if code in codes}
    return ReadWorkbook.model_validate_json(row.content).only(sources).model_dump_json() if sources else ""


def _dry_run(session: Session, actor: Actor, row: WorkbookUpload, languages: Sequence[Language]) -> DryRun:
    review = open_for_upload(session, actor, row.review_id)
    if not row.content or _applied(row) is not None:
        raise NotFound("workbook")
    return _compared(session, actor, row, review, languages)


def _compared(session: Session, actor: Actor, row: WorkbookUpload, review: OpenReview, languages: Sequence[Language]) -> DryRun:
    workbook = ReadWorkbook.model_validate_json(row.content)
    origin, source = _recognise(session, actor, review, workbook)
    seen = None if origin is Origin.REVIEW else reviews.answers_seen(session, review, workbook.seen)
    now = Now(review.questionnaire, review.saved, seen, _pairs(source, review.questionnaire))
    return DryRun(
        id=row.id,
        review=review,
        source=source,
        source_revision=workbook.manifest.revision,
        downloaded_at=workbook.manifest.downloaded_at,
        comparison=comparison.compare(workbook, vocabulary_of(source, languages), now, origin),
        needs_consent=origin is not Origin.SAME and not row.has_consent,
    )


def _recognise(session: Session, actor: Actor, review: OpenReview, workbook: ReadWorkbook) -> tuple[Origin, Questionnaire]:
    """Tell where a workbook comes from; raises Invalid for one that may not or cannot be compared with this review.

    What it says of itself is believed only as far as the actor's own reviews bear it out, so nothing is learnt about others."""
    other = _source_of(session, actor, review, workbook.manifest)
    _require_unaltered(workbook, other)
    if other.questionnaire.code != review.questionnaire.code:
        title = Quoted(other.questionnaire.code, other.questionnaire.title)
        message = say("This workbook is of another questionnaire: {title}. Upload it on the page of that review.", title=title)
        raise refusal("workbook_of_another_questionnaire", message)
    if other.id != review.id:
        return Origin.REVIEW, other.questionnaire
    is_same = workbook.manifest.revision == review.revision
    return Origin.SAME if is_same else Origin.REVISION, other.questionnaire


def _source_of(session: Session, actor: Actor, review: OpenReview, said: Manifest) -> OpenReview:
    """Return the review that a workbook says it was downloaded from, if it is one of the actor's economy."""
    other = review if said.review == review.id else _own_review(session, actor, said.review)
    if other is None or other.economy != review.economy or said.economy != review.economy:
        words = mark(
            "This workbook was not downloaded from a review of your economy. Download one from this page, and copy your answers "
            "into it."
        )
        raise refusal("workbook_of_elsewhere", words)
    return other


def _require_unaltered(workbook: ReadWorkbook, source: OpenReview) -> None:
    """Refuse a workbook that nobody has filled in, and one whose rows are not those of the version that it names."""
    belongs = workbook.manifest.content_hash == source.questionnaire.content_hash
    keys = keys_of(source.questionnaire)
    if belongs and workbook.unfilled & keys:
        words = mark(
            "Nothing is filled in yet in this workbook, and nothing was changed here. Write into its yellow cells, save it, and "
            "upload it again."
        )
        raise refusal("workbook_not_filled_in", words)
    if not belongs:  # as after the review was moved
        words = mark(
            "This workbook is of another version of the questionnaire than the review answers now, or its hidden sheet was "
            "changed. Download a new workbook, and copy your answers into it."
        )
        raise refusal("workbook_altered", words)
    if not workbook.rows.keys() & keys:
        words = mark(
            "The hidden sheet of this workbook and its rows do not belong together any more. Download a new workbook, and copy "
            "your answers into it."
        )
        raise refusal("workbook_altered", words)


def _own_review(session: Session, actor: Actor, review_id: UUID) -> OpenReview | None:
    try:
        return reviews.open_review(session, actor, review_id)
    except NotFound:
        return None


def _pairs(source: Questionnaire, target: Questionnaire) -> Mapping[str, str]:
    """Return the code of the workbook's question by the code here, for those whose answers may be read as answers here."""
    if source.content_hash == target.content_hash:
        return {code: code for code in target.items}
    return carried_pairs(source, target)


def _record(session: Session, actor: Actor, review: OpenReview, action: str, counts: Mapping[str, int]) -> None:
    audit.record(session, actor, action, target_kind="review", target_id=review.id, economy=review.economy, detail=dict(counts))
