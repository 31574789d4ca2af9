"""One request to the program without a network: what is measured is the program's own work, from the edge to the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI
from starlette.types import Message, Scope

_CLIENT = ("127.0.0.1", 1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


@dataclass
class Caller:
    """Sends requests to a program, one after the other, with the same headers each time."""

    app: FastAPI
    host: str
    headers: Mapping[str, str] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send one request and wait for its whole answer."""
        return self._loop.run_until_complete(self._call(method, path, body, headers))

    def close(self) -> None:
        """End the loop and the threads that it started."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _call(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        status, chunks = 0, []
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            chunks.append(message.get("body", b""))

        await self.app(self._scope(method, path, {**self.headers, **headers}, len(body)), receive, send)
        return Answer(status, b"".join(chunks))

    def _scope(self, method: str, path: str, headers: Mapping[str, str], length: int) -> Scope:
        sent = {"host": self.host, "content-length": str(length), **headers}
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": _CLIENT,
            "server": ("127.0.0.1", 80),
            "state": {},
        }
