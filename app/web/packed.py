"""Compression of answers that are sent again and again; each form of the bytes has its own strong ETag."""

from __future__ import annotations

import gzip
import re
from datetime import datetime
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from app.web.etag import conditional

_WORTH_IT = 1_024
_LEVEL = 6
_LOOSE = ("application/json", "application/ld+json", "application/vnd.sdmx.", "text/")
"""What compresses at all; Parquet and archives are dense already."""
_RANGE = re.compile(r"\s*(gzip|x-gzip|\*)\s*(?:;\s*q=([0-9.]{1,5})\s*)?", re.IGNORECASE)


@lru_cache(maxsize=256)
def takes_gzip(accepted: bytes) -> bool:
    """Tell whether an Accept-Encoding takes gzip (RFC 9110, 12.5.3)."""
    named: dict[str, bool] = {}
    for part in accepted.decode("latin-1").split(","):
        found = _RANGE.fullmatch(part)
        if found is not None:
            named[found[1].lower()] = found[2] is None or found[2].strip("0.") != ""
    return named.get("gzip", named.get("x-gzip", named.get("*", False)))


def packed(request: Request, body: bytes, media_type: str, cache_control: str, last_modified: datetime | None = None) -> Response:
    """Answer with the bytes, compressed where the client takes it and it is worth it, or with 304.

    Only for what is public: a compressed answer that held a secret beside what a client chose could be made to tell it (BREACH).
    """
    is_loose = media_type.startswith(_LOOSE)
    is_packed = is_loose and len(body) >= _WORTH_IT and takes_gzip(request.headers.get("accept-encoding", "").encode("latin-1"))
    # Without the time of packing: the same bytes are the same file, and have the same tag in every process.
    sent = gzip.compress(body, _LEVEL, mtime=0) if is_packed else body
    answer = conditional(request, sent, media_type, cache_control, last_modified)
    if is_packed and answer.body:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept, Accept-Encoding" if is_loose else "Accept"
    return answer
