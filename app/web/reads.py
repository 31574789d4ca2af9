"""For whom a request reads: nobody, until the accounts' dependency knows who asks."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from app.infra.scope import NOTHING, reading


class ReadsForNobody:
    """ASGI middleware: keep one place for the reader's scope in each request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; whatever opens a transaction before somebody was recognised finds no economy's rows."""
        with reading(NOTHING):
            await self.app(scope, receive, send)
