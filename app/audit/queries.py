"""Every statement on the audit table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, and_, column, func, insert, or_, table, true
from sqlmodel import Session, SQLModel, col, select

from app.audit.tables import AuditEvent
from app.audit.wanted import EVERYTHING, Wanted
from app.kit.actor import Actor, Role

_CHAIN_LOCK = 7_203_118_401  # any constant that no other advisory lock of ours uses
_PAGE = 1_000
_END = select(AuditEvent.sequence, AuditEvent.hash).order_by(col(AuditEvent.sequence).desc()).limit(1)
_APPEND = insert(SQLModel.metadata.tables["audit_event"])  # plain Core: an insert of the class costs three times as much
# A person's name is looked up when it is shown: the chain holds none, so that it outlives whoever is erased.
_PERSON = table("user", column("id", Uuid()), column("name", String()))
_NAME = func.coalesce(func.nullif(col(AuditEvent.actor_name), ""), _PERSON.c.name, "")
_LOCK_CHAIN = select(func.pg_advisory_xact_lock(_CHAIN_LOCK))


_NAMED = select(AuditEvent, _NAME).outerjoin(_PERSON, _PERSON.c.id == AuditEvent.actor_user_id)


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


def find_hash(session: Session, sequence: int) -> str | None:
    """Return the hash of one event; None where there is none."""
    return session.exec(select(AuditEvent.hash).where(AuditEvent.sequence == sequence)).first()


def list_for(
    session: Session, actor: Actor, *, before: int | None, limit: int, wanted: Wanted = EVERYTHING
) -> list[tuple[AuditEvent, str]]:
    """List the newest events first, each with its actor's name: administrators see all, coordinators their economy's, others
    their own."""
    found = _NAMED.where(_may_see(actor), *_conditions(wanted))
    statement = found.order_by(col(AuditEvent.sequence).desc()).limit(limit)
    if before is not None:
        statement = statement.where(AuditEvent.sequence < before)
    return [(event, name) for event, name in session.exec(statement)]


def find_last_for(session: Session, actor: Actor, action: str, target_id: str) -> tuple[AuditEvent, str] | None:
    """Find the newest event of one kind about one thing, among those that the actor may see."""
    wanted = (_may_see(actor), AuditEvent.action == action, AuditEvent.target_id == target_id)
    return session.exec(_NAMED.where(*wanted).order_by(col(AuditEvent.sequence).desc()).limit(1)).first()


def find_who_last(session: Session, action: str, target_id: str) -> UUID | None:
    """Find whose the newest event of one kind about one thing is."""
    wanted = (AuditEvent.action == action, AuditEvent.target_id == target_id)
    return session.exec(select(AuditEvent.actor_user_id).where(*wanted).order_by(col(AuditEvent.sequence).desc())).first()


def _may_see(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.ADMINISTRATOR:
        return true()
    if actor.role is Role.COORDINATOR:
        return col(AuditEvent.economy) == actor.economy
    return col(AuditEvent.actor_user_id) == actor.user_id


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.rooms:
        yield _is_of(wanted.rooms)
    if wanted.who:
        yield _NAME.icontains(wanted.who, autoescape=True)
    if wanted.target:
        in_detail = col(AuditEvent.detail).icontains(wanted.target, autoescape=True)
        is_told = ~_is_of(wanted.withheld) if wanted.withheld else true()
        yield or_(col(AuditEvent.target_id).icontains(wanted.target, autoescape=True), and_(in_detail, is_told))
    if wanted.since is not None:
        yield col(AuditEvent.at) >= wanted.since
    if wanted.until is not None:
        yield col(AuditEvent.at) < wanted.until


def _is_of(rooms: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(col(AuditEvent.action).startswith(f"{room}.", autoescape=True) for room in rooms))
