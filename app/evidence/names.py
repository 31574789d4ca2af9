"""The name that somebody gave a file: data to show and to send back, and never a place where anything is stored."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from app.kit.text import clean

LONGEST_NAME = 150
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]+")
_OF_PATHS = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def harmless_name(sent: str, extension: str = "") -> str:
    """Return the last part of a name without what cannot be seen or would mean something to a file system.

    An empty one becomes "file", and a long one keeps its extension.
    """
    last = clean(sent.replace("\0", "")).replace("\\", "/").rpartition("/")[2]
    seen = "".join(" " if unicodedata.category(character) in _UNSEEN else character for character in last)
    name = " ".join(seen.translate(_OF_PATHS).split()).strip(". ")
    if not name or name == extension.strip("."):
        return f"file{extension}"
    stem, dot, suffix = name.rpartition(".")
    return name if len(name) <= LONGEST_NAME else f"{stem[: LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}"[:LONGEST_NAME]


def extension_of(name: str) -> str:
    """Return the last extension of a name in small letters, with its dot; '' where there is none."""
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix.lower()}" if dot and stem else ""


def attachment(name: str) -> str:
    """Return the header Content-Disposition that has a browser save a file under its name (RFC 6266, RFC 8187)."""
    plain = _NOT_PLAIN.sub("_", name).strip(". ") or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
