"""Bodies that hold a file: an own limit, room for a few at once, and an answer that people get to see when it is too large."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import anyio
import anyio.to_thread
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.errors import BadRequest, NotSignedIn, ReadinessError, TooLarge, Unavailable, UnsupportedMedia
from app.kit.ids import token_hash
from app.kit.say import mark, say
from app.web.beside_file import TextBesideFile
from app.web.cookies import sent_once

AT_ONCE = 4
"""How many files of the largest size may be in memory at one time."""
OF_ONE_SESSION = 2
"""How many of them may come from one browser."""

_MULTIPART = b"multipart/form-data"
_BESIDE_THE_FILE = 64 * 1024
_SECONDS = 300.0
_GRACE_SECONDS = 10.0
_SLOWEST = 32_000  # bytes a second, on the average since the grace ended
_MOST_DIGITS = 15
# A browser shows an answer only once it has sent everything; so what is too large is read on and thrown away, within reason.
_MOST_THROWN_AWAY = 1_000_000_000
_MEGABYTE = 1_000_000
_BUSY = mark("Several people are sending files at this moment. Nothing was changed. Wait a minute and send yours again.")
_YOUR_OWN = mark("Two files of yours are still on their way. Nothing was changed. Wait for them, then send this one again.")


def any_of(*paths: re.Pattern[str]) -> re.Pattern[str]:
    """Return one pattern for the paths of several rooms."""
    return re.compile("|".join(f"(?:{each.pattern})" for each in paths))


IsKnown = Callable[[str], bool]
"""Tells whether the token of a session is one of a session that is alive; it may wait for the database."""


class Uploads:
    """The paths that take a file from who is signed in, and the memory that their bodies may take together."""

    def __init__(self, paths: re.Pattern[str], is_known: IsKnown, largest_file: int, cookie: str) -> None:
        self.paths = paths
        self.is_known = is_known
        self.cookie = cookie
        self.largest_file = largest_file
        self.limit = largest_file + _BESIDE_THE_FILE
        self.free = AT_ONCE * self.limit
        self.arriving: Counter[str] = Counter()

    def are_taken_at(self, scope: Scope) -> bool:
        """Tell whether this request may hold a file; of who has no session's cookie it is read like any that has ended."""
        is_ours = scope["method"] == "POST" and self.paths.fullmatch(scope["path"]) is not None
        return is_ours and (self._token(scope) is not None or _is_in_parts(Headers(scope=scope)))

    def _token(self, scope: Scope) -> str | None:
        return sent_once(HTTPConnection(scope), self.cookie)

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body within its limit and hand it on; a client that left gets no answer, one that is too slow is let go."""
        announced = _announced(Headers(scope=scope))
        token = self._token(scope) or ""
        held = _Held(self, token_hash(token))
        if not token or not await anyio.to_thread.run_sync(self.is_known, token):
            held.refuse(NotSignedIn(), reads_on=self.limit if announced <= self.limit else 0)
            held.beside = TextBesideFile(Headers(scope=scope).get("content-type", ""))
        elif announced > self.limit:
            held.refuse(self.too_large())
        held.begin()
        try:
            body = await _read(receive, held)
            if body is not None:
                scope.setdefault("state", {})["takes_a_file"] = True
                await app(scope, replay(body, receive), send)
        finally:
            held.end()
            if held.beside is not None:
                scope.setdefault("state", {})["form"] = held.beside.form()

    def too_large(self) -> TooLarge:
        """Say how much a file may weigh."""
        return TooLarge(
            say(
                "A file may have at most {most} MB, and this one has more. Nothing was changed. Check that it is the right file, "
                "or make it smaller, for example without its pictures.",
                most=f"{self.largest_file / _MEGABYTE:g}",
            )
        )


class _Held:
    """What one body holds at present: its chunks, their memory, and one of its sender's places."""

    def __init__(self, uploads: Uploads, sender: str) -> None:
        self.uploads = uploads
        self.sender = sender
        self.chunks: list[bytes] = []
        self.arrived = self.size = 0
        self.has_place = False
        self.refusal: ReadinessError | None = None
        self.beside: TextBesideFile | None = None
        self.reads_on = _MOST_THROWN_AWAY

    def begin(self) -> None:
        """Take one of the sender's places."""
        if self.refusal is None and self.uploads.arriving[self.sender] >= OF_ONE_SESSION:
            self.refuse(Unavailable(_YOUR_OWN, retry_after=30))
        if self.refusal is None:
            self.uploads.arriving[self.sender] += 1
            self.has_place = True

    def take(self, chunk: bytes) -> None:
        """Keep a chunk; once the body is refused, nothing of it is kept."""
        self.arrived += len(chunk)
        if self.beside is not None:
            self.beside.take(chunk)
        if self.refusal is None and self.arrived > self.uploads.limit:
            self.refuse(self.uploads.too_large())
        if self.refusal is None and len(chunk) > self.uploads.free:
            self.refuse(Unavailable(_BUSY, retry_after=60))
        if self.refusal is None:
            self.uploads.free -= len(chunk)
            self.size += len(chunk)
            self.chunks.append(chunk)

    def refuse(self, refusal: ReadinessError, *, reads_on: int = _MOST_THROWN_AWAY) -> None:
        """Read on without keeping anything, and answer with this at the end."""
        self.refusal, self.reads_on = refusal, reads_on
        self.end()

    def end(self) -> None:
        """Give everything back."""
        self.chunks.clear()
        self.uploads.free += self.size
        self.size = 0
        if self.has_place:
            self.has_place = False
            self.uploads.arriving[self.sender] -= 1
            self.uploads.arriving += Counter()  # forgets who has none left


async def _read(receive: Receive, held: _Held) -> bytes | None:
    """Return the whole body, or None when the client left before its end; raises what it is refused with."""
    began = anyio.current_time()
    with anyio.move_on_after(_GRACE_SECONDS) as patience:
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            held.take(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if held.refusal is not None and (is_whole or held.arrived > held.reads_on):
                raise held.refusal
            if is_whole:
                return b"".join(held.chunks)
            patience.deadline = began + min(_SECONDS, _GRACE_SECONDS + held.arrived / _SLOWEST)
    raise held.refusal or _too_slow()


def _announced(headers: Headers) -> int:
    """Return the length that a form with a file announces; 0 for none. Raises what any other body is refused with."""
    if not _is_in_parts(headers):
        raise UnsupportedMedia("Send this form as a browser does, in UTF-8.")
    announced = headers.get("content-length", "0")
    if not announced.isdecimal() or not announced.isascii():
        raise BadRequest("The length of the body could not be read.")
    return int(announced[:_MOST_DIGITS])


def _is_in_parts(headers: Headers) -> bool:
    return parse_options_header(headers.get("content-type", ""))[0] == _MULTIPART


def _too_slow() -> BadRequest:
    return BadRequest(mark("The file took too long to arrive. Nothing was changed. Send it again over a faster connection."))


def replay(body: bytes, receive: Receive) -> Receive:
    """Hand the read body on once; afterwards the client itself is heard again, to notice when it leaves."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
