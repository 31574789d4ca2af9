"""Every statement on the audit table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, func, insert, or_
from sqlmodel import Session, SQLModel, col, select

from app.audit.tables import AuditEvent
from app.audit.wanted import EVERYTHING, Wanted
from app.kit.actor import Actor, Role

_CHAIN_LOCK = 7_203_118_401  # any constant that no other advisory lock of ours uses
_PAGE = 1_000
_END = select(AuditEvent.sequence, AuditEvent.hash).order_by(col(AuditEvent.sequence).desc()).limit(1)
_APPEND = insert(SQLModel.metadata.tables["audit_event"])  # plain Core: an insert of the class costs three times as much
_LOCK_CHAIN = select(func.pg_advisory_xact_lock(_CHAIN_LOCK))


def lock_chain(session: Session) -> None:
    """Let one transaction at a time extend the chain; SQLite has a single writer already."""
    if session.get_bind().dialect.name == "postgresql":
        session.exec(_LOCK_CHAIN).one()


def find_end(session: Session) -> tuple[int, str] | None:
    """Return the newest sequence number and its hash."""
    return session.exec(_END).first()


def append(session: Session, values: Mapping[str, object]) -> None:
    """Add one event; every save of an answer comes through here."""
    session.execute(_APPEND, dict(values))


def each_event(session: Session) -> Iterator[AuditEvent]:
    """Walk the whole chain, a thousand rows in memory at a time."""
    last = -1
    while page := session.exec(
        select(AuditEvent).where(AuditEvent.sequence > last).order_by(col(AuditEvent.sequence)).limit(_PAGE)
    ).all():
        yield from page
        last = page[-1].sequence


def list_for(session: Session, actor: Actor, *, before: int | None, limit: int, wanted: Wanted = EVERYTHING) -> list[AuditEvent]:
    """List the newest events first: administrators see all, coordinators their economy's, others their own."""
    statement = select(AuditEvent).where(*_conditions(wanted)).order_by(col(AuditEvent.sequence).desc()).limit(limit)
    if before is not None:
        statement = statement.where(AuditEvent.sequence < before)
    if actor.role is Role.COORDINATOR:
        statement = statement.where(AuditEvent.economy == actor.economy)
    elif actor.role is not Role.ADMINISTRATOR:
        statement = statement.where(AuditEvent.actor_user_id == actor.user_id)
    return list(session.exec(statement))


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.rooms:
        yield or_(*(col(AuditEvent.action).startswith(f"{room}.", autoescape=True) for room in wanted.rooms))
    if wanted.who:
        yield col(AuditEvent.actor_name).icontains(wanted.who, autoescape=True)
    if wanted.target:
        yield or_(
            *(col(column).icontains(wanted.target, autoescape=True) for column in (AuditEvent.target_id, AuditEvent.detail))
        )
    if wanted.since is not None:
        yield col(AuditEvent.at) >= wanted.since
    if wanted.until is not None:
        yield col(AuditEvent.at) < wanted.until
