"""A cycle with releases, of which an economy has withdrawn a score since: for the administrators' pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.domain.benchmark.consent import Audience
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE
from app.releases import patching, publishing
from app.reviews import sign_off

if TYPE_CHECKING:
    from tests.browser.live import LiveServer


def release_places(live: LiveServer, questionnaire: str, members: tuple[str, ...]) -> dict[str, str]:
    """Publish a release, withdraw from it, patch it, and name the addresses."""
    cycle = live.open_cycle()
    live.share(members, cycle, Audience.PUBLIC)
    with live.database.write() as session:
        # What people type is not translated: tests/web/test_pseudo_language.py.
        publishing.publish_release(session, COMMAND_LINE, questionnaire, cycle, note="zzz")
        cycle_id = economies.get_cycle(session, questionnaire, cycle).id
        leaving = sign_off.latest_of_cycle(session, cycle_id)[0]
        nothing = {section.code: Audience.PRIVATE for section in leaving.questionnaire.sections}
        consents.give(session, COMMAND_LINE, leaving.entry.review_id, leaving.economy, nothing)
        refresh(session, cycle_id)
    patching.patch_due(live.database)
    return {"released_cycle": cycle}
