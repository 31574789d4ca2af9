"""Strong ETags: the same bytes are sent once, and 304 afterwards."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from app.kit.clock import as_utc
from app.kit.ids import sha256

_TAG_LENGTH = 32
_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def etag_of(body: bytes) -> str:
    """Return the strong entity tag of some bytes, with its quotes."""
    return f'"{sha256(body)[:_TAG_LENGTH]}"'


def conditional(
    request: Request,
    body: bytes,
    media_type: str,
    cache_control: str,
    last_modified: datetime | None = None,
    *,
    etag: str | None = None,
) -> Response:
    """Answer with the bytes, or 304 when the client already has them; `etag` spares hashing bytes that never change."""
    tag = etag or etag_of(body)
    headers = {"ETag": tag, "Cache-Control": cache_control}
    if last_modified is not None:
        headers["Last-Modified"] = format_datetime(as_utc(last_modified), usegmt=True)
    if _is_known(request, tag, last_modified):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _is_known(request: Request, tag: str, last_modified: datetime | None) -> bool:
    """If-None-Match decides where it is sent (RFC 9110, 13.2.2); tags are compared weakly, as it demands."""
    if request.method not in {"GET", "HEAD"}:
        return False
    sent = request.headers.getlist("if-none-match")
    if sent:
        return names_tag(",".join(sent), tag)
    return is_unmodified(request.headers.get("if-modified-since"), last_modified)


def names_tag(listed: str, tag: str) -> bool:
    """Tell whether a list of tags, or `*`, names this one."""
    return listed.strip() == "*" or tag in _TAG.findall(listed)


def is_unmodified(since: str | None, last_modified: datetime | None) -> bool:
    """Tell whether nothing changed since the time that a client names."""
    moment = _since(since)
    return moment is not None and last_modified is not None and as_utc(last_modified).replace(microsecond=0) <= moment


def _since(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return as_utc(parsedate_to_datetime(text))
    except (ValueError, OverflowError):
        return None
