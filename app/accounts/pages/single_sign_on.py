"""Single sign-on: out to the issuer, and back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.accounts.deps import AppIssuer, AppSeal, OptionalActor
from app.accounts.pages.arrival import arrival_of, go_on
from app.accounts.pages.sign_in import sign_in_page
from app.accounts.signing_in import single_sign_on
from app.accounts.signing_in.single_sign_on import LASTS, IssuerUnavailable, NoAccount, SignOnRefused
from app.config import Settings
from app.kit.errors import ReadinessError
from app.web.cookies import forget_own, own_cookie, put_own
from app.web.db import AppDatabase
from app.web.flash import see_other
from app.web.navigation import landing_for
from app.web.paths import own_path

router = APIRouter(prefix="/sign-in/single-sign-on")

_COOKIE = "single-sign-on"
_RETURN = "/sign-in/single-sign-on/return"


@router.get("")
def go_to_issuer(
    request: Request,
    actor: OptionalActor,
    issuer: AppIssuer,
    seal: AppSeal,
    next: str = "/",  # noqa: A002 - the parameter's name in links
) -> Response:
    """Send the browser to the issuer. A link, because the policy of our pages lets no form lead to another site."""
    if actor is not None:
        return see_other(request, own_path(next) if own_path(next) != "/" else landing_for(actor))
    try:
        started = single_sign_on.start(issuer, seal, return_to=_return_to(request), back=own_path(next))
    except IssuerUnavailable as trouble:
        return _trouble(request, trouble, own_path(next))
    response = RedirectResponse(started.address, status_code=303)
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


def _trouble(request: Request, trouble: ReadinessError, back: str) -> Response:
    return sign_in_page(request, back, trouble=trouble)
