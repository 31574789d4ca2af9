"""Every statement on releases; they are public, and hold only what is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, delete, func, inspect, select
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from app.economies.tables import Cycle
from app.releases.tables import PatchDue, Release, ReleaseWithdrawal

_ENTRY = tuple(defer(inspect(Release).attrs[name].class_attribute) for name in ("content", "holds", "sealed"))
"""A list of releases leaves out what is long."""


def add_release(session: Session, row: Release) -> None:
    session.add(row)
    session.flush()


def add_withdrawals(session: Session, rows: Collection[ReleaseWithdrawal]) -> None:
    session.add_all(rows)
    session.flush()


def list_releases(session: Session, questionnaire: str | None = None, cycle: str | None = None) -> list[Row[Release, Cycle]]:
    """List releases with their cycles, without their content, the newest first in each questionnaire."""
    statement = select(Release, Cycle).join(Cycle, col(Cycle.id) == col(Release.cycle_id)).options(*_ENTRY)
    if questionnaire is not None:
        statement = statement.where(col(Cycle.questionnaire) == questionnaire)
    if cycle is not None:
        statement = statement.where(col(Cycle.code) == cycle)
    order = (
        *(col(Cycle.questionnaire), col(Cycle.opened_on).desc(), col(Cycle.id).desc()),
        *(col(Release.minor).desc(), col(Release.patch).desc()),
    )
    return list(session.execute(statement.order_by(*order)))


def newest_of(session: Session, cycle_id: UUID) -> Release | None:
    """The newest release of a cycle, without what is long."""
    statement = select(Release).where(col(Release.cycle_id) == cycle_id).options(*_ENTRY)
    return session.scalars(statement.order_by(col(Release.minor).desc(), col(Release.patch).desc()).limit(1)).first()


def held_of(session: Session, cycle_id: UUID) -> list[Row[UUID, datetime, int, str]]:
    """Whose scores each release of a cycle holds, the newest first."""
    statement = select(col(Release.id), col(Release.released_at), col(Release.patch), col(Release.holds))
    order = (col(Release.minor).desc(), col(Release.patch).desc())
    return list(session.execute(statement.where(col(Release.cycle_id) == cycle_id).order_by(*order)))


def holdings_of(session: Session, releases: Collection[UUID]) -> dict[UUID, str]:
    """Whose scores each of these releases holds."""
    statement = select(col(Release.id), col(Release.holds)).where(col(Release.id).in_(releases))
    return {row[0]: row[1] for row in session.execute(statement)}


def published_by(session: Session) -> dict[UUID, str]:
    """Who published each release."""
    return {row[0]: row[1] for row in session.execute(select(col(Release.id), col(Release.released_by)))}


def sealed_of(session: Session, release: UUID) -> str:
    return session.scalars(select(col(Release.sealed)).where(col(Release.id) == release)).one()


def add_due(session: Session, cycle_id: UUID, since: datetime) -> None:
    if session.get(PatchDue, cycle_id) is None:
        session.add(PatchDue(cycle_id=cycle_id, since=since))
        session.flush()


def forget_due(session: Session, cycle_id: UUID) -> None:
    session.execute(delete(PatchDue).where(col(PatchDue.cycle_id) == cycle_id))


def due(session: Session) -> list[UUID]:
    """The cycles that wait for a patch, those that wait longest first."""
    return list(session.scalars(select(col(PatchDue.cycle_id)).order_by(col(PatchDue.since), col(PatchDue.cycle_id))))


def content_of(session: Session, release: UUID) -> str:
    return session.scalars(select(col(Release.content)).where(col(Release.id) == release)).one()


def withdrawals_of(session: Session, releases: Collection[UUID]) -> list[ReleaseWithdrawal]:
    statement = select(ReleaseWithdrawal).where(col(ReleaseWithdrawal.release_id).in_(releases))
    return list(session.scalars(statement))


def stamp(session: Session) -> tuple[int, int]:
    """Return what changes with every release and every withdrawal."""
    releases = session.scalar(select(func.count()).select_from(Release)) or 0
    return releases, session.scalar(select(func.count()).select_from(ReleaseWithdrawal)) or 0
