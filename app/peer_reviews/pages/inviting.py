"""Ask for a second opinion: whom, on which sections, by when."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import AppDesk, CurrentActor
from app.accounts.mailing.letters import Place
from app.config import Settings
from app.kit.actor import Actor
from app.kit.errors import FieldProblem, Invalid
from app.peer_reviews import inviting
from app.peer_reviews.inviting import Wanted
from app.reviews.pages import frames
from app.reviews.words import localized_review
from app.web import parts
from app.web.db import DbSession
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import economy_name, errors_by_field, page_frame, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/peer-reviews")

register_flash(
    "peer_reviews.asked",
    "success",
    mark("The economy is asked. Its coordinators get word by mail. They find the invitation under Peer reviews."),
)


@router.get("/new")
def show_invitation_form(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Offer to ask an expert or another economy."""
    return _form_page(request, session, actor, review_id, Wanted(kind=""))


@router.post("/new")
def invite(request: Request, review_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession, desk: AppDesk) -> Response:
    """Ask; an expert's link is in this answer only, so it is the one form that does not end in a redirect."""
    wanted = _read(form)
    try:
        fresh = inviting.invite(session, actor, review_id, wanted, place=_place(request, actor), desk=desk)
    except Invalid as refusal:
        return _form_page(request, session, actor, review_id, wanted, refusal.problems)
    if not fresh.path:
        return see_other(request, f"/reviews/{review_id}/peer-reviews/{fresh.id}", flash="peer_reviews.asked")
    return link_page(request, session, actor, review_id, fresh.id, fresh.path)


@router.post("/{peer_id}/new-link")
def renew_link(
    request: Request, review_id: UUID, peer_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession
) -> Response:
    """Give an expert a new link, by mail and shown once."""
    path = inviting.renew_link(session, actor, review_id, peer_id, place=_place(request, actor))
    return link_page(request, session, actor, review_id, peer_id, path)


def link_page(request: Request, session: DbSession, actor: Actor, review_id: UUID, peer_id: UUID, path: str) -> Response:
    """Show an expert's link, this once."""
    frozen = localized_review(inviting.askable(session, actor, review_id).frozen)
    settings: Settings = request.app.state.settings
    title = _("Invitation link")
    return render(
        request,
        "peer_reviews/link.html",
        page_frame(
            request,
            title,
            breadcrumbs=(
                *frames.crumbs_of(frozen.questionnaire.title, review_id),
                Crumb(_("Peer reviews"), f"/reviews/{review_id}/peer-reviews"),
                Crumb(title),
            ),
            notices=frames.notices_of(frozen.cycle.notice),
        ),
        link=settings.base_url.rstrip("/") + path,
        href=f"/reviews/{review_id}/peer-reviews/{peer_id}",
    )


def _form_page(
    request: Request,
    session: DbSession,
    actor: Actor,
    review_id: UUID,
    wanted: Wanted,
    problems: Sequence[FieldProblem] = (),
) -> Response:
    offered = inviting.askable(session, actor, review_id)
    frozen = localized_review(offered.frozen)
    chosen = {section.code for section in offered.sections}
    title = _("Ask for a second opinion")
    names = sorted((economy_name(request, code), code) for code in offered.economies)
    return render(
        request,
        "peer_reviews/new.html",
        page_frame(
            request,
            title,
            breadcrumbs=(
                *frames.crumbs_of(frozen.questionnaire.title, review_id),
                Crumb(_("Peer reviews"), f"/reviews/{review_id}/peer-reviews"),
                Crumb(title),
            ),
            has_errors=bool(problems),
            notices=frames.notices_of(frozen.cycle.notice),
        ),
        status=Invalid.status if problems else 200,
        frozen=frozen,
        review_id=review_id,
        wanted=wanted,
        sections=[
            parts.Option(section.code, f"{section.code} {section.title}")
            for section in frozen.questionnaire.sections
            if section.code in chosen
        ],
        economies=[parts.Option("", _("Choose")), *(parts.Option(code, name) for name, code in names)],
        summary=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _place(request: Request, actor: Actor) -> Place:
    settings: Settings = request.app.state.settings
    return Place(settings.base_url, economy_name(request, actor.economy))


def _read(form: Form) -> Wanted:
    return Wanted(
        kind=form.first("kind"),
        name=form.first("name"),
        email=form.first("email"),
        economy=form.first("economy"),
        sections=form.all("section"),
        note=form.first("note"),
        due_on=form.first("due_on"),
        shows_evidence=form.first("shows_evidence") == "yes",
    )
