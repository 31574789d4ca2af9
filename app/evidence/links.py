"""Web addresses that are given as evidence: what may be kept, and what came of asking them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from app.infra.outbound import is_public, literal
from app.kit.errors import Problems
from app.kit.say import mark
from app.kit.text import has_forbidden_characters

LONGEST_ADDRESS = 2_000
_OWN_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


class LinkState(StrEnum):
    """What is known of an address. Dead: three checks in a row failed, over days."""

    NEW = "new"
    OK = "ok"
    MOVED = "moved"
    UNREACHABLE = "unreachable"
    DEAD = "dead"
    NOT_PUBLIC = "not_public"


@dataclass(frozen=True, slots=True)
class LinkStanding:
    """What the last check of an address found."""

    state: LinkState
    checked_at: datetime | None = None
    status: int | None = None
    moved_to: str = ""


NOT_CHECKED = LinkStanding(LinkState.NEW)


def read_address(problems: Problems, field: str, text: str) -> str:
    """Return a web address that may be kept; what is wrong with it is added to the problems."""
    found = _fault(text)
    if found is not None:
        problems.add(field, found[0], found[1])
    return text


def is_checkable(url: str) -> bool:
    """Tell whether an address may be asked at all."""
    return _fault(url) is None


def _fault(text: str) -> tuple[str, str] | None:
    if not text:
        return "address_missing", mark("Give the web address of the evidence.")
    if len(text) > LONGEST_ADDRESS or has_forbidden_characters(text) or any(letter.isspace() for letter in text):
        return "not_an_address", mark("Give one web address of at most 2,000 characters, without blanks.")
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "not_an_address", mark("This is no web address. Copy it from the address line of your browser.")
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return "not_an_address", mark("Write the whole web address, beginning with https:// or http://.")
    if "@" in parts.netloc or "\\" in text:
        return "not_an_address", mark("Leave out the part before the @ sign: a name or password does not belong into an address.")
    address = literal(host)
    is_own = host.rstrip(".") == "localhost" or host.rstrip(".").endswith(_OWN_NAMES) or "." not in host.strip(".")
    if (address is not None and not is_public(address)) or (address is None and is_own):
        return "address_not_public", mark("Only you can reach this address. Give one on the web, or add the document as a file.")
    return None
