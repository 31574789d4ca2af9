"""A cycle with two releases: the older one of four economies, of which one took its scores back; the newer one of three."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.domain.benchmark.consent import Audience
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE
from app.releases import publishing

if TYPE_CHECKING:
    from tests.browser.live import LiveServer

CODE = "apec-ai-review"
FEW = ("HKG", "PNG", "CHN", "BRN")


def few_places(live: LiveServer) -> dict[str, str]:
    """Publish them, and name the cycle."""
    cycle = live.open_cycle("Demonstration data, not any economy's own")
    reviews = live.share(FEW, cycle, Audience.PUBLIC)
    leaving = FEW[-1]
    nothing = {section.code: Audience.PRIVATE for section in live.questionnaire.sections}
    with live.database.write() as session:
        publishing.publish_release(session, COMMAND_LINE, CODE, cycle)
    with live.database.write() as session:
        consents.give(session, COMMAND_LINE, reviews[leaving], leaving, nothing)
        refresh(session, economies.get_cycle(session, CODE, cycle).id)
    with live.database.write() as session:
        publishing.publish_release(session, COMMAND_LINE, CODE, cycle)
    return {"few_cycle": cycle}
