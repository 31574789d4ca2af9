"""Every statement of keeping that is not about whole tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import and_
from sqlmodel import Session, SQLModel, col, select

from app.audit.tables import AuditEvent
from app.evidence.tables import EvidenceVersion, StoredFile
from app.infra import frozen, wall
from app.questionnaires.tables import QuestionnaireVersion as Version
from app.releases.tables import Release
from app.reviews.tables import Submission

_FEW = 20


def count_tables() -> int:
    """Return how many tables there are."""
    return len(SQLModel.metadata.tables)


def faults_of_database(session: Session) -> Iterator[str]:
    """Name guards and walls that do not stand; on SQLite, what is wrong with its file, and rows that point to none."""
    connection = session.connection()
    yield from (f"the trigger {name} is gone" for name in frozen.fallen(connection))
    yield from (f"row-level security of {table} is off" for table in wall.fallen(connection))
    if connection.dialect.name != "sqlite":
        return
    yield from (fault for (fault,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_FEW})") if fault != "ok")
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_FEW):
        yield f"row {row[1]} of {row[0]} points to none of {row[2]}"


def each_version(session: Session) -> Iterator[Version]:
    """Walk over the published versions."""
    yield from session.scalars(select(Version).execution_options(yield_per=10))


def each_submission(session: Session) -> Iterator[Submission]:
    """Walk over the signed revisions."""
    yield from session.scalars(select(Submission).execution_options(yield_per=50))


def recorded_signatures(session: Session) -> dict[tuple[str, int], str]:
    """Return the hash that the record of who did what names for each revision (review, number) that was ever signed."""
    signed = select(AuditEvent.target_id, AuditEvent.detail).where(AuditEvent.action == "reviews.submitted")
    read = ((review, json.loads(detail)) for review, detail in session.exec(signed))
    return {(review, int(detail["revision"])): str(detail["answers_hash"]) for review, detail in read}


def each_release(session: Session) -> Iterator[Release]:
    """Walk over the releases."""
    yield from session.scalars(select(Release).execution_options(yield_per=5))


def evidence_without_file(session: Session) -> list[tuple[UUID, int]]:
    """List versions of evidence whose file no row keeps."""
    same = and_(col(StoredFile.economy) == EvidenceVersion.economy, col(StoredFile.sha256) == EvidenceVersion.sha256)
    statement = select(EvidenceVersion.evidence_id, EvidenceVersion.version).outerjoin(StoredFile, same)
    missing = statement.where(col(EvidenceVersion.sha256) != "", col(StoredFile.sha256).is_(None))
    return [(evidence_id, version) for evidence_id, version in session.exec(missing)]
