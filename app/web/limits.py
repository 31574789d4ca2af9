"""What the edge refuses before a handler runs: unknown hosts, addresses that read two ways, and bodies that are too much."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, unquote_to_bytes

import anyio
import anyio.to_thread
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import Settings
from app.kit.errors import BadRequest, ReadinessError, TooLarge, UnsupportedMedia
from app.kit.say import mark, say
from app.kit.strict_json import check_json
from app.web.cookies import cookie_name
from app.web.forms import MOST_FIELDS, BadForm
from app.web.i18n import gettext as _
from app.web.paths import is_api
from app.web.uploads import IsKnown, Uploads, replay

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LONGEST_ADDRESS = 8 * 1024
LONGEST_HEADERS = 32 * 1024

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
_WRITING = frozenset({"POST", "PUT", "PATCH"})
_ONLY_ONCE = frozenset({b"host", b"content-type", b"content-length", b"authorization", b"origin", b"sec-fetch-site"})
_HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)
_ANNOUNCING = frozenset({b"content-length", b"transfer-encoding"})
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ENCODED_SEPARATOR = re.compile(rb"%2f|%5c|\\", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_JSON = b"application/json"
_FILES = {
    "drafts.yaml": b"application/yaml",
    "document.yaml": b"application/yaml",
    "items.xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "file.po": b"text/x-gettext-translation",
    "file.xlf": b"application/xliff+xml",
}
"""What the API's addresses of files take; a part of a draft may be called the same, and is none."""
_URLENCODED = b"application/x-www-form-urlencoded"
_LARGE_FOR_THE_LOOP = 64 * 1024
_BODY_SECONDS = 30.0  # a megabyte at the pace of the slowest telephone; files have a pace of their own
_TOO_SLOW = mark("What was sent took too long to arrive. Nothing was changed. Send it again over a faster connection.")
_UNKNOWN_HOST = mark("This server does not serve that host name.")


class BadAddress(BadRequest):
    """The address could be read in more than one way."""

    code = "bad_address"
    title = "This address could not be read"

    def __init__(self) -> None:
        super().__init__(
            mark("The address is not written as this site writes its addresses. Check it, or start from the first page.")
        )


class AddressTooLong(ReadinessError):
    """The address is longer than the service reads."""

    status = 414
    code = "address_too_long"
    title = "This address is too long"


class HeadersTooLong(ReadinessError):
    """The headers are longer than the service reads."""

    status = 431
    code = "headers_too_long"
    title = "The headers of the request are too long"


class TooSlow(ReadinessError):
    """The body did not arrive in time."""

    status = 408
    code = "too_slow"
    title = "This took too long to arrive"


class KnownHosts:
    """ASGI middleware: answer only to the host names of the settings."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what was meant for this service."""
        if scope["type"] not in {"http", "websocket"} or self.is_known(Headers(scope=scope).getlist("host")):
            await self.app(scope, receive, send)
        else:
            await PlainTextResponse(_(_UNKNOWN_HOST), 400)(scope, receive, send)

    def is_known(self, sent: Sequence[str]) -> bool:
        """Tell whether these values of the header Host are one name that this service answers to."""
        found = _HOST.fullmatch(sent[0]) if len(sent) == 1 else None
        return found is not None and found["name"].lower().strip("[]") in self.hosts


class SaneRequests:
    """ASGI middleware: refuse methods, addresses and headers that no page or client of ours produces."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what can be read in one way only."""
        if scope["type"] == "http":
            _check_method(scope["method"])
            _check_address(scope.get("raw_path") or quote(scope["path"]).encode(), scope["query_string"])
            if is_api(scope["path"]):
                _check_parameters(scope["query_string"])
            _check_headers(scope["headers"])
        await self.app(scope, receive, send)


