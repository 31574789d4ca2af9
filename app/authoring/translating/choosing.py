"""Which strings somebody wants to see: those of one state, or those that hold a text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from app.domain.translating.strings import State, String

Show = Literal["all", "missing", "outdated", "unreviewed"]


def fits(string: String, show: Show) -> bool:
    """Tell whether a string is one of those; `unreviewed`: translated, and read by nobody else yet."""
    if show == "unreviewed":
        return bool(string.text) and not string.is_reviewed
    return show == "all" or string.state is State(show)


def searched(strings: Iterable[String], text: str) -> list[String]:
    """Return strings that hold a text: in their part's code, in the source or in the translation."""
    wanted = text.strip().casefold()
    return [
        string for string in strings if wanted in f"{string.message.context}\n{string.message.text}\n{string.shown}".casefold()
    ]
