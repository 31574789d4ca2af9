"""The passwords that the world chooses most, as hashes: data/passwords/README.md says whose list it is."""

from __future__ import annotations

import unicodedata
from functools import cache
from hashlib import sha256
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent.parent / "data" / "passwords" / "common.txt"
_DIGITS = 16  # 64 bits: another password is taken for one of 5,000 once in 3,700,000,000,000,000 tries


def is_common(password: str) -> bool:
    """Tell whether a password is one that many people of the world have."""
    return fingerprint(password) in _fingerprints()


def fingerprint(password: str) -> str:
    """Return what stands for a password in the list, large or small, wide or narrow as its letters may be."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    return sha256(plain.encode()).hexdigest()[:_DIGITS]


@cache
def _fingerprints() -> frozenset[str]:
    return frozenset(FILE.read_text(encoding="ascii").split())
