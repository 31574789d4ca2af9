"""Text that people typed: cleaned once, in one way."""

from __future__ import annotations

import unicodedata
from itertools import groupby

_KEPT_CONTROLS = frozenset("\n\t")
_MOST_MARKS = 30  # on one letter: UAX #15, Stream-Safe Text Format; no language comes near


def clean(text: str) -> str:
    """Return NFC text without outer blanks; line ends become newlines. Forbidden characters are the caller's to refuse."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    # Sorting the marks of one letter takes time by the square of their number: 42 s for 200,000 of them.
    return (lines if _has_endless_marks(lines) else unicodedata.normalize("NFC", lines)).strip()


def has_forbidden_characters(text: str) -> bool:
    """Tell whether text holds control characters, lone surrogates, direction overrides or heaps of marks that no answer needs."""
    return any(
        (unicodedata.category(character) in {"Cc", "Cs"} and character not in _KEPT_CONTROLS)
        or character in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
        for character in text
    ) or _has_endless_marks(text)


def _has_endless_marks(text: str) -> bool:
    runs = groupby(text, key=lambda character: character > "\u02ff" and unicodedata.combining(character) > 0)
    return any(is_mark and sum(1 for _ in run) > _MOST_MARKS for is_mark, run in runs)
