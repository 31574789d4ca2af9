"""Text that people typed: cleaned once, in one way."""

from __future__ import annotations

import unicodedata

_KEPT_CONTROLS = frozenset("\n\t")


def clean(text: str) -> str:
    """Return NFC text without outer blanks; line ends become newlines. Control characters are the caller's to refuse."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def has_forbidden_characters(text: str) -> bool:
    """Tell whether text holds control characters, lone surrogates or direction overrides that no answer needs."""
    return any(
        (unicodedata.category(character) in {"Cc", "Cs"} and character not in _KEPT_CONTROLS)
        or character in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
        for character in text
    )
