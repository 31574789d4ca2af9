"""Changes over the API name what their sender saw (If-Match): nobody overwrites what they have not read."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header

from app.kit.errors import BadRequest, Conflict, ReadinessError
from app.kit.say import mark

_ONE_TAG = re.compile(r'"([\x21\x23-\x7e]{1,200})"')


class EtagNeeded(ReadinessError):
    """The change does not say which state of the thing its sender saw."""

    status = 428
    code = "etag_needed"
    title = "Say what you read"

    def __init__(self) -> None:
        super().__init__(mark("Read the thing first, and send the ETag of that answer along as If-Match. Nothing was changed."))


class ChangedSince(ReadinessError):
    """What was seen is not what is there any more: the conflict of the pages, with the status that If-Match asks for."""

    status = 412
    title = Conflict.title

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(conflict.detail, extra=conflict.extra)
        self.code = conflict.code


def seen_etag(
    if_match: Annotated[
        str | None, Header(description="The `ETag` of what you read, with its quotes.", examples=['"5d41402abc4b2a76"'])
    ] = None,
) -> str:
    """Return the one entity tag that a change names, without its quotes; `*` and several tags would prove nothing."""
    if if_match is None:
        raise EtagNeeded
    found = _ONE_TAG.fullmatch(if_match.strip())
    if found is None:
        message = mark("Send one ETag as If-Match, with its quotes, exactly as you read it.")
        raise BadRequest(message)
    return found[1]


SeenEtag = Annotated[str, Depends(seen_etag)]
