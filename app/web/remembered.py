"""Public answers that are kept whole in memory and sent again, before the rest of the edge has anything to do.

What is kept is the same for everybody who asks in the same way: an answer with `Cache-Control: public`, which therefore holds
nothing of a person. A kept answer is sent only while the stamp that it was made under still stands; the stamp is read again at
most `stamp.SECONDS` later, whoever changed what it counts, so no process sends what was withdrawn for longer than that.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import Protocol

import anyio.to_thread
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.config import Settings
from app.infra.tallies import Requests
from app.kit.ids import new_id
from app.web.etag import is_unmodified, names_tag
from app.web.headers import route_template
from app.web.limits import KnownHosts
from app.web.packed import takes_gzip

Headers = Sequence[tuple[bytes, bytes]]
MOST_BYTES = 64 * 1024 * 1024
HOLDS = "readiness.holds"
"""In the scope of a request whose conditions were taken off: what tells of the start of an answer whether the client has it."""
_LARGEST = MOST_BYTES // 8
_SECONDS = 60.0
"""How long an answer is kept at all: the stamp does not know of names, which change seldom."""
_MOST_HOSTS = 64
_READ = ("GET", "HEAD")
_CONDITIONS = (b"if-none-match", b"if-modified-since")
_NOT_WHEN_UNCHANGED = (b"content-length", b"content-type", b"content-encoding")
# A request with one of these wants something that a whole kept answer is not.
_UNUSUAL = frozenset({b"range", b"content-length", b"transfer-encoding", b"content-encoding", b"expect"})
_OF_THE_CALLER = (b"x-request-id", b"ratelimit", b"x-ratelimit", b"retry-after")
"""What begins the names of headers that are another one's next time."""

_log = structlog.get_logger("readiness")


class Freshness(Protocol):
    """What tells whether kept answers still stand."""

    @property
    def value(self) -> object:
        """As it was read last."""
        ...

    @property
    def is_due(self) -> bool:
        """Whether it has to be read again first."""
        ...

    def refresh(self) -> None:
        """Read it again."""
        ...


class Counted(Protocol):
    """One request that was counted against its caller's limits."""

    @property
    def refused(self) -> object | None:
        """Why it gets no answer; None when it does."""
        ...

    def finish(self, status: int) -> Headers:
        """Settle the count, and return the headers that tell the caller."""
        ...


Counts = Callable[[Scope], Awaitable[Counted]]
"""The hook for limits: asked before every answer from memory. What it refuses goes the whole way, where it is told in words."""


class _Uncounted:
    """Where there are no limits."""

    refused = None

    def finish(self, _status: int) -> Headers:
        return ()


_UNCOUNTED = _Uncounted()


