"""What a signed revision is called for ever: a reference that people can read, copy and type."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.infra.language import gettext as _

HASH_SHOWN = 8
"""Characters of the fingerprint in a reference: enough that a typing error names nothing."""
_REFERENCE = re.compile(r"([A-Z]{3})-.{1,140}-R([1-9][0-9]{0,8})-([0-9A-F]{8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NamedRevision:
    """What a reference says by itself; what stands between is compared with the reference of the revision that is found."""

    economy: str
    revision: int
    hash_start: str
    text: str


def reference_of(economy: str, questionnaire: str, cycle: str, revision: int, answers_hash: str) -> str:
    """Name a signed revision, as in `NZL-APEC-AI-REVIEW-2026-R1-4F3A9C12`: only of what never changes once it is signed."""
    return "-".join((economy, questionnaire, cycle, f"R{revision}", answers_hash[:HASH_SHOWN])).upper()


def review_words(questionnaire: str, cycle: str, revision: int) -> str:
    """Name a revision of a review in a mail."""
    return _("{questionnaire}, {cycle}, revision {revision}").format(questionnaire=questionnaire, cycle=cycle, revision=revision)


def read_reference(text: str) -> NamedRevision | None:
    """Read a reference as somebody typed it, in whatever case; None where it is none."""
    shown = text.strip().upper()
    found = _REFERENCE.fullmatch(shown)
    return NamedRevision(found[1], int(found[2]), found[3].lower(), shown) if found else None
