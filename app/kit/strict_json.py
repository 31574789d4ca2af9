"""JSON read strictly, once, at the edge: what two parsers could read in two ways is refused, in words that quote nothing."""

from __future__ import annotations

import json
import math

from app.kit.errors import BadRequest
from app.kit.say import mark, say

DEEPEST = 50

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_MOST_DIGITS = 20


class BadJson(BadRequest):
    """The body is not JSON that every program reads alike."""

    code = "bad_json"
    title = "The JSON could not be read"


def check_json(body: bytes) -> None:
    """Refuse bad syntax, repeated keys, numbers outside 64 bits, half characters, NUL and deep nesting."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        message = mark("The body is not in UTF-8.")
        raise BadJson(message) from error
    _check_values(_parse(text), has_escapes="\\u" in text)


def _parse(text: str) -> object:
    try:
        parsed: object = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        message = say("The body is not valid JSON: see line {line}, column {column}.", line=error.lineno, column=error.colno)
        raise BadJson(message) from error
    except RecursionError as error:
        raise _too_deep() from error
    return parsed


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        message = mark("An object names the same key twice.")
        raise BadJson(message)
    return members


def _integer(digits: str) -> int:
    if len(digits) <= _MOST_DIGITS and _SMALLEST <= int(digits) <= _LARGEST:
        return int(digits)
    message = mark("A whole number is outside the range of 64 bits.")
    raise BadJson(message)


def _float(digits: str) -> float:
    number = float(digits)
    if math.isfinite(number):
        return number
    message = mark("A number is too large.")
    raise BadJson(message)


def _constant(_name: str) -> float:
    message = mark("NaN and Infinity are not JSON.")
    raise BadJson(message)


def _check_values(document: object, *, has_escapes: bool) -> None:
    """Walk without recursion; NUL and half characters can only be written as escapes."""
    waiting = [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, dict):
            inner = [*value, *value.values()] if has_escapes else list(value.values())
        elif isinstance(value, list):
            inner = value
        else:
            if has_escapes and isinstance(value, str):
                _check_text(value)
            continue
        if depth > DEEPEST:
            raise _too_deep()
        waiting.extend((one, depth + 1) for one in inner)


def _check_text(text: str) -> None:
    if "\0" in text:
        message = mark("A text holds the character NUL.")
        raise BadJson(message)
    if any("\ud800" <= character <= "\udfff" for character in text):
        message = mark("A text holds half of a character (a lone surrogate).")
        raise BadJson(message)


def _too_deep() -> BadJson:
    return BadJson(say("The JSON nests deeper than {most} levels.", most=DEEPEST))
