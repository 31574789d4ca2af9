"""Every statement on economies, groups, cycles and reference figures. All of it is public knowledge."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlmodel import Session, col

from app.economies.tables import Cycle, CycleChange, Economy, EconomyGroup, GroupChange, GroupMember, ReferenceFigure

_IN_ORDER = (col(Economy.apec_order).is_(None), col(Economy.apec_order), col(Economy.short_name))
"""APEC's own order first, then by name."""


def list_economies(session: Session) -> list[Economy]:
    return list(session.scalars(select(Economy).order_by(*_IN_ORDER)))


def list_codes(session: Session) -> list[str]:
    return list(session.scalars(select(col(Economy.code)).order_by(*_IN_ORDER)))


def short_names_of(session: Session, codes: Collection[str]) -> dict[str, str]:
    rows = session.execute(select(col(Economy.code), col(Economy.short_name)).where(col(Economy.code).in_(codes)))
    return {row[0]: row[1] for row in rows}


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


def find_cycle(session: Session, questionnaire: str, code: str, *, lock: bool = False) -> Cycle | None:
    statement = select(Cycle).where(col(Cycle.questionnaire) == questionnaire, col(Cycle.code) == code)
    if lock:  # and read it anew: what the session remembers may be older than the lock
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).first()


def count_cycle_changes(session: Session, cycle_id: UUID) -> int:
    return session.scalars(select(func.count()).select_from(CycleChange).where(col(CycleChange.cycle_id) == cycle_id)).one()


def list_cycle_changes(session: Session, cycle_id: UUID) -> list[CycleChange]:
    """Newest first."""
    statement = select(CycleChange).where(col(CycleChange.cycle_id) == cycle_id)
    return list(session.scalars(statement.order_by(col(CycleChange.number).desc())))


def find_cycle_by_id(session: Session, cycle_id: UUID) -> Cycle | None:
    return session.get(Cycle, cycle_id)


def add(session: Session, row: Cycle | CycleChange | EconomyGroup | GroupChange) -> None:
    session.add(row)
    session.flush()


def find_group(session: Session, code: str, *, lock: bool = False) -> EconomyGroup | None:
    statement = select(EconomyGroup).where(col(EconomyGroup.code) == code)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).first()


def set_members(session: Session, code: str, *, added: Collection[str], removed: Collection[str]) -> None:
    if removed:
        session.execute(delete(GroupMember).where(col(GroupMember.group_code) == code, col(GroupMember.economy).in_(removed)))
    if added:
        session.execute(insert(GroupMember), [{"group_code": code, "economy": economy} for economy in added])


def count_group_changes(session: Session, code: str) -> int:
    return session.scalars(select(func.count()).select_from(GroupChange).where(col(GroupChange.group_code) == code)).one()


def list_group_changes(session: Session, code: str) -> list[GroupChange]:
    """Newest first."""
    statement = select(GroupChange).where(col(GroupChange.group_code) == code)
    return list(session.scalars(statement.order_by(col(GroupChange.number).desc())))


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
