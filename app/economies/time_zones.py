"""The time zone of an economy: in it its officials read times and get their mails."""

from __future__ import annotations

from sqlmodel import Session

from app.audit import service as audit
from app.economies import queries
from app.economies.service import EconomyNames, get_economy
from app.economies.tables import Economy
from app.infra.zones import zone_names
from app.kit.actor import Actor, Role
from app.kit.errors import NotFound, Problems


def get_for(session: Session, actor: Actor, code: str) -> tuple[EconomyNames, str]:
    """Return an economy that this actor keeps, and its time zone; a foreign one looks like a missing one."""
    row = _get_for(session, actor, code)
    return get_economy(session, row.code), row.time_zone


def choices(current: str) -> tuple[str, ...]:
    """List the zones to choose from, the present one too, whatever it is."""
    known = zone_names()
    return known if current in known else (current, *known)


def change(session: Session, actor: Actor, code: str, zone: str) -> None:
    """Move an economy to another time zone: for its coordinator, and for administrators."""
    row = _get_for(session, actor, code)
    problems = Problems()
    if zone not in choices(row.time_zone):
        problems.add("time_zone", "unknown_time_zone", "Choose one of the time zones in the list.")
    problems.raise_if_any()
    before, row.time_zone = row.time_zone, zone
    session.flush()
    audit.record(
        session,
        actor,
        "economies.time_zone_changed",
        target_kind="economy",
        target_id=code,
        economy=code,
        detail={"before": before, "after": zone},
    )


def _get_for(session: Session, actor: Actor, code: str) -> Economy:
    keeps = actor.role is Role.ADMINISTRATOR or (actor.role is Role.COORDINATOR and actor.economy == code)
    row = queries.find_economy(session, code) if keeps else None
    if row is None:
        raise NotFound("economy")
    return row
