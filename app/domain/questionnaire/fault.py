"""What is wrong with a document: a code, a place, and words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to correct before a version can be published."""

    code: str
    path: Path
    message: str
