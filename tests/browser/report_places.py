"""Reports that nobody asked for, that wait, are ready or failed; a public one; and a meeting paper."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from app.infra.catalogs import Catalogs
from app.infra.objects import open_objects
from app.kit import clock
from app.kit.actor import Role
from app.releases import service as releases
from app.reports import queries, service
from app.reports.building import LEFT_AFTER, Workshop, build_due
from app.reports.summary.fields import CoverFields

if TYPE_CHECKING:
    from tests.browser.live import LiveServer

CODE, CYCLE = "apec-ai-review", "2026"


def report_places(live: LiveServer) -> dict[str, str]:
    """Make them, and name their addresses; whatever is built is built before the one that waits."""
    reviews = {name: _submitted(live) for name in ("report_none", "report_ready", "report_failed", "report_waiting")}
    official, administrator = live.actor(Role.COORDINATOR), live.actor(Role.ADMINISTRATOR)
    with live.database.write() as session:
        number = str(releases.list_releases(session, CODE, CYCLE)[0].number)
        service.ask_own(session, official, reviews["report_ready"], 1, "en")
        service.ask_public(session, None, CODE, number, "PNG", "en")
        cover = CoverFields(submitted_by="APEC Secretariat", number="2026/SOM3/DESG/012")
        paper = service.ask_paper(session, administrator, CODE, number, cover, "en")
    workshop = Workshop(
        live.database,
        open_objects(None, live.settings.data_dir),
        Catalogs(live.settings.translations),
        live.settings.base_url or "http://127.0.0.1",
    )
    while build_due(workshop):
        pass
    with live.database.write() as session:
        service.ask_own(session, official, reviews["report_failed"], 1, "en")
        taken = queries.take(session, clock.now(), clock.now() - LEFT_AFTER)
        assert taken is not None
        queries.put(session, taken.id, taken.attempts, {"state": "failed", "finished_at": clock.now()})
        service.ask_own(session, official, reviews["report_waiting"], 1, "en")
    places = {name: str(review) for name, review in reviews.items()}
    return {**places, "paper": str(paper.id), "public_ready": "PNG", "public_none": "PHL"}


def _submitted(live: LiveServer) -> UUID:
    review = live.fill_review()
    live.ask_for_sign_off(review)
    live.submit(review)
    return review
