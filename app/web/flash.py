"""Messages shown once after a redirect: the cookie holds a registered code, never a text."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.web.cookies import bound_name
from app.web.frame import Flash, FlashKind
from app.web.i18n import gettext as _
from app.web.paths import own_path

COOKIE = "flash"

_SECONDS = 60
_registered: dict[str, Flash] = {}


def register_flash(code: str, kind: FlashKind, text: str) -> None:
    """Register a message under its code; features do so when they are imported."""
    message = Flash(kind, text)
    if _registered.setdefault(code, message) != message:
        problem = f"flash code {code!r} is already taken"
        raise ValueError(problem)


def see_other(request: Request, path: str, *, flash: str | None = None) -> RedirectResponse:
    """Answer 303 to a path of this service, and have the next page show a registered message."""
    response = RedirectResponse(own_path(path), status_code=303)
    if flash is not None:
        _put(response, flash, is_secure=_is_secure(request))
    return response


def take_flash(request: Request) -> Flash | None:
    """Return the message that this browser still has to see; an unknown code is none."""
    message = _registered.get(request.cookies.get(_name(request), ""))
    return None if message is None else replace(message, text=_(message.text))


def forget_flash(request: Request, response: Response) -> None:
    """Clear the message once a page has shown it."""
    if _name(request) in request.cookies:
        response.delete_cookie(_name(request), path="/", httponly=True, samesite="lax", secure=_is_secure(request))


def _put(response: Response, code: str, *, is_secure: bool) -> None:
    if code not in _registered:
        problem = f"flash code {code!r} was never registered"
        raise ValueError(problem)
    name = bound_name(COOKIE, is_secure=is_secure)
    response.set_cookie(name, code, max_age=_SECONDS, path="/", httponly=True, samesite="lax", secure=is_secure)


def _name(request: Request) -> str:
    return bound_name(COOKIE, is_secure=_is_secure(request))


def _is_secure(request: Request) -> bool:
    return bool(getattr(request.state, "is_secure", False))