class WholeBody:
    """ASGI middleware: read the limited body before the handler starts, check it, and hand it on in one piece.

    So no handler ever sees half a request: a client that leaves in the middle has changed nothing. Addresses that take a
    file have a limit of their own.
    """

    def __init__(self, app: ASGIApp, settings: Settings, uploads: tuple[re.Pattern[str], IsKnown] | None = None) -> None:
        self.app = app
        self.limit = settings.largest_body_bytes
        cookie, size = cookie_name(settings), settings.largest_file_bytes
        self.uploads = Uploads(*uploads, size, cookie) if uploads else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read, check and replay; a client that left gets no answer."""
        if scope["type"] != "http":  # what the lifespan keeps in its state, every request finds in its own
            await self.app(scope, receive, send)
            return
        if not _may_have_body(scope):
            await self.app(scope, receive, send)
            return
        if self.uploads is not None and self.uploads.are_taken_at(scope):
            await self.uploads.serve(self.app, scope, receive, send)
            return
        headers = Headers(scope=scope)
        self._check_length(headers.get("content-length", "0"))
        with anyio.move_on_after(_BODY_SECONDS) as patience:
            body = await self._read(receive)
        if patience.cancelled_caught:
            raise TooSlow(_TOO_SLOW)
        if body is None:
            return
        await _check_body(scope, headers.get("content-type", ""), body)
        await self.app(scope, replay(body, receive), send)

    def _check_length(self, announced: str) -> None:
        if not announced.isdecimal() or not announced.isascii():
            raise BadRequest("The length of the body could not be read.")
        if len(announced) > len(str(self.limit)) or int(announced) > self.limit:
            raise self._too_large()

    async def _read(self, receive: Receive) -> bytes | None:
        """Return the whole body, or None when the client left before its end."""
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return None
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self.limit:
                raise self._too_large()
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)

    def _too_large(self) -> TooLarge:
        return TooLarge(say("Send at most {most} bytes at once.", most=f"{self.limit:,}"))


def _check_method(method: str) -> None:
    if method not in METHODS:
        raise HTTPException(405, headers={"Allow": ", ".join(METHODS)})


def _check_address(raw_path: bytes, query: bytes) -> None:
    if len(raw_path) + len(query) > LONGEST_ADDRESS:
        raise AddressTooLong(say("Use an address of at most {most} characters.", most=f"{LONGEST_ADDRESS:,}"))
    path = _decoded(raw_path)
    has_dots = any(part in {b".", b".."} for part in path.split(b"/"))
    if has_dots or _ENCODED_SEPARATOR.search(raw_path) or _CONTROL.search(path) or b"\0" in _decoded(query):
        raise BadAddress


def _check_parameters(query: bytes) -> None:
    """Refuse a parameter that is sent twice: nobody can say which one counts. Lists are sent with commas between."""
    names = [unquote_to_bytes(part.partition(b"=")[0].replace(b"+", b" ")) for part in query.split(b"&") if part]
    if len(set(names)) < len(names):
        raise BadRequest("A parameter of the address is named twice. Name each once; lists have commas between.")


def _decoded(raw: bytes) -> bytes:
    """Undo percent-encoding; what is not UTF-8 afterwards would be stored as something else."""
    if b"%" not in raw and raw.isascii():
        return raw
    if _BAD_PERCENT.search(raw):
        raise BadAddress
    decoded = unquote_to_bytes(raw)
    try:
        decoded.decode()
    except UnicodeDecodeError as error:
        raise BadAddress from error
    return decoded


def _check_headers(headers: Sequence[tuple[bytes, bytes]]) -> None:
    if sum(len(name) + len(value) for name, value in headers) > LONGEST_HEADERS:
        raise HeadersTooLong(
            say(
                "Send at most {most} bytes of headers. In a browser, clearing this site's cookies may help.",
                most=f"{LONGEST_HEADERS:,}",
            )
        )
    once = [name for name, _value in headers if name in _ONLY_ONCE]
    if len(set(once)) != len(once):
        raise BadRequest("A header that may be sent once was sent twice.")
    if any(name == b"content-encoding" and value.lower() != b"identity" for name, value in headers):
        raise UnsupportedMedia("Send the body uncompressed.")


def _may_have_body(scope: Scope) -> bool:
    return scope["method"] not in _BODILESS or any(name in _ANNOUNCING for name, _value in scope["headers"])


async def _check_body(scope: Scope, content_type: str, body: bytes) -> None:
    if not body:
        return
    kind, options = parse_options_header(content_type)
    if is_api(scope["path"]) and scope["method"] in _WRITING:
        _check_kind(scope["path"], kind)
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise UnsupportedMedia("Send the body in UTF-8.")
    check = {_JSON: check_json, _URLENCODED: check_urlencoded}.get(kind)
    if check is not None and len(body) > _LARGE_FOR_THE_LOOP:
        await anyio.to_thread.run_sync(check, body)
    elif check is not None:
        check(body)


def _check_kind(path: str, kind: bytes) -> None:
    """Refuse what the address does not take: a file where its name says so, JSON everywhere else."""
    name = path.rpartition("/")[2]
    due = _JSON if "/parts/" in path else _FILES.get(name, _JSON)
    if kind == due:
        return
    if due == _JSON:
        raise UnsupportedMedia("Send JSON, with the header Content-Type: application/json.")
    raise UnsupportedMedia(say("Send the file itself, with the header Content-Type: {kind}.", kind=due.decode()))


def check_urlencoded(body: bytes) -> None:
    """Refuse a form with too many fields, with NUL, or not in UTF-8."""
    if body.count(b"&") + body.count(b";") >= MOST_FIELDS:
        raise TooLarge(say("Send at most {most} fields at once.", most=f"{MOST_FIELDS:,}"))
    decoded = unquote_to_bytes(body.replace(b"+", b" "))
    try:
        decoded.decode()
    except UnicodeDecodeError as error:
        message = mark("The form is not in UTF-8. Reload the page and send it again.")
        raise BadForm(message) from error
    if b"\0" in decoded:
        message = mark("The form holds the character NUL. Remove it and send the form again.")
        raise BadForm(message)
