"""The public report of an economy on a release: anybody may ask for it, and it is built once."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.economies import service as economies
from app.kit.errors import NotFound
from app.kit.say import Quoted
from app.releases import service as releases
from app.releases.service import ReleaseEntry
from app.reports import service
from app.reports.pages.shown import hand_out, report_view
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import current
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.templating import render, see_other

router = APIRouter(prefix="/benchmarks/{questionnaire}/{cycle}/economies/{economy}/report")

Code = Annotated[str, Path(max_length=64)]
_SHORT = "public, max-age=0, must-revalidate"  # a withdrawal has to reach caches


class Wish(BaseModel):
    """Which release; empty means the newest of the cycle."""

    release: str = Field(default="", max_length=80)


def release_of_cycle(session: Session, questionnaire: str, cycle: str, number: str) -> ReleaseEntry:
    """Return a release of a cycle by its number, or the newest; others raise NotFound."""
    for entry in releases.list_releases(session, questionnaire, cycle):
        if number in {"", str(entry.number)}:
            return entry
    raise NotFound("release")


@router.get("")
def show_public_report(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    economy: Code,
    _actor: OptionalActor,
    session: DbSession,
    wish: Annotated[Wish, Query()],
) -> Response:
    """Show how far the public report is, and its files; of an economy that shows nothing there is none."""
    release = release_of_cycle(session, questionnaire, cycle, wish.release)
    names = economies.names(session).get(economy)
    if names is None:
        raise NotFound("economy")
    query = f"?{urlencode({'release': wish.release})}" if wish.release else ""
    base = f"/benchmarks/{questionnaire}/{cycle}"
    own = f"{base}/economies/{economy}"
    title = _("Report on {economy}").format(economy=names.short_name)
    named = _("{questionnaire}, {cycle}").format(
        questionnaire=_(Quoted(release.questionnaire, release.title)), cycle=release.cycle_title
    )
    crumbs = (
        Crumb(_("Benchmarks"), "/benchmarks"),
        Crumb(named, f"{base}{query}"),
        Crumb(title),
    )
    try:
        entry = service.find_public(session, questionnaire, str(release.number), economy, current().code)
        has_scores = True
    except NotFound:
        entry, has_scores = None, False
    frame = page_frame(request, title, breadcrumbs=crumbs, notices=tuple(filter(None, (release.notice,))))
    shown = None
    if entry is not None:
        report_id = entry.id
        shown = report_view(request, entry, lambda name: f"{own}/report/{report_id}/{name}{query}")
    return render(
        request,
        "reports/public.html",
        frame,
        release=release,
        names=names,
        own=own,
        query=query,
        overview=f"{base}{query}",
        has_scores=has_scores,
        language=request.app.state.catalogs.names().get(current().code, current().code),
        report=shown,
    )


@router.post("")
def ask_for_public_report(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    economy: Code,
    actor: OptionalActor,
    _form: PageForm,
    session: DbSession,
    wish: Annotated[Wish, Query()],
) -> Response:
    """Let the public report be built, in the reader's language."""
    release = release_of_cycle(session, questionnaire, cycle, wish.release)
    service.ask_public(session, actor, questionnaire, str(release.number), economy, current().code)
    query = f"?{urlencode({'release': wish.release})}" if wish.release else ""
    place = f"/benchmarks/{questionnaire}/{cycle}/economies/{economy}/report{query}"
    return see_other(request, place, flash="reports.asked")


@router.get("/{report_id}/{name}")
def download_public_report(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    economy: Code,
    report_id: UUID,
    name: str,
    _actor: OptionalActor,
    session: DbSession,
    wish: Annotated[Wish, Query()],
) -> Response:
    """Hand a file out, as long as everything in it is shown."""
    release = release_of_cycle(session, questionnaire, cycle, wish.release)
    entry = service.get_public(session, questionnaire, str(release.number), economy, report_id)
    stem = f"{economy}-{questionnaire}-{release.number}-{entry.language}"
    answer = hand_out(request, entry.file(name), stem, _SHORT)
    answer.headers["Content-Language"] = entry.language
    return answer
