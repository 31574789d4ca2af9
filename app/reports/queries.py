"""Every statement on reports. An economy's own are found by its economy only, so missing and foreign look alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col

from app.benchmarks.tables import Cell
from app.economies.tables import Cycle
from app.releases.tables import Release
from app.reports.tables import Report, ReportFile
from app.reviews.tables import Review, Submission
from app.scores.tables import StoredSheet

_REPORT = SQLModel.metadata.tables["report"]
_ADD = {
    "sqlite": sqlite.insert(_REPORT).on_conflict_do_nothing(index_elements=["inputs"]),
    "postgresql": postgresql.insert(_REPORT).on_conflict_do_nothing(index_elements=["inputs"]),
}


def add_unless_there(session: Session, row: Mapping[str, object]) -> None:
    """Two who ask for the same at once get the same report."""
    session.execute(_ADD[session.get_bind().dialect.name], dict(row))


def find_by_inputs(session: Session, inputs: str) -> Report | None:
    return session.scalars(select(Report).where(col(Report.inputs) == inputs)).first()


def find_own(session: Session, economy: str, submission: UUID, report: UUID) -> Report | None:
    statement = select(Report).where(
        col(Report.id) == report,
        col(Report.kind) == "own",
        col(Report.economy) == economy,
        col(Report.submission_id) == submission,
    )
    return session.scalars(statement).first()


def list_own(session: Session, economy: str, submission: UUID) -> list[Report]:
    statement = select(Report).where(
        col(Report.kind) == "own",
        col(Report.economy) == economy,
        col(Report.submission_id) == submission,
        col(Report.state) == "done",
    )
    return list(session.scalars(statement.order_by(col(Report.finished_at).desc(), col(Report.id))))


def find_of_kind(session: Session, kind: str, report: UUID) -> Report | None:
    """Find a report that is nobody's own."""
    return session.scalars(select(Report).where(col(Report.id) == report, col(Report.kind) == kind)).first()


def list_papers(session: Session) -> list[Report]:
    statement = select(Report).where(col(Report.kind) == "paper")
    return list(session.scalars(statement.order_by(col(Report.asked_at).desc(), col(Report.id).desc())))


def files_of(session: Session, reports: Collection[UUID]) -> list[ReportFile]:
    statement = select(ReportFile).where(col(ReportFile.report_id).in_(reports))
    return list(session.scalars(statement.order_by(col(ReportFile.report_id), col(ReportFile.name))))


def submission_of(session: Session, submission: UUID) -> tuple[UUID, str, int, UUID]:
    """Return the review, economy, revision and cycle of a submission."""
    statement = (
        select(col(Review.id), col(Review.economy), col(Submission.revision), col(Review.cycle_id))
        .join(Review, col(Review.id) == col(Submission.review_id))
        .where(col(Submission.id) == submission)
    )
    review, economy, revision, cycle = session.execute(statement).one()
    return review, economy, revision, cycle


def release_of(session: Session, release: UUID) -> tuple[str, str]:
    """Return the questionnaire and the number of a release."""
    statement = select(Cycle, Release).join(Release, col(Release.cycle_id) == col(Cycle.id)).where(col(Release.id) == release)
    cycle, row = session.execute(statement).one()
    return cycle.questionnaire, f"{cycle.code}.{row.minor}.{row.patch}"


def own_stamp(session: Session, submission: UUID, cycle: UUID) -> tuple[list[tuple[str, str, datetime]], datetime | None]:
    """Return when each sheet of a submission was computed, and when what is shown of its cycle last changed."""
    sheets = select(col(StoredSheet.series), col(StoredSheet.method_version), col(StoredSheet.computed_at)).where(
        col(StoredSheet.submission_id) == submission
    )
    found = sorted((series, method, at) for series, method, at in session.execute(sheets))
    shown = select(func.max(col(Cell.refreshed_at))).where(col(Cell.cycle_id) == cycle)
    return found, session.scalar(shown)


def is_any_due(session: Session, stale_before: datetime) -> bool:
    statement = select(col(Report.id)).where(_due(stale_before)).limit(1)
    return session.scalar(statement) is not None


def take(session: Session, now: datetime, stale_before: datetime) -> Report | None:
    """Take the report that waits longest, or that somebody left unfinished; others that look at once leave it alone."""
    wanted = select(Report).where(_due(stale_before)).order_by(col(Report.asked_at), col(Report.id)).limit(1)
    row = session.scalars(wanted.with_for_update(skip_locked=True)).first()
    if row is not None:
        row.state, row.attempts, row.touched_at, row.progress, row.step = "running", row.attempts + 1, now, 0, "reading"
        session.flush()
    return row


def _due(stale_before: datetime) -> ColumnElement[bool]:
    queued = col(Report.state) == "queued"
    left = (col(Report.state) == "running") & (col(Report.touched_at) < stale_before)
    return queued | left


def put(session: Session, report: UUID, attempt: int, values: Mapping[str, object]) -> bool:
    """Change a report that this attempt still builds; tells whether it does."""
    statement = update(Report).where(col(Report.id) == report, col(Report.state) == "running", col(Report.attempts) == attempt)
    result = session.connection().execute(statement.values(**values))
    return result.rowcount == 1


def queue_again(session: Session, report: UUID, now: datetime) -> None:
    values = {"state": "queued", "progress": 0, "step": "waiting", "attempts": 0, "asked_at": now, "touched_at": now}
    session.execute(update(Report).where(col(Report.id) == report, col(Report.state) == "failed").values(**values))


def asked_again(session: Session, report: UUID, now: datetime) -> None:
    session.execute(update(Report).where(col(Report.id) == report).values(asked_at=now))


def add_files(session: Session, rows: Collection[Mapping[str, object]]) -> None:
    session.execute(insert(ReportFile), [dict(row) for row in rows])


def list_done(session: Session) -> list[Report]:
    return list(session.scalars(select(Report).where(col(Report.state).in_(("done", "failed"))).order_by(col(Report.id))))


def forget(session: Session, report: UUID) -> list[str]:
    """Remove a report; returns the contents that nothing names any more."""
    hashes = {row.sha256 for row in files_of(session, [report])}
    session.execute(delete(ReportFile).where(col(ReportFile.report_id) == report))
    session.execute(delete(Report).where(col(Report.id) == report))
    still = set(session.scalars(select(col(ReportFile.sha256)).where(col(ReportFile.sha256).in_(hashes))))
    return sorted(hashes - still)


def is_named(session: Session, digest: str) -> bool:
    return bool(session.scalar(select(exists().where(col(ReportFile.sha256) == digest))))
