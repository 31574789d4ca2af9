"""The few addresses that take a file with their form, and how much such a request may weigh; no other address takes one."""

from __future__ import annotations

import re

_places: dict[re.Pattern[str], int] = {}


def takes_file(pattern: str, *, most_bytes: int) -> None:
    """Say that forms sent to the paths of a pattern carry a file; rooms do so when they are imported."""
    _places[re.compile(pattern)] = most_bytes


def upload_limit(method: str, path: str) -> int | None:
    """Return the largest body of a request with a file; None where no file is taken."""
    if method != "POST":
        return None
    return next((most for pattern, most in _places.items() if pattern.fullmatch(path)), None)
