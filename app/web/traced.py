"""A span around each request, where the settings say where spans go."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.infra.tallies import Requests
from app.infra.traces import Tracer, finish
from app.web.headers import known_method, route_template


@dataclass(frozen=True, slots=True)
class Watched:
    """What looks on while requests are answered."""

    requests: Requests | None = None
    tracer: Tracer | None = None


UNWATCHED = Watched()


class TracedRequests:
    """ASGI middleware, inside the one that makes the request's id."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self.app = app
        self.tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Trace what is a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 499

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        parent = Headers(scope=scope).get("traceparent", "")
        with self.tracer.request(known_method(scope["method"]), parent, scope["state"]["request_id"]) as span:
            try:
                await self.app(scope, receive, seen)
            finally:
                finish(span, route_template(scope), status)
