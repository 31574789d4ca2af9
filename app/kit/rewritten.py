"""Old and new words side by side: which words went, and which came."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

_TOKEN = re.compile(r"\s+|[\w'\u2019-]+|[^\w\s]")
_LEAST_ALIKE = 0.35
"""Texts that have less in common are other texts: marking every second word of them helps nobody."""
_MOST_TOKENS = 4_000
"""Beyond that many words and blanks a comparison would take seconds."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; `is_changed` where the other text does not have it."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text before and after, each in pieces that put together are the text."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


@lru_cache(maxsize=4_096)
def rewritten(before: str, after: str) -> Rewritten:
    """Mark the words of each text that the other does not have in their place."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)  # words find each other, and blanks go with them
    if not old or not new or len(old) + len(new) > _MOST_TOKENS or matcher.ratio() < _LEAST_ALIKE:
        return Rewritten(_whole(before), _whole(after))
    runs = _without_lone_blanks(matcher.get_opcodes(), old)
    return Rewritten(
        tuple(_joined((is_same, "".join(old[a:b])) for is_same, a, b, _c, _d in runs)),
        tuple(_joined((is_same, "".join(new[c:d])) for is_same, _a, _b, c, d in runs)),
    )


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, is_changed=True),) if text else ()


def _without_lone_blanks(
    opcodes: Sequence[tuple[str, int, int, int, int]], old: Sequence[str]
) -> list[tuple[bool, int, int, int, int]]:
    """Let a blank between two changed words count as changed, so that they are marked in one."""
    runs = [(tag == "equal", a, b, c, d) for tag, a, b, c, d in opcodes]
    last = len(runs) - 1
    return [
        (is_same and not (0 < place < last and "".join(old[a:b]).isspace()), a, b, c, d)
        for place, (is_same, a, b, c, d) in enumerate(runs)
    ]


def _joined(runs: Iterator[tuple[bool, str]]) -> Iterator[Piece]:
    held, was_same = "", True
    for is_same, text in runs:
        if text and held and is_same is not was_same:
            yield Piece(held, is_changed=not was_same)
            held = ""
        if text:
            held, was_same = held + text, is_same
    if held:
        yield Piece(held, is_changed=not was_same)
