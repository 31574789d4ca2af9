"""A wire between the program and its database that can be slow, cut, or dead in silence."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_PART = 65_536


@dataclass
class Wire:
    """Passes bytes on between a port and a Unix socket."""

    target: Path
    port: int = 0
    delay: float = 0.0
    """How many seconds each part takes, in each direction."""
    is_dead: bool = False
    """Whether nothing passes any more, while connections stay open and new ones are taken."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        """Listen until it is over."""
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await over.wait()
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        ends = [writer]
        with suppress(asyncio.CancelledError, OSError):
            there, back = await asyncio.open_unix_connection(self.target)
            ends.append(back)
            await asyncio.gather(self._one_way(reader, back), self._one_way(there, writer))
        for end in ends:
            end.close()
        self.tasks.discard(task)

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(_PART):
            if self.delay:
                await asyncio.sleep(self.delay)
            if not self.is_dead:
                writer.write(part)
                await writer.drain()
        writer.close()


@contextmanager
def wire(target: Path) -> Iterator[Wire]:
    """Lay a wire to a Unix socket, in a thread of its own."""
    laid, ready = Wire(target), threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(laid.serve(ready, over)))
    thread.start()
    ready.wait()
    try:
        yield laid
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
