"""The file around a workbook: what is refused before any of it is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence

from app.kit.errors import FieldProblem, Invalid
from app.kit.say import mark, say

LARGEST_FILE = 5_000_000
MOST_ENTRIES = 1_000
LARGEST_UNPACKED = 20_000_000
_RATIO_COUNTS_FROM = 4_000_000
_HIGHEST_RATIO = 50
_LONGEST_NAME = 200
_LARGEST_CONTENT_TYPES = 500_000
_ENCRYPTED = 0x1
_SYMBOLIC_LINK = 0xA000
_TYPE_OF_FILE = 0xF000
_ZIP, _OLE, _PROGRAMS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (b"MZ", b"\x7fELF", b"#!")
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_CONTENT_TYPES, _BOOK = "[Content_Types].xml", "xl/workbook.xml"
# Parts that act or that fetch; none of ours has them, and no answer needs them.
_ACTING = (
    *("vbaproject", "xl/macrosheets/", "xl/dialogsheets/", "xl/activex/", "customui/", "xl/embeddings/", "oleobject"),
    *("xl/externallinks/", "xl/connections.xml", "xl/querytables/", "xl/webextensions/", "xl/ctrlprops/"),
)
_ACTING_TYPES = (b"macroenabled", b"vbaproject", b"macrosheet", b"oleobject")


def refusal(code: str, message: str) -> Invalid:
    """Return the refusal of a file, in words that the upload page shows at its control."""
    return Invalid([FieldProblem("file", code, message)])


def check_container(raw: bytes) -> None:
    """Raise Invalid for what is no plain XLSX workbook, or would unpack to more than any review fills."""
    _check_beginning(raw)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _check_entries(raw, archive)
            kinds = archive.read(_CONTENT_TYPES).lower()
    except (zipfile.BadZipFile, EOFError, KeyError, NotImplementedError, ValueError, zlib.error) as error:
        raise _unreadable() from error
    if any(kind in kinds for kind in _ACTING_TYPES):
        raise _acting()


def _check_beginning(raw: bytes) -> None:
    """Say what a file is that is no workbook at all, where its first bytes tell."""
    if not raw:
        raise refusal("file_missing", mark("Choose the workbook that you filled in."))
    if len(raw) > LARGEST_FILE:
        raise refusal("file_too_large", say("The file is larger than {most} bytes. Send the workbook alone.", most=LARGEST_FILE))
    if raw.startswith(_OLE):
        words = mark(
            "The workbook is protected by a password, or in the old format (.xls). Save it without a password as an Excel "
            "workbook (.xlsx), and upload that."
        )
        raise refusal("file_locked_or_old", words)
    if raw.startswith(_PROGRAMS):
        raise refusal("file_is_a_program", mark("This file is a program, whatever its name says. It was not opened."))
    if not raw.startswith(_ZIP):
        raise _unreadable()


def _check_entries(raw: bytes, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names) or not {_CONTENT_TYPES.lower(), _BOOK} <= set(names) or _has_more_than_a_zip(raw, archive):
        raise _unreadable()
    if any(_is_odd(entry) for entry in entries):
        raise _unreadable()
    if any(part in name for name in names for part in _ACTING):
        raise _acting()
    if len(entries) > MOST_ENTRIES or _is_bomb(entries):
        raise refusal(
            "file_unpacks_too_large", mark("The file unpacks to more than any workbook of a review. It was not opened.")
        )


def _has_more_than_a_zip(raw: bytes, archive: zipfile.ZipFile) -> bool:
    """Tell whether something stands before or after the archive."""
    first = min(entry.header_offset for entry in archive.infolist())
    end = raw.rfind(b"PK\x05\x06")
    return first != 0 or bool(archive.comment) or end + 22 != len(raw)


def _is_odd(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    leads_outside = name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")
    is_link = (entry.external_attr >> 16) & _TYPE_OF_FILE == _SYMBOLIC_LINK
    is_unreadable = entry.flag_bits & _ENCRYPTED != 0 or entry.compress_type not in _METHODS
    is_oversized = name == _CONTENT_TYPES and entry.file_size > _LARGEST_CONTENT_TYPES
    return leads_outside or is_link or is_unreadable or is_oversized or len(name) > _LONGEST_NAME


def _is_bomb(entries: Sequence[zipfile.ZipInfo]) -> bool:
    """Judge by what the directory says; an entry that holds more than it says is cut off and found damaged when it is read."""
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    return unpacked > LARGEST_UNPACKED or (unpacked > _RATIO_COUNTS_FROM and unpacked > _HIGHEST_RATIO * max(packed, 1))


def _unreadable() -> Invalid:
    words = mark(
        "This file could not be read as a workbook. Upload the XLSX file that you downloaded from this page and filled in; if "
        "it was damaged on the way, save it once more."
    )
    return refusal("file_unreadable", words)


def _acting() -> Invalid:
    words = mark(
        "The workbook holds macros, embedded files or links to other files. Answers need none of these: save it as a plain Excel "
        "workbook (.xlsx) without them, and upload that."
    )
    return refusal("file_has_macros_or_links", words)
