"""The language of an answer: which one the reader gets, and how templates speak it.

Jinja's newstyle calls fill `%(name)s`, so a literal percent sign in a marked text of a template is written `%%`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import anyio.to_thread
from jinja2 import Environment
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.infra.catalogs import SOURCE, Catalogs
from app.infra.language import current, gettext, localized, ngettext, note_on, speaking, unreviewed
from app.kit.say import mark
from app.web.cookies import bound_name

__all__ = [
    "COOKIE",
    "SpeakLanguage",
    "chosen",
    "current",
    "direction",
    "gettext",
    "install",
    "localized",
    "mark",
    "ngettext",
    "note_on",
    "unreviewed",
]

COOKIE = "language"
_LONGEST_WISH = 500
_WISH = re.compile(r"(?P<range>[A-Za-z0-9-]{1,35})(?:[ \t]*;[ \t]*[qQ]=(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?", re.ASCII)
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "ur", "yi"})


def direction(language: str) -> str:
    """Return how a language is written: `rtl` or `ltr`."""
    return "rtl" if language.split("-", 1)[0].lower() in _RIGHT_TO_LEFT else "ltr"


def install(environment: Environment) -> None:
    """Give templates `_()`, `gettext`, `ngettext` and `{% trans %}`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it


class SpeakLanguage:
    """ASGI middleware: speak the language that the reader chose, or the first that their browser asks for and we have."""

    def __init__(self, app: ASGIApp, catalogs: Catalogs) -> None:
        self.app = app
        self.catalogs = catalogs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its language in force for everything that answers it."""
        if scope["type"] != "http" or len(self.catalogs.codes) == 1:
            await self.app(scope, receive, send)
            return
        if self.catalogs.overlay.is_due:
            await anyio.to_thread.run_sync(self.catalogs.overlay.refresh)
        language = self.catalogs.get(chosen(Request(scope), self.catalogs.names()))

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith(("text/html", "application/problem+json")):
                    headers.setdefault("Content-Language", language.code)  # a handler may have spoken another
                    headers.add_vary_header("Accept-Language")
            await send(message)

        with speaking(language, self.catalogs):
            await self.app(scope, receive, named)


def chosen(request: Request, names: Mapping[str, str]) -> str:
    """Return the code of the language to speak: the reader's choice, then their browser's wishes, then English."""
    is_secure = bool(getattr(request.state, "is_secure", False))
    kept = request.cookies.get(bound_name(COOKIE, is_secure=is_secure), "")
    if kept in names:
        return kept
    return next((code for wish in _wishes(request) if (code := _match(wish, names)) is not None), SOURCE.code)


def _wishes(request: Request) -> list[str]:
    """Read Accept-Language (RFC 9110, 12.5.4): the ranges, the most wanted first; what is malformed is left out."""
    found: list[tuple[float, str]] = []
    for part in request.headers.get("accept-language", "")[:_LONGEST_WISH].split(","):
        wish = _WISH.fullmatch(part.strip())
        if wish and float(wish["weight"] or 1) > 0:
            found.append((-float(wish["weight"] or 1), wish["range"]))
    return [name for _, name in sorted(found, key=lambda each: each[0])]


def _match(wish: str, names: Mapping[str, str]) -> str | None:
    """Find a language by the whole tag, then by what stands before its region: es-PE is served by es."""
    known = {code.lower(): code for code in names}
    parts = wish.lower().split("-")
    return next((known[tag] for n in range(len(parts), 0, -1) if (tag := "-".join(parts[:n])) in known), None)
