"""Text that people typed: cleaned once, in one way."""

from __future__ import annotations

import unicodedata
from itertools import groupby

_KEPT_CONTROLS = frozenset("\n\t")
# Nobody types these; they come along unseen when text is pasted. Windows puts U+202A before a path that is copied from a
# file's properties, slides use U+000B for a line end and documents U+000C for a page end. To refuse them would ask people to
# remove what they cannot see; a text without direction marks reads as its letters say, so none can disguise another.
_PASTED = {
    **dict.fromkeys(map(ord, "\r\x0b\x0c"), "\n"),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), None),
}
_MOST_MARKS = 30  # on one letter: UAX #15, Stream-Safe Text Format; no language comes near


def clean(text: str) -> str:
    """Return NFC text without outer blanks and direction marks; line and page ends become newlines.

    Forbidden characters are the caller's to refuse.
    """
    lines = text.replace("\r\n", "\n").translate(_PASTED)
    # Sorting the marks of one letter takes time by the square of their number: 42 s for 200,000 of them.
    return (lines if _has_endless_marks(lines) else unicodedata.normalize("NFC", lines)).strip()


def listed(text: str) -> list[str]:
    """Return the codes of a text that has commas between them."""
    return [code.strip() for code in text.split(",") if code.strip()]


def is_one_line(text: str) -> bool:
    """Tell whether text has no line breaks or tabs in it, of any kind: a name stands in lists, headings and files."""
    return len(text.splitlines()) <= 1 and "\t" not in text


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
