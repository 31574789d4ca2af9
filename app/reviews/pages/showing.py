"""What administrators see of a review: said to its team, and chosen by its coordinator."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.kit.actor import Role
from app.reviews import service, showing
from app.reviews.pages import frames
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/showing")

register_flash("reviews.shown", "success", mark("Administrators see how far this review is from now on, and never an answer."))
register_flash(
    "reviews.hidden", "success", mark("Where administrators follow a cycle, nothing of this review is shown any more.")
)


@router.get("")
def show_choice(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show what administrators see of a review."""
    review, title = service.open_review(session, actor, review_id), _("What administrators see")
    return render(
        request,
        "reviews/showing.html",
        frames.review_frame(request, review, title, Crumb(title)),
        review=review,
        showing=showing.get_showing(session, actor, review_id),
        can_choose=actor.role is Role.COORDINATOR,
    )


@router.post("")
def choose(request: Request, review_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Show how far the review is, or do not any more."""
    is_shown = form.first("show") == "progress"
    showing.choose(session, actor, review_id, is_shown=is_shown)
    return see_other(request, f"/reviews/{review_id}/showing", flash="reviews.shown" if is_shown else "reviews.hidden")
