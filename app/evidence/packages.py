"""Files that are packages of parts: documents, workbooks and slides, without macros, without bombs, and nothing else beside."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib

from app.evidence.refusals import BadFile
from app.kit.say import mark

MOST_PARTS = 5_000
MOST_BYTES = 200_000_000
MOST_RATIO = 100
"""How many times larger the parts may be than the file; what real documents have is below 30."""

_SMALL = 1_000_000
_LOCAL_HEADER = b"PK\x03\x04"
_ENCRYPTED = 0x1
_CHUNK = 256 * 1024
_TYPES = "[Content_Types].xml"
_MACRO_PARTS = re.compile(
    r"(?:^|/)(?:vbaproject[^/]*\.bin|vbadata\.xml|macrosheets/|activex/|basic/|scripts/)|\.(?:exe|dll|js|vbs|ps1|bat|cmd|hta|jar)$",
    re.IGNORECASE,
)
_MACRO_TYPES = re.compile(rb"macroenabled|vbaproject|intlmacrosheet|activex", re.IGNORECASE)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def look_at_office(content: bytes, main_part: str) -> None:
    """Look through a DOCX, XLSX or PPTX; raises BadFile."""
    parts = _parts(content)
    if _TYPES not in parts or main_part not in parts:
        raise _not_this()
    if _MACRO_TYPES.search(parts[_TYPES]):
        raise _macros()


def look_at_open(content: bytes, media_type: str) -> None:
    """Look through an ODT, ODS or ODP; raises BadFile."""
    parts = _parts(content)
    if parts.get("mimetype", b"").strip() != media_type.encode() or "content.xml" not in parts:
        raise _not_this()
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise _locked()


def _parts(content: bytes) -> dict[str, bytes]:
    """Return the names of all parts, each read to its end and none kept but the small ones that say what this is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            _check_directory(content, package, entries)
            return _read_through(package, entries)
    except _DAMAGE as error:
        raise _damaged() from error


def _check_directory(content: bytes, package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_PARTS or size > MOST_BYTES or (size > _SMALL and size > MOST_RATIO * len(content)):
        raise _bomb()
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise _locked()
    if len({name.lower() for name in names}) < len(names) or any(_leads_elsewhere(name) for name in names):
        raise _damaged()
    if any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries):
        raise _damaged()
    if any(_MACRO_PARTS.search(name) for name in names):
        raise _macros()
    is_alone = content.startswith(_LOCAL_HEADER) and min((entry.header_offset for entry in entries), default=1) == 0
    ends = len(content) - 22 - len(package.comment) == content.rfind(b"PK\x05\x06")
    if not is_alone or not ends or package.comment:
        raise BadFile(
            "file_mismatch", mark("This file holds something else beside the document. Save the document again, and choose it.")
        )


def _leads_elsewhere(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name or not name.isprintable()


def _read_through(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """Read every part: what a directory says of sizes may be a lie, so what comes out is counted."""
    found: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        kept = b""
        with package.open(entry) as part:
            while chunk := part.read(_CHUNK):
                total += len(chunk)
                if total > MOST_BYTES:
                    raise _bomb()
                if len(kept) < _SMALL and entry.filename in {_TYPES, "mimetype", "META-INF/manifest.xml"}:
                    kept += chunk
        found[entry.filename] = kept
    return found


def _not_this() -> BadFile:
    words = mark("The name of this file says one kind of document, and its content is another. Save it again, and choose it.")
    return BadFile("file_mismatch", words)


def _macros() -> BadFile:
    words = mark("This file holds macros or other programs. Save it without them (DOCX, XLSX, PPTX or PDF), and choose it again.")
    return BadFile("file_macros", words)


def _bomb() -> BadFile:
    words = mark("This file unpacks to far more than its size, so it is not opened. Save it as PDF, and choose that.")
    return BadFile("file_bomb", words)


def _locked() -> BadFile:
    words = mark(
        "This file is locked with a password, so nobody could read it here. Save it without the password, and choose it again."
    )
    return BadFile("file_locked", words)


def _damaged() -> BadFile:
    words = mark("This file is damaged or not whole. Open it, save it again, and choose it again.")
    return BadFile("file_damaged", words)
