"""The file around a workbook: what is refused before any of it is unpacked."""

from __future__ import annotations

from collections.abc import Mapping

from app.kit.archives import CONTENT_TYPES, BadArchive, Bounds, Fault, names_programs, opened
from app.kit.errors import FieldProblem, Invalid
from app.kit.say import mark, say

LARGEST_FILE = 5_000_000
_BOUNDS = Bounds(parts=1_000, unpacked=20_000_000, ratio=50, ratio_counts_from=4_000_000)
_LARGEST_CONTENT_TYPES = 500_000
_ZIP, _OLE, _PROGRAMS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (b"MZ", b"\x7fELF", b"#!")
_BOOK = "xl/workbook.xml"
# Parts that act or that fetch, beside the programs that no document may hold; none of ours has them, and no answer needs them.
_ACTING = (
    *("xl/dialogsheets/", "customui/", "xl/embeddings/", "oleobject", "xl/externallinks/", "xl/connections.xml"),
    *("xl/querytables/", "xl/webextensions/", "xl/ctrlprops/"),
)


def refusal(code: str, message: str) -> Invalid:
    """Return the refusal of a file, in words that the upload page shows at its control."""
    return Invalid([FieldProblem("file", code, message)])


def check_container(raw: bytes) -> None:
    """Raise Invalid for what is no plain XLSX workbook, or would unpack to more than any review fills."""
    _check_beginning(raw)
    try:
        with opened(raw, _BOUNDS) as archive:
            _check_parts({entry.filename.lower(): entry.file_size for entry in archive.infolist()})
            kinds = archive.read(CONTENT_TYPES)
    except BadArchive as bad:
        raise _refused(bad.fault) from bad
    if names_programs(kinds) or b"oleobject" in kinds.lower():
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


def _check_parts(sizes: Mapping[str, int]) -> None:
    """Look for what a workbook must have, and for what one of ours never has; the names are in small letters."""
    if _BOOK not in sizes or sizes.get(CONTENT_TYPES.lower(), 0) > _LARGEST_CONTENT_TYPES:
        raise _unreadable()
    if any(part in name for name in sizes for part in _ACTING):
        raise _acting()


def _refused(fault: Fault) -> Invalid:
    if fault is Fault.PROGRAMS:
        return _acting()
    if fault is not Fault.TOO_LARGE:
        return _unreadable()
    return refusal("file_unpacks_too_large", mark("The file unpacks to more than any workbook of a review. It was not opened."))


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
