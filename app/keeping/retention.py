"""What is kept no longer than it should be: drafts of reviews that nobody has touched for years."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from sqlmodel import Session

from app.audit import service as audit
from app.infra.db import Database
from app.keeping import retention_queries as queries
from app.kit import clock
from app.kit.actor import Actor, Role

_log = structlog.get_logger("readiness")
THE_SERVICE = Actor(user_id=None, name="The service", role=Role.ADMINISTRATOR)


def end_old_drafts(database: Database, years: int, *, now: datetime | None = None) -> int:
    """Delete reviews that were never signed and not touched for so many years, with all that hangs on them; returns how many.

    A job: each review in a transaction of its own, so it can be stopped anywhere and run again. Their files go with the next
    sweep of files that nothing names."""
    before = _years_before(now or clock.now(), years)
    with database.read() as session:
        due = queries.untouched_drafts(session, before)
    return sum(_end(database, review_id, before) for review_id in due)


def log_head(database: Database) -> None:
    """Write the end of the record to the log, which is kept elsewhere: with it, an end that was cut off is found."""
    with database.read() as session:
        end = audit.head(session)
    _log.info("audit_head", sequence=end.sequence, hash=end.hash)


def _end(database: Database, review_id: UUID, before: datetime) -> bool:
    with database.write() as session:
        economy = queries.lock_draft(session, review_id, before)
        if economy is None:
            return False
        _delete(session, review_id, economy)
    return True


def _delete(session: Session, review_id: UUID, economy: str) -> None:
    evidence = queries.evidence_of(session, review_id)
    rows = queries.delete_with_all(session, review_id)
    queries.delete_unused_evidence(session, evidence)
    audit.record(
        session,
        THE_SERVICE,
        "reviews.draft_deleted",
        target_kind="review",
        target_id=review_id,
        economy=economy,
        detail={"rows": rows},
    )


def _years_before(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:  # on the 29th of February
        return moment.replace(year=moment.year - years, day=28)
