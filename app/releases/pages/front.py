"""The front door: what this is, for whom, and the one next step; and the pages that every footer links to."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.kit.errors import NotFound
from app.releases.pages.listing import newest_of_cycles
from app.web.components_page import component_examples
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.templating import render

router = APIRouter()


@router.get("/")
def show_home(request: Request, actor: OptionalActor, session: DbSession) -> Response:
    """Show what this service is, and where to go."""
    return render(
        request,
        "releases/home.html",
        page_frame(request, _("Welcome")),
        is_official=actor is not None and actor.is_official,
        is_signed_in=actor is not None,
        cycles=newest_of_cycles(session)[:3],
    )


@router.get("/about")
def show_about(request: Request, _actor: OptionalActor) -> Response:
    """Say what the service is for, what it does not do, and where its figures come from."""
    return render(request, "releases/about.html", page_frame(request, _("About"), breadcrumbs=_home(_("About"))))


@router.get("/accessibility")
def show_accessibility(request: Request, _actor: OptionalActor) -> Response:
    """Say how accessible the pages are, and what to do when something is in the way."""
    title = _("Accessibility")
    return render(request, "releases/accessibility.html", page_frame(request, title, breadcrumbs=_home(title)))


@router.get("/api/v1/docs")
def show_api_docs(request: Request, _actor: OptionalActor) -> Response:
    """Explain the API, from its own OpenAPI document."""
    title = _("API documentation")
    return render(
        request,
        "releases/api_docs.html",
        page_frame(request, title, breadcrumbs=_home(title)),
        document=request.app.openapi(),
        base_url=request.app.state.settings.base_url,
    )


@router.get("/components")
def show_components(request: Request, _actor: OptionalActor) -> Response:
    """Show every component in every state; on development servers only."""
    if not request.app.state.settings.development:
        raise NotFound("page")
    return render(request, "components.html", page_frame(request, _("Components")), 200, **component_examples())


def _home(title: str) -> tuple[Crumb, ...]:
    return (Crumb(_("Start"), "/"), Crumb(title))
