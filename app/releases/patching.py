"""Patches: the next release of a cycle, made by itself, once something in its newest release was withdrawn or corrected."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from app.audit import service as audit
from app.economies import service as economies
from app.infra.db import Database
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict
from app.releases import queries
from app.releases.publishing import gather, is_current, make, write
from app.releases.service import ReleaseEntry

SERVICE = Actor(user_id=None, name="The service", role=Role.ADMINISTRATOR)
"""Who patches: nobody asked for it at that moment but whoever withdrew or signed."""


def patch_due(database: Database) -> list[ReleaseEntry]:
    """Make every patch that is due. It may run twice, also at once: one of them makes the patch. One look where none is due.

    A cycle that cannot be patched keeps no other waiting; it is told at the end, and tried again.
    """
    with database.look_up() as session:
        cycles = queries.due(session)
    patched: list[ReleaseEntry] = []
    refused: list[Conflict] = []
    for cycle in cycles:
        try:
            entry = patch(database, cycle)
        except Conflict as refusal:
            refused.append(refusal)
        else:
            patched += [entry] if entry else []
    if refused:
        raise refused[0]
    return patched


def patch(database: Database, cycle_id: UUID) -> ReleaseEntry | None:
    """Make the next patch of a cycle's newest release; None where another process did, or what is shown has changed meanwhile:
    then it stays due, and the next round makes it.
    """
    with database.read() as session:
        cycle = economies.get_cycle_by_id(session, cycle_id)
    material = gather(database, cycle.questionnaire, cycle.code, is_patch=True)
    if material is None:
        return None
    made = make(material, may_be_empty=True)
    with database.write() as session:
        audit.take_turn(session)
        if cycle_id not in queries.due(session) or not is_current(session, material):
            return None
        return write(session, SERVICE, made, action="releases.patched")


def pending(session: Session) -> int:
    """Return how many cycles wait for a patch of their release: for the metrics."""
    return len(queries.due(session))
