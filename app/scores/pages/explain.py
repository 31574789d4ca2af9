"""The page that opens a score down to its inputs: how was this computed?"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.scoring.normalise import Series
from app.scores import service
from app.scores.pages.explained import explained
from app.scores.pages.shared import address_below, crumbs, localized_results
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.paths import Revision
from app.web.templating import render

router = APIRouter(prefix="/reviews/{review_id}/revisions/{revision}/results")


@router.get("/{node}")
def explain_score(
    request: Request,
    review_id: UUID,
    revision: Revision,
    node: str,
    actor: CurrentActor,
    session: DbSession,
    series: Annotated[Series, Query()] = Series.SELF,
) -> Response:
    """Show how one score was computed, as a sum that a reader can redo."""
    results = localized_results(service.get_results(session, actor, review_id, revision))
    base = f"/reviews/{review_id}/revisions/{revision}/results"
    shown = explained(results, node, series, address_below(base))
    return render(
        request,
        "scores/explain.html",
        page_frame(
            request,
            _("How {title} was computed").format(title=shown.explanation.title),
            breadcrumbs=(*crumbs(results, review_id), Crumb(_("Results"), base), Crumb(shown.explanation.title)),
            notices=tuple(filter(None, (results.review.cycle.notice,))),
        ),
        shown=shown,
    )
