"""Every statement on score sheets; who may see them is decided by the review that they belong to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from app.scores.tables import StoredSheet


def put_sheets(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Replace the sheets of some submissions."""
    submissions = {row["submission_id"] for row in rows}
    session.execute(delete(StoredSheet).where(col(StoredSheet.submission_id).in_(submissions)))
    session.execute(insert(StoredSheet), [dict(row) for row in rows])


def sheets_of(session: Session, submissions: Collection[UUID]) -> list[StoredSheet]:
    statement = select(StoredSheet).where(col(StoredSheet.submission_id).in_(submissions))
    return list(session.scalars(statement.order_by(col(StoredSheet.submission_id), col(StoredSheet.series))))
