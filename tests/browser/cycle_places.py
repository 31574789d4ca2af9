"""Cycles with a closing day, closed ones, invitations that wait, a review whose progress is shown, and a group of one's own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.accounts import invitations
from app.economies import cycles, groups
from app.economies import service as economies
from app.economies.groups import WantedGroup
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Role
from app.reviews import showing

if TYPE_CHECKING:
    from tests.browser.live import LiveServer

CODE = "apec-ai-review"


def cycle_places(live: LiveServer) -> dict[str, str]:
    """Make them, and name their addresses."""
    dated, closed = live.open_cycle(), live.open_cycle()
    review = live.fill_review(without="B2", cycle=dated)
    last = (clock.now() + timedelta(days=40)).date().isoformat()
    with live.database.write() as session:
        cycles.change_closing_day(session, COMMAND_LINE, CODE, dated, closes_on=last, reason="Two economies asked for more time.")
        economies.close_cycle(session, COMMAND_LINE, CODE, closed, reason="Opened by mistake.")
        showing.choose(session, live.actor(Role.COORDINATOR), review, is_shown=True)
        waiting = invitations.invite(
            session, COMMAND_LINE, email="lima@example.org", name="A Name", role=Role.COORDINATOR.value, economy="PER"
        )
        groups.make_group(session, COMMAND_LINE, "OWN", "members", "", WantedGroup("A Name", ("NZL", "PNG", "PER")))
    here = f"/admin/cycles/{CODE}/{dated}"
    return {
        "dated_cycle": here,
        "closed_by_hand": f"/admin/cycles/{CODE}/{closed}",
        "dated": str(review),
        "invitation_of_a_cycle": f"{here}/invitations/{waiting.id}/withdraw",
    }
