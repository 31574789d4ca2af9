"""A person's connection to a server: HTTP/1.1 as a browser keeps it, and as little work as possible for the asking side.

The one who asks shares two cores with the one who is measured, so this does not use a client library: httpx takes as long
to ask as the program to answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """One kept connection. One that the server closed meanwhile is opened anew, and what had no answer is sent once more."""

    def __init__(self, port: int, *, patience: float = PATIENCE_SECONDS) -> None:
        self._port = port
        self._patience = patience
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """Send one request and read its whole answer; raises OSError or TimeoutError where there is none."""
        lines = [f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{self._port}", f"content-length: {len(body)}"]
        head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""])
        message = head.encode() + body
        try:
            return await asyncio.wait_for(self._exchange(message), self._patience)
        except (ConnectionError, asyncio.IncompleteReadError):
            await self.close()
        try:
            return await asyncio.wait_for(self._exchange(message), self._patience)
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError from error

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._streams is not None:
            self._streams[1].close()
            with suppress(OSError):
                await self._streams[1].wait_closed()
            self._streams = None

    async def _exchange(self, message: bytes) -> Reply:
        if self._streams is None or self._streams[0].at_eof():
            await self.close()
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(message)
        status_line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        status = int(status_line.split(" ", 2)[1])
        return Reply(status, headers, await self._body(reader, headers))

    async def _body(self, reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            chunks = []
            while size := int(await reader.readline(), 16):
                chunks.append(await reader.readexactly(size))
                await reader.readline()
            await reader.readline()
            return b"".join(chunks)
        return await reader.readexactly(int(headers.get("content-length", 0)))
