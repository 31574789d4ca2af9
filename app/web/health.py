"""Whether this process lives, and whether it should be sent requests: for proxies and for those who watch the service.

These two answers stand before everything else: a probe knows no host name of ours, has no session, is never limited, and
must not fill the log. They say up or down, and nothing about why; `readiness doctor` and the log do.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import anyio.to_thread
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

ALIVE, READY = "/healthz", "/readyz"
_SECONDS = 1.0
"""How long an answer about readiness is kept: strangers may ask as often as they like, and the database does not notice."""
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Health:
    """ASGI middleware, the outermost: answers the two probes, and passes on everything else."""

    def __init__(self, app: ASGIApp, is_ready: Callable[[], bool]) -> None:
        self.app = app
        self._is_ready = is_ready
        self._known: tuple[float, bool] = (float("-inf"), False)
        self._asking = anyio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a probe; `is_ready` asks the database, so it runs in a thread."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path == ALIVE:
            await _answer(is_up=True)(scope, receive, send)
        elif path == READY:
            await _answer(is_up=await self._ready())(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _ready(self) -> bool:
        if self._is_old():
            async with self._asking:  # one probe asks, and the others hear what it heard
                if self._is_old():
                    is_up = await anyio.to_thread.run_sync(self._is_ready)
                    self._known = (time.monotonic(), is_up)
        return self._known[1]

    def _is_old(self) -> bool:
        return time.monotonic() - self._known[0] >= _SECONDS


def _answer(*, is_up: bool) -> JSONResponse:
    headers = _HEADERS if is_up else {**_HEADERS, "Retry-After": "5"}
    return JSONResponse({"status": "up" if is_up else "down"}, 200 if is_up else 503, headers)
