"""Files that are packages of parts: documents, workbooks and slides, without macros, without bombs, and nothing else beside."""

from __future__ import annotations

import zipfile

from app.evidence.refusals import BadFile
from app.kit.archives import CONTENT_TYPES, BadArchive, Bounds, Fault, names_programs, opened
from app.kit.say import mark

MOST_PARTS = 5_000

_SMALL = 1_000_000
# Real documents unpack to less than thirty times their size.
_BOUNDS = Bounds(parts=MOST_PARTS, unpacked=200_000_000, ratio=100, ratio_counts_from=_SMALL)
_CHUNK = 256 * 1024
_TELLING = frozenset({CONTENT_TYPES, "mimetype", "META-INF/manifest.xml"})


def look_at_office(content: bytes, main_part: str) -> None:
    """Look through a DOCX, XLSX or PPTX; raises BadFile."""
    parts = _parts(content)
    if CONTENT_TYPES not in parts or main_part not in parts:
        raise _not_this()
    if names_programs(parts[CONTENT_TYPES]):
        raise _refused(Fault.PROGRAMS)


def look_at_open(content: bytes, media_type: str) -> None:
    """Look through an ODT, ODS or ODP; raises BadFile."""
    parts = _parts(content)
    if parts.get("mimetype", b"").strip() != media_type.encode() or "content.xml" not in parts:
        raise _not_this()
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise _refused(Fault.LOCKED)


def _parts(content: bytes) -> dict[str, bytes]:
    """Return the names of all parts, each read to its end and none kept but the small ones that say what this is."""
    try:
        with opened(content, _BOUNDS) as package:
            return _read_through(package)
    except BadArchive as bad:
        raise _refused(bad.fault) from bad


def _read_through(package: zipfile.ZipFile) -> dict[str, bytes]:
    """Read every part: what a directory says of sizes may be a lie, so what comes out is counted."""
    found: dict[str, bytes] = {}
    total = 0
    for entry in package.infolist():
        kept = b""
        with package.open(entry) as part:
            while chunk := part.read(_CHUNK):
                total += len(chunk)
                if total > _BOUNDS.unpacked:
                    raise BadArchive(Fault.TOO_LARGE)
                if len(kept) < _SMALL and entry.filename in _TELLING:
                    kept += chunk
        found[entry.filename] = kept
    return found


def _not_this() -> BadFile:
    words = mark("The name of this file says one kind of document, and its content is another. Save it again, and choose it.")
    return BadFile("file_mismatch", words)


def _refused(fault: Fault) -> BadFile:
    return BadFile(*_REFUSALS[fault])


_REFUSALS = {
    Fault.TOO_LARGE: (
        "file_bomb",
        mark("This file unpacks to far more than its size, so it is not opened. Save it as PDF, and choose that."),
    ),
    Fault.LOCKED: (
        "file_locked",
        mark(
            "This file is locked with a password, so nobody could read it here. "
            "Save it without the password, and choose it again."
        ),
    ),
    Fault.DAMAGED: (
        "file_damaged",
        mark("This file is damaged or not whole. Open it, save it again, and choose it again."),
    ),
    Fault.PROGRAMS: (
        "file_macros",
        mark("This file holds macros or other programs. Save it without them (DOCX, XLSX, PPTX or PDF), and choose it again."),
    ),
    Fault.NOT_ALONE: (
        "file_mismatch",
        mark("This file holds something else beside the document. Save the document again, and choose it."),
    ),
}
