"""Connections that wait for nobody for ever: uvicorn's own have no time limit for the head of a request, and no ceiling."""

from __future__ import annotations

import asyncio
import math
import resource
from asyncio.events import TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""How long the head of a request may take to arrive, since the connection was made or since its first byte."""
LARGEST_HEAD = 64 * 1024
"""Twice what app.web.limits reads of headers: what is longer is not even collected."""
MOST_CONNECTIONS = 4_000
"""Three times what 21 economies with ten officials each hold open with six connections a browser."""
READ_SECONDS = 30.0
"""How often an answer that waits for its reader is looked at."""
LEAST_READ = 150_000
"""How many bytes of it a reader takes meanwhile, who is not only holding our memory: 5 kB a second."""
MOST_UNREAD = 256 * 1024 * 1024
"""What all answers that wait for their readers may take together; beyond it, the one that waits longest is given up."""

_FILES_OF_OUR_OWN = 256
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def allow_connections(wanted: int = MOST_CONNECTIONS) -> int:
    """Let this process open as many files as the connections need, and return how many connections it can hold."""
    needed = wanted + _FILES_OF_OUR_OWN
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, max(soft - _FILES_OF_OUR_OWN, soft // 2))


class BoundedConnection(HttpToolsProtocol):
    """A connection that is let go when the head of a request does not come, does not end, or nobody has room for it."""

    most = MOST_CONNECTIONS
    most_unread = MOST_UNREAD
    read_seconds = READ_SECONDS
    waits_since = math.inf
    unread = 0
    _reading: TimerHandle | None = None
    _due: TimerHandle | None = None
    _head_size = 0
    _is_answering = False
    _is_whole = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn narrows it as well
        """Begin to wait for a head; where there are too many connections, the one that is silent longest makes room."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > self.most:
            ours = (one for one in self.connections if isinstance(one, BoundedConnection))
            min(ours, key=BoundedConnection.silent_until).refuse(_TOO_MANY)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        self._is_read()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Watch an answer that its reader does not take: it stands in our memory until then."""
        super().pause_writing()
        self.waits_since = self.loop.time()
        self._look_at_reader(math.inf)
        waiting = [one for one in self.connections if isinstance(one, BoundedConnection) and one.waits_since < math.inf]
        if sum(one.unread for one in waiting) > self.most_unread:
            min(waiting, key=lambda one: one.waits_since).transport.abort()

    def resume_writing(self) -> None:
        """Know that the reader has nearly all."""
        self._is_read()
        super().resume_writing()

    def _look_at_reader(self, before: float) -> None:
        self.unread = self.transport.get_write_buffer_size()
        if before - self.unread < min(LEAST_READ, before / 8):  # of little, little need be taken
            self.transport.abort()
        else:
            self._reading = self.loop.call_later(self.read_seconds, self._look_at_reader, self.unread)

    def _is_read(self) -> None:
        self.waits_since, self.unread = math.inf, 0
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def data_received(self, data: bytes) -> None:
        """Read on, unless this is a head without an end."""
        if self._due is not None and self._is_whole and self._head_size > LARGEST_HEAD:
            self.refuse(_TOO_LONG)
            return
        self._head_size += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Wait for the head of a further request on the same connection too."""
        super().on_message_begin()
        self._head_size = 0
        if self._due is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """Stop waiting: the head is there."""
        self._stop_waiting()
        self._is_answering, self._is_whole = True, False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Know that nothing of this request is still to come."""
        self._is_whole = True
        if not self._is_answering:
            self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait a little only for the rest of a body that was answered before its end."""
        self._is_answering = bool(self.pipeline)
        super().on_response_complete()
        if not self._is_whole and not self.transport.is_closing():
            self._wait()

    def silent_until(self) -> float:
        """Return when the waiting ends, which is the earlier the longer it lasts; an answer under way is waited for last."""
        return math.inf if self._due is None or self._is_answering else self._due.when()

    def refuse(self, answer: bytes) -> None:
        """Let the client go."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        if self._is_whole and not self._is_answering:
            self.transport.write(answer)
        self.transport.close()

    def _wait(self) -> None:
        self._stop_waiting()
        self._due = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _give_up(self) -> None:
        if self._is_answering:  # an earlier request of this connection
            self._wait()
        else:
            self.refuse(_TOO_SLOW)
