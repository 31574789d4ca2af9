"""Single sign-on: out to the issuer, and back."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import AppIssuer, AppSeal, OptionalActor
from app.accounts.pages.arrival import arrival_of, go_on
from app.accounts.pages.sign_in import sign_in_page
from app.accounts.signing_in import single_sign_on
from app.accounts.signing_in.single_sign_on import LASTS, IssuerUnavailable, NoAccount, SignOnRefused
from app.config import Settings
from app.kit.actor import Actor
from app.kit.errors import ReadinessError
from app.web.cookies import forget_own, own_cookie, put_own
from app.web.db import AppDatabase
from app.web.flash import see_other
from app.web.forms import PageForm
from app.web.i18n import gettext as _
from app.web.navigation import landing_for
from app.web.page import page_frame
from app.web.paths import own_path
from app.web.templating import render

router = APIRouter(prefix="/sign-in/single-sign-on")

_COOKIE = "single-sign-on"
_RETURN = "/sign-in/single-sign-on/return"


@router.get("")
def show_way_out(
    request: Request,
    actor: OptionalActor,
    _issuer: AppIssuer,
    next: str = "/",  # noqa: A002 - the parameter's name in links
) -> Response:
    """Lead to the button: a link that somebody was made to follow begins nothing."""
    if actor is not None:
        return _on(request, actor, own_path(next))
    return see_other(request, f"/sign-in?next={quote(own_path(next))}")


@router.post("")
def go_to_issuer(request: Request, actor: OptionalActor, form: PageForm, issuer: AppIssuer, seal: AppSeal) -> Response:
    """Send the browser to the issuer, by a page: the policy of our pages lets no form lead to another site."""
    back = own_path(form.first("next"))
    if actor is not None:
        return _on(request, actor, back)
    try:
        started = single_sign_on.start(issuer, seal, return_to=_return_to(request), back=back)
    except IssuerUnavailable as trouble:
        return _trouble(request, trouble, back)
    frame = page_frame(request, _("Going on to {name}").format(name=_issuer_name(request)))
    response = render(request, "accounts/going_to_issuer.html", frame, address=started.address, name=_issuer_name(request))
    put_own(request, response, _COOKIE, started.cookie, seconds=int(LASTS.total_seconds()))
    return response


@router.get("/return")
def come_back(
    request: Request,
    _actor: OptionalActor,
    issuer: AppIssuer,
    seal: AppSeal,
    database: AppDatabase,
    state: str = "",
    code: str = "",
) -> Response:
    """Take the browser back from the issuer. The state proves that this browser asked for it, so a GET may sign in."""
    try:
        entered, back = single_sign_on.finish(
            database,
            issuer,
            seal,
            cookie=own_cookie(request, _COOKIE),
            state=state,
            code=code,
            return_to=_return_to(request),
            arrival=arrival_of(request),
        )
    except (SignOnRefused, NoAccount, IssuerUnavailable) as trouble:
        response = _trouble(request, trouble, "/")
    else:
        response = go_on(request, entered, own_path(back))
    forget_own(request, response, _COOKIE)
    return response


def _return_to(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.base_url.rstrip("/") + _RETURN


def _issuer_name(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.oidc_name


def _on(request: Request, actor: Actor, back: str) -> Response:
    return see_other(request, back if back != "/" else landing_for(actor))


def _trouble(request: Request, trouble: ReadinessError, back: str) -> Response:
    return sign_in_page(request, back, trouble=trouble)
