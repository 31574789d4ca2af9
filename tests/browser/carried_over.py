"""A review that takes over what the economy signed last time, where a question reads differently now."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from app.economies import service as economies
from app.kit.actor import COMMAND_LINE, Role
from app.questionnaires import service as questionnaires
from app.reviews import answering, sign_off
from app.reviews import service as reviews
from app.reviews.answering import Entry
from tests.scenarios import COMPLETE, SMALL, document

if TYPE_CHECKING:
    from tests.browser.live import LiveServer

REWORDED = SMALL.replace('version: "2026.1"', 'version: "2027.1"').replace("Is there a law?", "Is there a law in force?")


def carried_over(live: LiveServer) -> UUID:
    """Sign the review of one cycle and start that of the next."""
    earlier = _started(live, SMALL, "2026")
    with live.database.write() as session:
        for code, raw in COMPLETE.items():
            answering.save_answer(session, live.actor(Role.CONTRIBUTOR), earlier, code, Entry(raw, 0))
        sign_off.ask_for_sign_off(session, live.actor(Role.COORDINATOR), earlier)
    live.submit(earlier)
    return _started(live, REWORDED, "2027")


def _started(live: LiveServer, source: str, cycle: str) -> UUID:
    small = document(source)
    with live.database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, small)
        economies.open_cycle(session, COMMAND_LINE, small.code, cycle)
        return reviews.start_review(session, live.actor(Role.COORDINATOR), small.code, small.version, cycle)
