"""The one place that turns an error into an answer: one for programs under /api and /sdmx, an accessible page elsewhere."""

from __future__ import annotations

import time
from dataclasses import replace
from html import escape
from urllib.parse import quote, unquote, urlsplit

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from jinja2 import TemplateError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.infra.log import trace_of
from app.kit.errors import NotSignedIn, ReadinessError
from app.web.frame import Frame
from app.web.i18n import current
from app.web.i18n import gettext as _
from app.web.kept import Typed, typed_in
from app.web.navigation import nav_for
from app.web.page import with_language
from app.web.paths import is_api, own_path
from app.web.problems import INTERNAL, ProblemDocument, Refusal, machine_answer, refusal_of, responses
from app.web.templating import Templates

__all__ = ["ErrorAnswers", "ProblemDocument", "answer", "install", "responses"]

PAGE = "errors/error.html"
KEPT_PAGE = "errors/kept.html"
SIGN_IN = "/sign-in"
_BENCHMARKS = "/benchmarks"

_EXPECTED = (ReadinessError, RequestValidationError, HTTPException, PoolTimeoutError, DBAPIError)
_QUIET_SECONDS = 60.0
_MOST_SIGNATURES = 1_000
_log = structlog.get_logger("readiness")


class ErrorAnswers:
    """ASGI middleware: answer what the edge's own layers refuse, and whatever nobody expected, without a traceback."""

    def __init__(self, app: ASGIApp, templates: Templates, *, shows_messages: bool = False) -> None:
        self.app = app
        self.templates = templates
        self.faults = FaultLog(shows_messages=shows_messages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a started answer is left unfinished, so that the client sees it was cut."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False

        async def watched(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the last resort: nothing may leave the edge as a traceback
            response = await self._answer(Request(scope), error)
            if not has_started:
                await response(scope, receive, send)

    async def _answer(self, request: Request, error: Exception) -> Response:
        refusal = refusal_of(error)
        if refusal is None:
            self.faults.record(error)
        return await _answer_or_keep(request, refusal or INTERNAL, self.templates)


class FaultLog:
    """Writes one trace a minute for each place where something fails, so that errors cannot fill the disk."""

    def __init__(self, *, shows_messages: bool = False) -> None:
        self.shows_messages = shows_messages
        self.written: dict[str, float] = {}

    def record(self, error: Exception) -> None:
        """Log where the error came from; its message only in development, because it may quote what somebody typed."""
        trace = trace_of(error)
        signature = "".join(trace[:2])
        now = time.monotonic()
        if now - self.written.get(signature, -_QUIET_SECONDS) < _QUIET_SECONDS:
            return
        if len(self.written) >= _MOST_SIGNATURES:
            self.written.clear()
        self.written[signature] = now
        message = {"message": str(error)} if self.shows_messages else {}
        _log.error("fault", trace=trace, **message)


def install(app: FastAPI, templates: Templates) -> None:
    """Make every expected exception an answer, and keep the templates where `templating.render` finds them."""
    app.state.templates = templates

    async def answer_expected(request: Request, error: Exception) -> Response:
        refusal = refusal_of(error)
        if refusal is None:
            raise error
        return await _answer_or_keep(request, refusal, templates)

    for kind in _EXPECTED:
        app.add_exception_handler(kind, answer_expected)


async def _answer_or_keep(request: Request, refusal: Refusal, templates: Templates) -> Response:
    typed = await typed_in(request, refusal)
    if typed is not None:
        try:
            return _kept_page(request, refusal, templates, typed)
        except (TemplateError, LookupError) as error:
            _log.error("error_page_failed", trace=trace_of(error))
    return answer(request, refusal, templates)


def answer(request: Request, refusal: Refusal, templates: Templates) -> Response:
    """Answer a refusal in the form that its address speaks."""
    if is_api(request.scope["path"]):
        return machine_answer(request, refusal)
    if refusal.status == NotSignedIn.status:
        return _to_sign_in(request)
    leads_to = refusal.extra.get("leads_to")
    if isinstance(leads_to, str):  # what has to be done first is a page of its own
        return RedirectResponse(own_path(leads_to), status_code=303)
    return _page(request, refusal, templates)


def _to_sign_in(request: Request) -> Response:
    """Come back to the page afterwards: the one that was asked for, or the one that a form was sent from."""
    came_from = _way_back(request)
    if request.method not in {"GET", "HEAD"} and not came_from:
        return RedirectResponse(SIGN_IN, status_code=303)
    back = came_from[0][1] if came_from else _asked(request)
    return RedirectResponse(f"{SIGN_IN}?next={quote(back, safe='/')}", status_code=303)


def _page(request: Request, refusal: Refusal, templates: Templates) -> Response:
    title = _(refusal.title)
    named = dict.fromkeys(_(problem.message) for problem in refusal.problems)
    sign_in = ((_("Sign in"), SIGN_IN),) if refusal.extra.get("offers_sign_in") else ()
    context: dict[str, object] = {
        "title": title,
        "detail": " ".join(named) or _(refusal.detail),
        "what_next": (*sign_in, *_way_back(request), *_way_up(request), (_("Go to the start page"), "/")),
        "request_id": _request_id(request),
        "problems": refusal.problems,
    }
    frame = _frame(request, title, has_errors=bool(named))
    try:
        response = HTMLResponse(templates.text(PAGE, frame=frame, status=refusal.status, **context), refusal.status)
    except (TemplateError, LookupError) as error:
        _log.error("error_page_failed", trace=trace_of(error))
        response = HTMLResponse(_plain_page(title, _(refusal.detail)), refusal.status)
    response.headers.update(refusal.headers)
    return response


def _kept_page(request: Request, refusal: Refusal, templates: Templates, typed: Typed) -> Response:
    """Show a form whose session has ended once more, with what was typed, instead of throwing it away."""
    frame = _frame(request, "", has_errors=False)
    title = _("Save what you typed") if frame.actor else _("Your session has ended")
    text = templates.text(
        KEPT_PAGE,
        frame=replace(frame, title=title),
        title=title,
        path=_asked(request),
        typed=typed,
    )
    return HTMLResponse(text, refusal.status)


def _asked(request: Request) -> str:
    query = request.scope["query_string"].decode("latin-1")
    return own_path(quote(request.scope["path"]) + (f"?{query}" if query else ""))


def _way_back(request: Request) -> tuple[tuple[str, str], ...]:
    """Offer the page from which a form was sent: it shows what has changed. Browsers name it to the same site only.

    A form that was refused and corrected was sent from its own address, which may show no page by itself."""
    came_from = urlsplit(request.headers.get("referer", ""))
    is_ours = came_from.netloc == request.headers.get("host")
    if request.method in {"GET", "HEAD"} or not is_ours or not _shows_a_page(request, came_from.path):
        return ()
    path = own_path(came_from.path + (f"?{came_from.query}" if came_from.query else ""))
    return ((_("Go back to the page before and reload it"), path),)


def _way_up(request: Request) -> tuple[tuple[str, str], ...]:
    """Offer the list of what there is, where an address below it names something that there is not."""
    return ((_("Look at the benchmarks"), _BENCHMARKS),) if request.scope["path"].startswith(f"{_BENCHMARKS}/") else ()


def _shows_a_page(request: Request, path: str) -> bool:
    """Tell whether an address of ours can be opened, and not only be sent a form."""
    wanted = {"type": "http", "method": "GET", "path": unquote(path), "root_path": request.scope.get("root_path", "")}
    app: FastAPI = request.app
    return any(route.matches(wanted)[0] is Match.FULL for route in app.routes)


def _frame(request: Request, title: str, *, has_errors: bool) -> Frame:
    """Keep the navigation that the accounts' dependency left in `request.state.frame`; the database may be away by now."""
    known = getattr(request.state, "frame", None)
    frame = known if isinstance(known, Frame) else Frame("", nav=nav_for(None, request.scope["path"]))
    return with_language(request, replace(frame, title=title, has_errors=has_errors))


def _plain_page(title: str, detail: str) -> str:
    return (
        f'<!doctype html><html lang="{escape(current().code)}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(detail)}</p></main></body></html>"
    )


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))
