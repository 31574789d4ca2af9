"""Refuses what another site makes a browser send: by the headers of every unsafe request, then by a token in the form.

Sec-Fetch-Site decides where the browser sends it (https and localhost). Otherwise Origin decides. A client that sends
neither proves nothing: `scope["state"]["csrf_unproved"]` tells `web.forms` to insist on the token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import Settings
from app.kit.errors import Forbidden
from app.kit.say import mark
from app.web.paths import is_api

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_MASK_BYTES = 32
_PURPOSE = b"readiness form token"


class CrossSiteRequest(Forbidden):
    """The request did not come from a page of this site."""

    code = "cross_site"
    title = "This did not come from this site"

    def __init__(self) -> None:
        super().__init__(
            mark("Another site asked for this, so nothing was changed. Open the page on this site and send it from there.")
        )


class CrossSiteGuard:
    """ASGI middleware: refuse unsafe requests of other sites before anything reads them."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.scheme, self.origin = _origin(settings.base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let safe and proved requests pass, mark the unproved, refuse the rest."""
        if scope["type"] == "http":
            is_unsafe = scope["method"] not in SAFE_METHODS
            scope.setdefault("state", {})["csrf_unproved"] = is_unsafe and not self._is_proved(scope)
        await self.app(scope, receive, send)

    def _is_proved(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        has_cookie = "cookie" in headers
        if not has_cookie and headers.get("authorization", "").lower().startswith("bearer "):
            return True  # no browser adds this header by itself
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return _accept(site in {"same-origin", "none"})
        if origin is not None:
            return _accept(origin in {self.origin, f"{self.scheme}://{headers.get('host', '').lower()}"})
        if has_cookie and is_api(scope["path"]):
            raise CrossSiteRequest  # a JSON body carries no form token that could still prove it
        return False


def csrf_token(session_secret: str) -> str:
    """Return this session's form token under a fresh mask, so that a compressed page never holds it twice (BREACH)."""
    mask = secrets.token_bytes(_MASK_BYTES)
    return urlsafe_b64encode(mask + _xor(mask, _digest(session_secret))).decode()


def check_csrf_token(sent: str, session_secret: str) -> bool:
    """Tell, in constant time, whether a form token belongs to this session."""
    try:
        masked = urlsafe_b64decode(sent.encode())
    except (NotBase64, ValueError):
        return False
    if len(masked) != 2 * _MASK_BYTES:
        return False
    return hmac.compare_digest(_xor(masked[:_MASK_BYTES], masked[_MASK_BYTES:]), _digest(session_secret))


def _accept(is_own: bool) -> bool:  # noqa: FBT001 - a claim about the one header just read
    if not is_own:
        raise CrossSiteRequest
    return True


def _origin(base_url: str) -> tuple[str, str]:
    parts = urlsplit(base_url.lower())
    return parts.scheme, f"{parts.scheme}://{parts.netloc}"


def _digest(session_secret: str) -> bytes:
    return hmac.digest(session_secret.encode(), _PURPOSE, hashlib.sha256)


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
