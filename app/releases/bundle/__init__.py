"""Everything of a release in one archive: tables, codes, questionnaires, and descriptions for programs and people.

It holds what is shown today, so a score that was withdrawn is not in it; the tombstone in `release.json` says so.
"""

from __future__ import annotations

from app.releases.bundle.reading import Bundle, read_bundle
from app.releases.bundle.writing import write_bundle

__all__ = ["Bundle", "read_bundle", "write_bundle"]
