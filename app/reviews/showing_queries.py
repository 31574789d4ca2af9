"""Every statement on whether administrators see how far a review is; whose review it is, or that it is shown, is part of each."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.reviews.tables import ProgressShowing, Review

_OTHER = aliased(ProgressShowing)
_NEWEST = select(func.max(col(_OTHER.number))).where(col(_OTHER.review_id) == col(ProgressShowing.review_id)).scalar_subquery()


def find_newest(session: Session, economy: str, review_id: UUID) -> ProgressShowing | None:
    """The choice that counts now, of an economy's own review."""
    statement = select(ProgressShowing).where(
        col(ProgressShowing.review_id) == review_id, col(ProgressShowing.economy) == economy
    )
    return session.scalars(statement.order_by(col(ProgressShowing.number).desc()).limit(1)).first()


def add(session: Session, row: ProgressShowing) -> None:
    """Append a choice."""
    session.add(row)
    session.flush()


def shown_of_cycle(session: Session, cycle_id: UUID) -> list[Review]:
    """The reviews of a cycle that are shown; of all others nothing is read."""
    return list(session.scalars(_shown(select(Review)).where(col(Review.cycle_id) == cycle_id)))


def shown_economies(session: Session, cycles: Collection[UUID]) -> list[tuple[UUID, str]]:
    """The economies whose reviews are shown, by cycle."""
    statement = _shown(select(Review)).with_only_columns(col(Review.cycle_id), col(Review.economy))
    return [(row[0], row[1]) for row in session.execute(statement.where(col(Review.cycle_id).in_(cycles)))]


def _shown(statement: Select[Review]) -> Select[Review]:
    return statement.join(ProgressShowing, col(ProgressShowing.review_id) == col(Review.id)).where(
        col(ProgressShowing.is_shown), col(ProgressShowing.number) == _NEWEST
    )
