"""Every statement on uploaded workbooks. Whose they are is part of the statement: nobody sees a colleague's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlmodel import Session, col

from app.kit.actor import Actor
from app.offline.tables import WorkbookUpload


def _of_actor(actor: Actor, review_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        col(WorkbookUpload.review_id) == review_id,
        col(WorkbookUpload.economy) == actor.economy,
        col(WorkbookUpload.user_id) == actor.user_id,
    )


def find_upload(
    session: Session, actor: Actor, review_id: UUID, upload_id: UUID, *, since: datetime, lock: bool = False
) -> WorkbookUpload | None:
    wanted = (col(WorkbookUpload.id) == upload_id, col(WorkbookUpload.created_at) > since)
    statement = select(WorkbookUpload).where(*_of_actor(actor, review_id), *wanted)
    return session.scalars(statement.with_for_update() if lock else statement).first()


def put_upload(session: Session, actor: Actor, row: WorkbookUpload) -> None:
    """Keep a person's newest upload of a review; the one before is replaced."""
    session.execute(delete(WorkbookUpload).where(*_of_actor(actor, row.review_id)))
    session.add(row)
    session.flush()


def put_outcome(session: Session, row: WorkbookUpload, kept: str, *, changed: int, replaced: int, left: int) -> None:
    """Empty an upload but for what is to be corrected, and keep what became of it."""
    row.content, row.changed, row.replaced, row.left = kept, changed, replaced, left
    session.flush()


def delete_upload(session: Session, row: WorkbookUpload) -> None:
    session.delete(row)
    session.flush()


def delete_before(session: Session, moment: datetime) -> int:
    rows = session.scalars(
        delete(WorkbookUpload).where(col(WorkbookUpload.created_at) <= moment).returning(col(WorkbookUpload.id))
    )
    return len(rows.all())
