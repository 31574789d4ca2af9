"""Keyset cursors: where the next page starts, as an opaque text that a client sends back unread."""

from __future__ import annotations

import json
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence

from app.kit.errors import BadRequest
from app.kit.say import mark

CursorValue = str | int | float

_LONGEST = 512
_LARGEST = 2**63
_MOST_DIGITS = 9


class BadCursor(BadRequest):
    """The cursor is not one that this service gave."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__(mark("Send `next` exactly as the previous page gave it, or leave it out to start again."))


def encode_cursor(values: Sequence[CursorValue]) -> str:
    """Return the cursor of the last row's sort values."""
    text = json.dumps(list(values), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(text: str, shape: tuple[type[CursorValue], ...] = ()) -> tuple[CursorValue, ...]:
    """Return the sort values of a cursor; `shape` names the types that this list expects."""
    try:
        values = _values(text)
        is_ours = encode_cursor(values) == text and (not shape or tuple(type(value) for value in values) == shape)
    except (NotBase64, ValueError, RecursionError) as error:
        raise BadCursor from error
    if not is_ours:
        raise BadCursor
    return values


def number_after(key: tuple[str, ...] | None) -> int | None:
    """Read the number at which a list goes on; None for its begin."""
    if key is None:
        return None
    if not key[0].isdecimal() or not key[0].isascii() or len(key[0]) > _MOST_DIGITS:
        raise BadCursor
    return int(key[0])


def _values(text: str) -> tuple[CursorValue, ...]:
    if len(text) > _LONGEST:
        raise BadCursor
    parsed = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
    if not isinstance(parsed, list):
        raise BadCursor
    return tuple(_value(value) for value in parsed)


def _value(value: object) -> CursorValue:
    if isinstance(value, str) and "\0" not in value and value.isprintable():
        return value
    if isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value < _LARGEST:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise BadCursor
