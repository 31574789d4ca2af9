"""What every answer carries, whatever made it: protective headers, a request id, and one line in the log."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import Settings
from app.infra.tallies import Requests
from app.kit.actor import Actor
from app.kit.ids import new_id

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
FRAMED_POLICY = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""For a page that another page of this service shows in a frame; a handler that sends it keeps it."""
FRAMING_POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
"""For the page around that frame."""

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # With no-referrer a browser sends "Origin: null" with our own forms, and the cross-site check could not tell them apart.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
_WHO_ASKS = (b"Cookie", b"Authorization")
_ONE_YEAR = "max-age=31536000; includeSubDomains"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_TRACEPARENT = re.compile(rb"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_NO_TRACE = b"0" * 32
_FIRST_REFUSAL = 400
_CLIENT_GONE = 499  # nginx's word for a client that left before the answer; there is no standard one

_log = structlog.get_logger("readiness")


class SecureHeaders:
    """ASGI middleware, the outermost of ours: headers, request id, HEAD as a GET without its body, access line."""

    def __init__(self, app: ASGIApp, settings: Settings, requests: Requests | None = None) -> None:
        self.app = app
        self.requests = requests or Requests({})
        self.is_secure = settings.is_secure
        headers = {**_ALWAYS, **({"Strict-Transport-Security": _ONE_YEAR} if self.is_secure else {})}
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its id, and complete the answer's headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(new_id())
        scope.setdefault("state", {}).update(request_id=request_id, is_secure=self.is_secure)
        is_head = scope["method"] == "HEAD"
        inner = {**scope, "method": "GET"} if is_head else scope
        status, size = _CLIENT_GONE, 0
        began = time.perf_counter()

        async def complete(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": self._completed(message.get("headers", ()), request_id)}
            elif message["type"] == "http.response.body":
                message = {**message, "body": b""} if is_head else message
                size += len(message.get("body", b""))
            await send(message)

        named = trace_named(scope)
        with structlog.contextvars.bound_contextvars(request_id=request_id, **named):
            self.requests.in_flight += 1
            try:
                await self.app(inner, receive, complete)
            finally:
                self.requests.in_flight -= 1
                spent, route = time.perf_counter() - began, route_template(inner)
                self.requests.count(known_method(scope["method"]), route, status, spent, size)
                _log.info(
                    "request",
                    method=known_method(scope["method"]),
                    route=route,
                    status=status,
                    milliseconds=round(spent * 1000, 1),
                    bytes=size,
                    role=_role(inner),
                    user=_user(inner) if status >= _FIRST_REFUSAL else "",
                )

    def _completed(self, sent: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        """Keep what the handler sent and add what is missing; on bytes, because every answer pays for it."""
        headers = list(sent)
        names = {name for name, _value in headers}
        headers += [header for header in self.headers if header[0] not in names]
        headers.append((b"x-request-id", request_id.encode()))
        if not any(name == b"cache-control" and b"public" in value for name, value in headers):
            headers = _varied_by_who_asks(headers)
        return headers


def _varied_by_who_asks(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers with one Vary: what the handler named, and who asks. Some caches read only the first."""
    named = [part.strip() for name, value in headers if name == b"vary" for part in value.split(b",")]
    if not named:
        return [*headers, (b"vary", b", ".join(_WHO_ASKS))]
    known = {part.lower() for part in named}
    whole = [*named, *(part for part in _WHO_ASKS if part.lower() not in known)]
    return [*(header for header in headers if header[0] != b"vary"), (b"vary", b", ".join(whole))]


def known_method(method: str) -> str:
    """Return the method, or one word for all that HTTP does not know: a stranger's words are no label."""
    return method if method in METHODS else "OTHER"


def trace_named(scope: Scope) -> dict[str, str]:
    """Return the trace that the caller's proxy has begun (W3C Trace Context), as a field of the log; none where it named none."""
    for name, value in scope["headers"]:
        if name == b"traceparent":
            found = _TRACEPARENT.fullmatch(value)
            return {"trace_id": found[1].decode()} if found and found[1] != _NO_TRACE else {}
    return {}


def _role(scope: Scope) -> str:
    """Return the role of who asked, never the name; '' where nobody was recognised."""
    actor = scope["state"].get("actor")
    return actor.role.value if isinstance(actor, Actor) else ""


def _user(scope: Scope) -> str:
    """Return the id of the account that asked, never the name; '' where nobody was recognised."""
    actor = scope["state"].get("actor")
    return str(actor.user_id) if isinstance(actor, Actor) and actor.user_id is not None else ""


def route_template(scope: Scope) -> str:
    """Return the path of the matched route with its parameters unfilled; '' where none matched.

    FastAPI 0.165 keeps included routers apart: `scope["route"].path` lacks their prefix, the effective context has it.
    """
    matched = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    template = getattr(matched, "path_format", None)
    return template if isinstance(template, str) else ""
