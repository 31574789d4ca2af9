"""The session cookie, and those of signing in: unreadable by scripts, never sent along from other sites' forms."""

from __future__ import annotations

from fastapi import Request
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.config import Settings
from app.kit.errors import BadRequest


def cookie_name(settings: Settings) -> str:
    """Return the name; browsers accept `__Host-` from this host only, over https, for every path."""
    return own_name(settings, "session")


def own_name(settings: Settings, name: str) -> str:
    """Return a cookie's name as browsers bind it to this host."""
    return bound_name(name, is_secure=settings.is_secure)


def bound_name(name: str, *, is_secure: bool) -> str:
    """Return the name under which browsers take a cookie from this host alone, which they do over https only."""
    return f"__Host-{name}" if is_secure else name


def session_token(request: Request) -> str | None:
    """Return the token that was sent; with two of them nobody can say whose session it is."""
    return sent_once(request, cookie_name(request.app.state.settings))


def sent_once(request: HTTPConnection, name: str) -> str | None:
    """Return the cookie of this name; raises BadRequest where there are two."""
    sent = [part.split("=", 1)[0].strip() for header in request.headers.getlist("cookie") for part in header.split(";")]
    if sent.count(name) > 1:
        message = "Your browser sent two session cookies. Clear the cookies of this site and sign in again."
        raise BadRequest(message)
    return request.cookies.get(name) or None


def put_session(request: Request, response: Response, token: str) -> None:
    """Keep the session in the browser until it is closed; the server ends it earlier."""
    settings: Settings = request.app.state.settings
    response.set_cookie(cookie_name(settings), token, path="/", httponly=True, samesite="lax", secure=settings.is_secure)


def forget_session(request: Request, response: Response) -> None:
    """Remove the cookie from the browser, and what our scripts have kept there."""
    settings: Settings = request.app.state.settings
    response.delete_cookie(cookie_name(settings), path="/", httponly=True, samesite="lax", secure=settings.is_secure)
    # Scripts keep unsaved answers in the tab: on a shared computer they are not the next person's to read.
    response.headers["Clear-Site-Data"] = '"storage"'


def own_cookie(request: Request, name: str) -> str | None:
    """Return one of our cookies."""
    return request.cookies.get(own_name(request.app.state.settings, name)) or None


def put_own(request: Request, response: Response, name: str, value: str, *, seconds: int) -> None:
    """Keep something in the browser for a short while."""
    settings: Settings = request.app.state.settings
    response.set_cookie(
        own_name(settings, name),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.is_secure,
    )


def forget_own(request: Request, response: Response, name: str) -> None:
    """Remove one of our cookies from the browser, where it is there."""
    settings: Settings = request.app.state.settings
    if own_name(settings, name) in request.cookies:
        response.delete_cookie(own_name(settings, name), path="/", httponly=True, samesite="lax", secure=settings.is_secure)
