"""One request to the program without a network: what is measured is the program's own work, from the edge to the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Queue
from threading import Thread

from fastapi import FastAPI
from starlette.types import Message, Scope

_CLIENT = ("127.0.0.1", 1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]


class Caller:
    """Sends requests to a program, one after the other, with the same headers each time.

    One loop with one task that lasts, as a server has it: worker threads end with the task that first needed them.
    """

    def __init__(self, app: FastAPI, host: str) -> None:
        self.app = app
        self.host = host
        self.headers: Mapping[str, str] = {}
        self.waiting: Queue[_Call | None] = Queue()
        self.answers: Queue[Answer | Exception] = Queue()
        self.thread = Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.thread.start()

    def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send one request and wait for its whole answer."""
        self.waiting.put(_Call(method, path, body, {**self.headers, **headers}))
        answer = self.answers.get()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """End the loop and the threads that it started."""
        self.waiting.put(None)
        self.thread.join()

    async def _serve(self) -> None:
        while (call := self.waiting.get()) is not None:
            try:
                self.answers.put(await self._call(call))
            except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
                self.answers.put(error)

    async def _call(self, call: _Call) -> Answer:
        status, chunks = 0, []
        waiting: list[Message] = [{"type": "http.request", "body": call.body, "more_body": False}]

        async def receive() -> Message:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            chunks.append(message.get("body", b""))

        await self.app(self._scope(call), receive, send)
        return Answer(status, b"".join(chunks))

    def _scope(self, call: _Call) -> Scope:
        path, _, query = call.path.partition("?")
        sent = {"host": self.host, "content-length": str(len(call.body)), **call.headers}
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": call.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": _CLIENT,
            "server": ("127.0.0.1", 80),
            "state": {},
        }
