"""Who of another party reads what an economy has not published is recorded: once an hour, and before it is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import time_machine

from app.audit import readings
from app.audit import service as audit
from app.infra.db import Database
from app.kit import ids
from app.kit.actor import COMMAND_LINE, Actor, Role


def test_a_reading_is_recorded_once_an_hour_for_each_person_and_thing(database: Database) -> None:
    ana, ben = (Actor(ids.new_id(), name, Role.PEER_REVIEWER) for name in ("Ana", "Ben"))
    here, there = ids.new_id(), ids.new_id()

    def read(actor: Actor, what: UUID) -> None:
        readings.record_once(database, actor, "tests.read", target_kind="peer_review", target_id=what, economy="NZL")

    with time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=UTC), tick=False) as clock:
        for actor, what in ((ana, here), (ana, here), (ana, there), (ben, here)):
            read(actor, what)
        clock.shift(timedelta(minutes=61))
        read(ana, here)

    with database.read() as session:
        events = audit.list_events(session, COMMAND_LINE)
    assert [(event.actor_user_id, event.target_id) for event in reversed(events)] == [
        (ana.user_id, str(here)),
        (ana.user_id, str(there)),
        (ben.user_id, str(here)),
        (ana.user_id, str(here)),
    ]