async def uncounted(_scope: Scope) -> Counted:
    """Count nothing."""
    return _UNCOUNTED


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request says that matters here."""

    hosts: tuple[bytes, ...]
    key: tuple[bytes, bytes, bytes, bool]
    tags: bytes | None
    since: bytes | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """One answer, and the same without its body, for those who have it already."""

    stamp: object
    since: float
    whole: Message
    head: Message
    unchanged: Message
    body: bytes
    tag: bytes
    modified: datetime | None
    route: str

    @property
    def size(self) -> int:
        return len(self.body) + 2_000  # headers, key, and what Python needs to hold them


class Remembered:
    """ASGI middleware, outermost: answers from memory what was asked before, and keeps what may be."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        stamp: Freshness,
        prefixes: tuple[str, ...],
        counts: Counts = uncounted,
        most_bytes: int = MOST_BYTES,
        requests: Requests | None = None,
    ) -> None:
        self.app = app
        self.stamp = stamp
        self.prefixes = prefixes
        self.counts = counts
        self.requests = requests or Requests({})
        self.most_bytes = most_bytes
        self.known_hosts = KnownHosts(app, settings)
        self.hosts: set[bytes] = set()
        self.kept: OrderedDict[tuple[bytes, bytes, bytes, bool], _Kept] = OrderedDict()
        self.bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory where that is possible, else pass the request on and keep the answer where it may be."""
        if scope["type"] != "http" or scope["method"] not in _READ or not scope["path"].startswith(self.prefixes):
            await self.app(scope, receive, send)
            return
        asked = _asked(scope)
        if asked is None or not self._serves(asked.hosts):
            await self.app(scope, receive, send)
            return
        if self.stamp.is_due:
            await self._refresh()
        kept = self._find(asked.key)
        if kept is None:
            await self._pass_on(scope, receive, send, asked)
            return
        counted = await self.counts(scope)
        if counted.refused is not None:
            await self.app(scope, receive, send)
        else:
            await _send(kept, scope, send, asked, counted, self.requests)

    def _serves(self, hosts: tuple[bytes, ...]) -> bool:
        """Tell whether the host is ours; what was found is remembered, since clients ask by few names."""
        if len(hosts) == 1 and hosts[0] in self.hosts:
            return True
        is_known = self.known_hosts.is_known([host.decode("latin-1") for host in hosts])
        if is_known and len(self.hosts) < _MOST_HOSTS:
            self.hosts.add(hosts[0])
        return is_known

    async def _refresh(self) -> None:
        """Ask in a thread. A database that is away leaves the stamp due, and the rest of the edge says so to the client."""
        try:
            await anyio.to_thread.run_sync(self.stamp.refresh)
        except (DBAPIError, PoolTimeoutError):
            _log.warning("stamp_not_read")

    def _find(self, key: tuple[bytes, bytes, bytes, bool]) -> _Kept | None:
        kept = self.kept.get(key)
        if kept is None or self.stamp.is_due:
            return None
        if kept.stamp != self.stamp.value or time.monotonic() - kept.since >= _SECONDS:
            self._forget(key)
            return None
        self.kept.move_to_end(key)
        return kept

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, asked: _Asked) -> None:
        """Ask for the whole answer, whatever the client has already, so that the next one is answered from memory."""
        if scope["method"] != "GET" or self.stamp.is_due:
            await self.app(scope, receive, send)
            return
        stamp, began = self.stamp.value, time.monotonic()
        answer = _Collected(send)
        inner = {**scope, "headers": [header for header in scope["headers"] if header[0] not in _CONDITIONS]}
        if asked.tags is not None or asked.since is not None:
            inner[HOLDS] = partial(_holds, asked)
        await self.app(inner, receive, answer.take)
        if not answer.is_whole:
            return  # it went to the client as it came
        kept = _keepable(answer, stamp, began, route_template(inner))
        if kept is None:
            await answer.release()
            return
        self._keep(asked.key, kept)
        if _holds(asked, answer.start):
            own = [header for header in answer.start["headers"] if header[0].startswith(_OF_THE_CALLER)]
            await send({**kept.unchanged, "headers": [*kept.unchanged["headers"], *own]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await answer.release()

    def _keep(self, key: tuple[bytes, bytes, bytes, bool], kept: _Kept) -> None:
        self._forget(key)
        if kept.size > min(_LARGEST, self.most_bytes):
            return
        self.kept[key] = kept
        self.bytes += kept.size
        while self.bytes > self.most_bytes:
            self._forget(next(iter(self.kept)))

    def _forget(self, key: tuple[bytes, bytes, bytes, bool]) -> None:
        gone = self.kept.pop(key, None)
        if gone is not None:
            self.bytes -= gone.size


class _Collected:
    """Holds an answer back until it is whole, where it could be kept; any other goes on at once."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.start: Message = {}
        self.parts: list[bytes] = []
        self.is_held = False
        self.is_whole = False

    async def take(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            self.start = message
            self.is_held = _may_be_kept(message)
        if not self.is_held:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))
            self.is_whole = not message.get("more_body", False)

    async def release(self) -> None:
        """Send what was held back."""
        await self._send(self.start)
        await self._send({"type": "http.response.body", "body": b"".join(self.parts)})


