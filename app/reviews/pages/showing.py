"""Whether administrators see how far a review is: its coordinator's choice, on the page of the review."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.reviews import showing
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.i18n import mark
from app.web.templating import register_flash, see_other

router = APIRouter(prefix="/reviews/{review_id}/showing")

register_flash("reviews.shown", "success", mark("Administrators see how far this review is from now on, and never an answer."))
register_flash("reviews.hidden", "success", mark("Where administrators follow a cycle, nothing of this review is shown any more."))


@router.post("")
def choose(request: Request, review_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Show how far the review is, or do not any more."""
    is_shown = form.first("show") == "progress"
    showing.choose(session, actor, review_id, is_shown=is_shown)
    flash = "reviews.shown" if is_shown else "reviews.hidden"
    return see_other(request, f"/reviews/{review_id}", flash=flash)
