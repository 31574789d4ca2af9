"""How single values are read: words, numbers, web addresses; each that does not fit says what to do."""

from __future__ import annotations

import math
import re
import sys

from app.kit.say import say
from app.kit.text import clean, has_forbidden_characters

LONGEST_ADDRESS = 2_000
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
# A host with a dot and without a user: https://apec.org@elsewhere.example leads elsewhere.
_ADDRESS = re.compile(r"https?://[^\s./?#@\\]+(\.[^\s./?#@\\]+)+([/?#].*)?", re.IGNORECASE)


class Unfit(Exception):
    """A value that does not fit: the field, a stable code, and what to do."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code, self.message = field, code, message


def read_number(raw: object) -> float:
    """Read a finite number as people and programs write it; raises `Unfit`."""
    text = raw.strip().replace("\u2212", "-").replace(" ", "") if isinstance(raw, str) else written(raw)
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise Unfit("value", "not_a_number", "Write a number in figures, such as 12 or 12.5, with a point before decimals.")
    return float(text) + 0.0  # so that minus zero is zero


def written(raw: object) -> str:
    """Write a number out; nothing for what is no number, or larger than any number that is stored."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return ""
    return str(raw) if abs(raw) <= sys.float_info.max else ""


def read_words(field: str, raw: str, longest: int) -> str:
    """Read cleaned words of at most so many characters; raises `Unfit`."""
    words = clean(raw)
    if len(words) > longest:
        message = say("Shorten this to {most} characters; it has {length}.", most=f"{longest:,}", length=f"{len(words):,}")
        raise Unfit(field, "too_long", message)
    if has_forbidden_characters(words):
        raise Unfit(field, "forbidden_characters", "Remove the invisible control characters from this text; retyping it helps.")
    return words


def read_address(raw: str) -> str:
    """Read a web address as words only; the service never opens it."""
    address = read_words("evidence_url", raw, LONGEST_ADDRESS)
    if any(character.isspace() for character in address):
        raise Unfit("evidence_url", "not_an_address", "A web address has no blanks; give one address only.")
    if address and not _ADDRESS.fullmatch(address):
        raise Unfit("evidence_url", "not_an_address", "Write the whole web address, beginning with https:// or http://.")
    return address
