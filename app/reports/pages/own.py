"""The report of a signed revision, for the economy's own people: ask for it, watch it being built, take it away."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.infra.catalogs import Catalogs
from app.reports import service
from app.reports.pages.shown import hand_out, report_view
from app.reports.service import ReportEntry
from app.reviews import sign_off
from app.reviews.receipts import newest_revision
from app.reviews.words import localized_review
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import current, mark
from app.web.i18n import gettext as _
from app.web.page import economy_name, page_frame
from app.web.paths import Revision
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/revisions/{revision}/report")

register_flash("reports.asked", "success", mark("The report is being built. It takes some seconds."))
_PRIVATE = "private, no-cache"


@router.get("")
def show_report(request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, session: DbSession) -> Response:
    """Show how far the report is, and its files."""
    review = localized_review(sign_off.get_submission(session, actor, review_id, revision))
    entry = service.find_own(session, actor, review_id, revision, current().code)
    earlier = service.list_own(session, actor, review_id, revision)
    base = f"/reviews/{review_id}/revisions/{revision}"
    title, catalogs = _("Report of revision {revision}").format(revision=revision), request.app.state.catalogs
    newest = newest_revision(session, review)
    return render(
        request,
        "reports/own.html",
        page_frame(
            request,
            title,
            breadcrumbs=(
                Crumb(_("My reviews"), "/reviews"),
                Crumb(review.questionnaire.title, f"/reviews/{review_id}"),
                Crumb(_("Results"), f"{base}/results"),
                Crumb(title),
            ),
            notices=tuple(filter(None, (review.cycle.notice,))),
        ),
        review=review,
        review_id=review_id,
        newest=None if newest == revision else newest,
        economy=economy_name(request, review.economy),
        base=base,
        language=_language_name(catalogs),
        report=None if entry is None else _view(request, entry, base),
        earlier=[_view(request, each, base) for each in earlier if entry is None or each.id != entry.id],
    )


@router.post("")
def ask_for_report(
    request: Request, review_id: UUID, revision: Revision, actor: CurrentActor, _form: PageForm, session: DbSession
) -> Response:
    """Let the report be built, in the reader's language."""
    service.ask_own(session, actor, review_id, revision, current().code)
    return see_other(request, f"/reviews/{review_id}/revisions/{revision}/report", flash="reports.asked")


@router.get("/{report_id}/{name}")
def download_report(
    request: Request,
    review_id: UUID,
    revision: Revision,
    report_id: UUID,
    name: str,
    actor: CurrentActor,
    session: DbSession,
) -> Response:
    """Hand a file out, always the same bytes."""
    review = sign_off.get_submission(session, actor, review_id, revision)
    entry = service.get_own(session, actor, review_id, revision, report_id)
    answer = hand_out(request, entry.file(name), f"{review.reference}-{entry.language}", _PRIVATE)
    answer.headers["Content-Language"] = entry.language
    return answer


def _view(request: Request, entry: ReportEntry, base: str) -> object:
    return report_view(request, entry, lambda name: f"{base}/report/{entry.id}/{name}")


def _language_name(catalogs: Catalogs) -> str:
    return catalogs.names().get(current().code, current().code)
