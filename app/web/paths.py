"""What an address says: whether it belongs to the JSON edge, and which path one may be sent on to."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Path

Revision = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[1])]
"""A revision's number in an address, as both databases can hold it; any other names nothing."""

_LONGEST_PATH = 2_000
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


_MACHINES = ("/api", "/sdmx")


def is_api(path: str) -> bool:
    """Tell whether a path is read by programs, so that a refusal is no page: a problem document, or an error of SDMX."""
    return path.startswith(tuple(f"{edge}/" for edge in _MACHINES)) or path in _MACHINES


def own_path(text: str) -> str:
    """Return a path on this service, or `/`; `//e`, `https:e`, backslashes and line ends would lead elsewhere."""
    is_own = len(text) <= _LONGEST_PATH and text.isascii() and _OWN_PATH.fullmatch(text) is not None
    return text if is_own else "/"
