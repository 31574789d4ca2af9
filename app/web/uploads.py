"""Bodies that hold a file: an own limit, room for a few at once, and an answer that people get to see when it is too large."""

from __future__ import annotations

import re

import anyio
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.errors import BadRequest, TooLarge, Unavailable, UnsupportedMedia
from app.kit.say import mark, say

AT_ONCE = 4
"""How many files of the largest size may be in memory at one time."""

_MULTIPART = b"multipart/form-data"
_BESIDE_THE_FILE = 64 * 1024
_SECONDS = 300.0
# A browser shows an answer only once it has sent everything; so what is too large is read on and thrown away, within reason.
_MOST_THROWN_AWAY = 1_000_000_000
_MEGABYTE = 1_000_000
_BUSY = mark("Several people are sending files at this moment. Nothing was changed. Wait a minute and send yours again.")


def any_of(*paths: re.Pattern[str]) -> re.Pattern[str]:
    """Return one pattern for the paths of several rooms."""
    return re.compile("|".join(f"(?:{each.pattern})" for each in paths))


class Uploads:
    """The paths that take a file, and the memory that their bodies may take together."""

    def __init__(self, paths: re.Pattern[str] | None, largest_file: int) -> None:
        self.paths = paths
        self.largest_file = largest_file
        self.limit = largest_file + _BESIDE_THE_FILE
        self.free = AT_ONCE * self.limit

    def are_taken_at(self, scope: Scope) -> bool:
        """Tell whether this request may hold a file; without a cookie nobody is signed in, and the ordinary limit holds."""
        is_ours = scope["method"] == "POST" and self.paths is not None and self.paths.fullmatch(scope["path"]) is not None
        return is_ours and any(name == b"cookie" for name, _value in scope["headers"])

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body within its limit and hand it on; a client that left gets no answer, one that is too slow is let go."""
        headers = Headers(scope=scope)
        if parse_options_header(headers.get("content-type", ""))[0] != _MULTIPART:
            raise UnsupportedMedia("Send this form as a browser does, in UTF-8.")
        announced = headers.get("content-length", "0")
        if not announced.isdecimal() or not announced.isascii():
            raise BadRequest("The length of the body could not be read.")
        is_too_large = len(announced) > len(str(self.limit)) or int(announced) > self.limit
        held = _Held(self)
        try:
            body = await self._read(receive, held, is_too_large=is_too_large)
            if body is not None:
                scope.setdefault("state", {})["takes_a_file"] = True
                await app(scope, replay(body, receive), send)
        finally:
            held.let_go()

    async def _read(self, receive: Receive, held: _Held, *, is_too_large: bool) -> bytes | None:
        chunks: list[bytes] = []
        refusal: TooLarge | Unavailable | None = self._too_large() if is_too_large else None
        size = 0
        with anyio.move_on_after(_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                chunk = message.get("body", b"")
                size += len(chunk)
                if refusal is None and size > self.limit:
                    refusal = self._too_large()
                if refusal is None and not held.take(len(chunk)):
                    refusal = Unavailable(_BUSY, retry_after=60)
                if refusal is None:
                    chunks.append(chunk)
                elif chunks:
                    chunks.clear()
                    held.let_go()
                is_whole = not message.get("more_body", False)
                if refusal is not None and (is_whole or size > _MOST_THROWN_AWAY):
                    raise refusal
                if is_whole:
                    return b"".join(chunks)
        raise refusal or _too_slow()

    def _too_large(self) -> TooLarge:
        return TooLarge(
            say(
                "A file may have at most {most} MB, and this one has more. Nothing was changed. Check that it is the right file, "
                "or make it smaller, for example without its pictures.",
                most=f"{self.largest_file / _MEGABYTE:g}",
            )
        )


class _Held:
    """The memory that one body takes at present."""

    def __init__(self, uploads: Uploads) -> None:
        self.uploads = uploads
        self.size = 0

    def take(self, size: int) -> bool:
        if size > self.uploads.free:
            return False
        self.uploads.free -= size
        self.size += size
        return True

    def let_go(self) -> None:
        self.uploads.free += self.size
        self.size = 0


def _too_slow() -> BadRequest:
    return BadRequest(mark("The file took too long to arrive. Nothing was changed. Send it again over a faster connection."))


def replay(body: bytes, receive: Receive) -> Receive:
    """Hand the read body on once; afterwards the client itself is heard again, to notice when it leaves."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
