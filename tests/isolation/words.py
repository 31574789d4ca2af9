"""Words that stand nowhere else: planted in all that a person can write, and looked for in whatever others are answered."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

SHORTEST = 24


@dataclass
class Planted:
    """One fresh 128-bit word, and every text that was made of it; a text says where it was written."""

    word: str = field(default_factory=lambda: secrets.token_hex(16))
    texts: dict[str, str] = field(default_factory=dict)
    further: set[str] = field(default_factory=set)
    """What is known of them beside: hashes of whole records, marked figures."""

    def text(self, place: str) -> str:
        """Make a text for a place; its signs are written differently in HTML, JSON, an address and a table."""
        return self.texts.setdefault(place, f'{self.word} {place} <é&"')

    def plain(self, place: str) -> str:
        """Make one of letters only, for names and addresses."""
        return self.texts.setdefault(place, f"{self.word}{place}")

    def needles(self) -> tuple[bytes, ...]:
        """Return the word as it stands in any encoding, and the SHA-256 of every text. All in lower case, but base64."""
        raw = self.word.encode()
        hashes = {hashlib.sha256(text.encode()).hexdigest() for text in self.texts.values()}
        in_hex = {raw.hex(), self.word.encode("utf-16-le").hex()}
        as_utf16 = {raw.decode().encode("utf-16-le")}
        return tuple({raw, *as_utf16, *(each.encode() for each in hashes | in_hex | self.further)})

    def in_base64(self) -> tuple[bytes, ...]:
        """Return what the word looks like in base64, wherever in a group of three bytes it begins."""
        found = []
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + self.word.encode())
            found.append(encoded[4 if shift else 0 :][:SHORTEST])  # the first group depends on what stands before
        return tuple(found)
