"""Statements that end old drafts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, delete
from sqlmodel import Session, SQLModel, col, select

from app.evidence.tables import EvidenceRow, EvidenceVersion
from app.reviews.tables import Review, Submission


def untouched_drafts(session: Session, before: datetime) -> list[UUID]:
    """List reviews that were never signed and not touched since a moment."""
    return list(session.exec(select(Review.id).where(*_is_old_draft(before))))


def lock_draft(session: Session, review_id: UUID, before: datetime) -> str | None:
    """Hold a review for deleting, and return its economy; None where somebody touched it meanwhile, or it is gone."""
    statement = select(Review.economy).where(Review.id == review_id, *_is_old_draft(before)).with_for_update()
    return session.exec(statement).first()


def evidence_of(session: Session, review_id: UUID) -> list[UUID]:
    """List the evidence that a review's answers named, ever."""
    links = SQLModel.metadata.tables["answer_evidence"]
    return list(session.execute(select(links.c.evidence_id).where(links.c.review_id == review_id)).scalars())


def delete_with_all(session: Session, review_id: UUID) -> int:
    """Delete a review and every row that points to it, or to one that does; returns how many rows there were."""
    reviews = SQLModel.metadata.tables["review"]
    return _delete(session, reviews, reviews.c.id == review_id)


def delete_unused_evidence(session: Session, evidence: Collection[UUID]) -> None:
    """Delete those pieces of evidence that no answer of any review names any more."""
    links = SQLModel.metadata.tables["answer_evidence"]
    used = set(session.execute(select(links.c.evidence_id).where(links.c.evidence_id.in_(evidence))).scalars())
    unused = set(evidence) - used
    session.exec(delete(EvidenceVersion).where(col(EvidenceVersion.evidence_id).in_(unused)))
    session.exec(delete(EvidenceRow).where(col(EvidenceRow.id).in_(unused)))


def _is_old_draft(before: datetime) -> tuple[ColumnElement[bool], ...]:
    is_signed = select(Submission.id).where(col(Submission.review_id) == Review.id).exists()
    return col(Review.updated_at) < before, ~is_signed


def _delete(session: Session, found: Table, condition: ColumnElement[bool]) -> int:
    count = 0
    for child in SQLModel.metadata.sorted_tables:
        for key in child.foreign_keys:
            if key.column.table is found and child is not found:
                parents: Select[tuple[object]] = select(key.column).where(condition)
                count += _delete(session, child, key.parent.in_(parents))
    deleted = session.execute(delete(found).where(condition))
    return count + int(getattr(deleted, "rowcount", 0))
