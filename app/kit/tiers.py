"""How much a client may ask of the API: three sizes; settings say how much each is."""

from __future__ import annotations

from enum import StrEnum


class Tier(StrEnum):
    """By the address alone, with a key or a session, or with a key for much."""

    ANONYMOUS = "anonymous"
    STANDARD = "standard"
    LARGE = "large"


OF_KEYS = (Tier.STANDARD, Tier.LARGE)


def tier_of(text: str) -> Tier:
    """Read a stored size; one that a later release gave is the usual one."""
    return Tier(text) if text in OF_KEYS else Tier.STANDARD
