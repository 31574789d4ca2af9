"""Every statement on economies, groups, cycles and reference figures. All of it is public knowledge."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from app.economies.tables import Cycle, Economy, EconomyGroup, GroupMember, ReferenceFigure


def list_economies(session: Session) -> list[Economy]:
    """APEC's own order first, then by name."""
    order = (col(Economy.apec_order).is_(None), col(Economy.apec_order), col(Economy.short_name))
    return list(session.scalars(select(Economy).order_by(*order)))


def find_economy(session: Session, code: str) -> Economy | None:
    return session.get(Economy, code)


def list_groups(session: Session) -> list[EconomyGroup]:
    return list(session.scalars(select(EconomyGroup).order_by(col(EconomyGroup.kind), col(EconomyGroup.title))))


def list_members(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(col(GroupMember.group_code), col(GroupMember.economy)))
    return [(group, economy) for group, economy in rows]


def list_cycles(session: Session, questionnaire: str | None) -> list[Cycle]:
    statement = select(Cycle).order_by(col(Cycle.questionnaire), col(Cycle.code).desc())
    if questionnaire is not None:
        statement = statement.where(col(Cycle.questionnaire) == questionnaire)
    return list(session.scalars(statement))


def find_cycle(session: Session, questionnaire: str, code: str) -> Cycle | None:
    statement = select(Cycle).where(col(Cycle.questionnaire) == questionnaire, col(Cycle.code) == code)
    return session.scalars(statement).first()


def find_cycle_by_id(session: Session, cycle_id: UUID) -> Cycle | None:
    return session.get(Cycle, cycle_id)


def add(session: Session, row: Cycle) -> None:
    session.add(row)
    session.flush()


def replace_figures(session: Session, rows: list[dict[str, str]]) -> None:
    session.execute(delete(ReferenceFigure))
    if rows:
        session.execute(insert(ReferenceFigure), rows)


def list_series(session: Session) -> list[str]:
    return list(session.scalars(select(col(ReferenceFigure.series)).distinct()))


def list_figures(session: Session, economies: Collection[str], series: Collection[str]) -> list[ReferenceFigure]:
    """The figures of some economies, newest period first; an empty collection of series means all."""
    statement = select(ReferenceFigure).where(col(ReferenceFigure.economy).in_(economies))
    if series:
        statement = statement.where(col(ReferenceFigure.series).in_(series))
    order = (col(ReferenceFigure.series), col(ReferenceFigure.economy), col(ReferenceFigure.period).desc())
    return list(session.scalars(statement.order_by(*order)))