def _may_be_kept(start: Message) -> bool:
    """Only what every cache may keep, and what sets nothing in a browser."""
    headers = dict(start["headers"])
    caching = headers.get(b"cache-control", b"")
    is_public = b"public" in caching and b"max-age=0" not in caching  # that changes with more than the stamp knows of
    return start["status"] == HTTPStatus.OK and is_public and b"set-cookie" not in headers


def _asked(scope: Scope) -> _Asked | None:
    """Read the headers once; None for requests that are better passed on."""
    hosts: list[bytes] = []
    accept = encoding = b""
    tags = since = None
    for name, value in scope["headers"]:
        if name == b"host":
            hosts.append(value)
        elif name == b"accept":
            accept = value if not accept else accept + b"," + value
        elif name == b"accept-encoding":
            encoding = value
        elif name == b"if-none-match":
            tags = value if tags is None else tags + b"," + value
        elif name == b"if-modified-since":
            since = value
        elif name in _UNUSUAL:
            return None
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return _Asked(tuple(hosts), (path, scope["query_string"], accept, takes_gzip(encoding)), tags, since)


def _keepable(answer: _Collected, stamp: object, since: float, route: str) -> _Kept | None:
    """Make what is kept of an answer; None where it has no tag by which it could be asked for again."""
    body = b"".join(answer.parts)
    headers = [header for header in answer.start["headers"] if not header[0].startswith(_OF_THE_CALLER)]
    named = dict(headers)
    tag = named.get(b"etag")
    if tag is None:
        return None
    unchanged = [header for header in headers if header[0] not in _NOT_WHEN_UNCHANGED]
    return _Kept(
        stamp=stamp,
        since=since,
        whole={"type": "http.response.body", "body": body},
        head={"type": "http.response.start", "status": 200, "headers": headers},
        unchanged={"type": "http.response.start", "status": 304, "headers": unchanged},
        body=body,
        tag=tag,
        modified=_modified(named),
        route=route,
    )


def _is_known(kept: _Kept, asked: _Asked) -> bool:
    return _is_held(asked, kept.tag, kept.modified)


def _holds(asked: _Asked, start: Message) -> bool:
    """Tell whether the client has an answer already of which this is the start."""
    named = dict(start["headers"])
    return _may_be_kept(start) and b"etag" in named and _is_held(asked, named[b"etag"], _modified(named))


def _is_held(asked: _Asked, tag: bytes, modified: datetime | None) -> bool:
    if asked.tags is not None:
        return asked.tags == tag or names_tag(asked.tags.decode("latin-1"), tag.decode("latin-1"))
    return asked.since is not None and is_unmodified(asked.since.decode("latin-1"), modified)


def _modified(named: dict[bytes, bytes]) -> datetime | None:
    modified = named.get(b"last-modified")
    return None if modified is None else parsedate_to_datetime(modified.decode("latin-1"))


async def _send(kept: _Kept, scope: Scope, send: Send, asked: _Asked, counted: Counted, requests: Requests) -> None:
    began, request_id = time.perf_counter(), str(new_id())
    start = kept.unchanged if _is_known(kept, asked) else kept.head
    await send(
        {**start, "headers": [*start["headers"], *counted.finish(start["status"]), (b"x-request-id", request_id.encode())]}
    )
    size = 0
    if start is kept.head and scope["method"] == "GET":
        size = len(kept.body)
        await send(kept.whole)
    else:
        await send({"type": "http.response.body", "body": b""})
    spent = time.perf_counter() - began
    requests.count(scope["method"], kept.route, start["status"], spent, size)
    _log.info(
        "request",
        request_id=request_id,
        method=scope["method"],
        route=kept.route,
        status=start["status"],
        milliseconds=round(spent * 1000, 1),
        bytes=size,
        role="",
    )
