"""The time zone of an answer: UTC, until the accounts' dependency knows whose economy reads it."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from app.infra.zones import in_zone


class ReadersZone:
    """ASGI middleware: keep one place for the reader's zone in each request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, in UTC at first."""
        with in_zone():
            await self.app(scope, receive, send)
