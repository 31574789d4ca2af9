"""Every statement on releases; they are public, and hold only what is."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Row, func, inspect, select
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from app.economies.tables import Cycle
from app.releases.tables import Release, ReleaseWithdrawal

_WITHOUT_CONTENT = defer(inspect(Release).attrs["content"].class_attribute)


def add_release(session: Session, row: Release) -> None:
    session.add(row)
    session.flush()


def add_withdrawals(session: Session, rows: Collection[ReleaseWithdrawal]) -> None:
    session.add_all(rows)
    session.flush()


def list_releases(session: Session, questionnaire: str | None = None, cycle: str | None = None) -> list[Row[Release, Cycle]]:
    """List releases with their cycles, without their content, the newest first in each questionnaire."""
    statement = select(Release, Cycle).join(Cycle, col(Cycle.id) == col(Release.cycle_id)).options(_WITHOUT_CONTENT)
    if questionnaire is not None:
        statement = statement.where(col(Cycle.questionnaire) == questionnaire)
    if cycle is not None:
        statement = statement.where(col(Cycle.code) == cycle)
    order = (col(Cycle.questionnaire), col(Cycle.code).desc(), col(Release.minor).desc(), col(Release.patch).desc())
    return list(session.execute(statement.order_by(*order)))


def content_of(session: Session, release: UUID) -> str:
    return session.scalars(select(col(Release.content)).where(col(Release.id) == release)).one()


def withdrawals_of(session: Session, releases: Collection[UUID]) -> list[ReleaseWithdrawal]:
    statement = select(ReleaseWithdrawal).where(col(ReleaseWithdrawal.release_id).in_(releases))
    return list(session.scalars(statement))


def stamp(session: Session) -> tuple[int, int]:
    """Return what changes with every release and every withdrawal."""
    releases = session.scalar(select(func.count()).select_from(Release)) or 0
    return releases, session.scalar(select(func.count()).select_from(ReleaseWithdrawal)) or 0
