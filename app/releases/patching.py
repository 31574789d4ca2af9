"""Patches: the next release of a cycle, made by itself, once something in its newest release was withdrawn or corrected."""

from __future__ import annotations

from uuid import UUID

from app.audit import service as audit
from app.economies import service as economies
from app.infra.db import Database
from app.kit.actor import Actor, Role
from app.releases import queries
from app.releases.material import collect
from app.releases.publishing import is_current, make, write
from app.releases.service import ReleaseEntry

SERVICE = Actor(user_id=None, name="The service", role=Role.ADMINISTRATOR)
"""Who patches: nobody asked for it at that moment but whoever withdrew or signed."""


def patch_due(database: Database) -> list[ReleaseEntry]:
    """Make every patch that is due. It may run twice, also at once: one of them makes the patch. One look where none is due."""
    with database.look_up() as session:
        cycles = queries.due(session)
    patched = (patch(database, cycle) for cycle in cycles)
    return [entry for entry in patched if entry is not None]


def patch(database: Database, cycle_id: UUID) -> ReleaseEntry | None:
    """Make the next patch of a cycle's newest release; None where another process did, or what is shown has changed meanwhile:
    then it stays due, and the next round makes it.
    """
    with database.read() as session:
        cycle = economies.get_cycle_by_id(session, cycle_id)
        material = collect(session, cycle.questionnaire, cycle.code, is_patch=True)
    made = make(material, may_be_empty=True)
    with database.write() as session:
        audit.take_turn(session)
        if cycle_id not in queries.due(session) or not is_current(session, material):
            return None
        return write(session, SERVICE, made, action="releases.patched")
