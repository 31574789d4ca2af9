"""Versions as a question names them: one, the newest, all, or the newest from one on."""

from __future__ import annotations

import re
from collections.abc import Collection

from app.kit.say import mark
from app.releases.sdmx.refusals import Misspelt

_ALL, _NEWEST = frozenset({"*", "all"}), frozenset({"+", "~", "latest"})
_PATTERN = re.compile(r"[0-9]{1,9}[+~*]?(\.[0-9]{1,9}[+~*]?|\.[+~*]){0,2}|[+~*](\.0){1,2}")


def matching(pattern: str, versions: Collection[str]) -> list[str]:
    """Return the versions that a pattern means, the newest first. Raises Misspelt for what is no pattern."""
    ordered = sorted(versions, key=_parts, reverse=True)
    found = {version for each in pattern.split(",") for version in _matching(each, ordered)}
    return [version for version in ordered if version in found]


def newest(versions: Collection[str]) -> str:
    """Return the newest of some versions."""
    return max(versions, key=_parts)


def _matching(pattern: str, ordered: list[str]) -> list[str]:
    if pattern in _ALL:
        return ordered
    if pattern in _NEWEST:
        return ordered[:1]
    if _PATTERN.fullmatch(pattern) is None or sum(map(pattern.count, "+~*")) > 1:
        raise Misspelt(mark("Write a version such as 2026.1.0, or + or latest for the newest, or * or all for all."))
    if not set(pattern) & set("+~*"):
        return [version for version in ordered if version == pattern]
    parts = pattern.split(".")
    place = next(place for place, part in enumerate(parts) if set(part) & set("+~*"))
    fixed = tuple(map(int, parts[:place]))
    least = tuple(int(part.rstrip("+~*") or 0) for part in parts[place:])
    later = [version for version in ordered if _parts(version)[:place] == fixed and _parts(version)[place:] >= least]
    return later if "*" in pattern else later[:1]


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
