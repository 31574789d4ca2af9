"""Which words of a text changed, for a person who compares two of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\S+\s*|\s+")
_MOST_WORDS = 3_000  # comparing takes time by the square of them; of longer texts the whole counts as changed


@dataclass(frozen=True, slots=True)
class Run:
    """A run of words; `is_changed` where the other text has others in their place."""

    text: str
    is_changed: bool = False


def changed_words(before: str, after: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return both texts in runs. Joined, the runs are the texts."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        return (Run(before, is_changed=True),), (Run(after, is_changed=True),)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    gone = _runs((tag != "equal", old[a:b]) for tag, a, b, _c, _d in steps)
    come = _runs((tag != "equal", new[c:d]) for tag, _a, _b, c, d in steps)
    return tuple(gone), tuple(come)


def _runs(parts: Iterator[tuple[bool, list[str]]]) -> Iterator[Run]:
    for is_changed, words in parts:
        if words:
            yield Run("".join(words), is_changed)
