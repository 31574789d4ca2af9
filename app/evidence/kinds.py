"""Which files are taken: what the content is, what the name says, and a short list; all three must agree."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import puremagic

from app.evidence import packages
from app.evidence.names import extension_of
from app.evidence.refusals import BadFile
from app.kit.say import mark, say

TAKEN = "PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, PNG, JPEG, TXT, CSV"

_BEGINNING = 1024
_END_OF_ZIP = b"PK\x05\x06"
_LONGEST_END_OF_ZIP = 65_557
_MARKUP = re.compile(rb"<(?:!doctype|html|script|svg|head|body|iframe|\?xml|\?php|%)", re.IGNORECASE)
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_PROGRAM_TEXT = (b"#!", b"{\\rtf", b"@echo")
_RUN_AT_ONCE = re.compile(r"[\s'\"]*[=@\uff1d\uff20]")
_MAY_RUN = re.compile(r"[\s'\"]*[+\-\uff0b\uff0d].*[(|!]", re.DOTALL)
_MOST_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file that is taken: its media type, the extensions of its names, and a closer look at its content."""

    label: str
    media_type: str
    extensions: frozenset[str]
    look: Callable[[bytes], None]


def kind_of(name: str, content: bytes) -> Kind:
    """Return the kind of a file; raises BadFile where it is not taken, is damaged, or is something else than its name says."""
    if not content:
        raise BadFile("file_empty", mark("This file is empty. Choose the file that holds the evidence."))
    found = next((kind for kind in KINDS if extension_of(name) in kind.extensions), None)
    if found is None:
        words = "Files of this kind are not taken. Save it as one of these, and choose it again: {kinds}."
        raise BadFile("file_kind", say(words, kinds=TAKEN))
    _refuse_disguise(found, content)
    found.look(content)
    return found


def _refuse_disguise(kind: Kind, content: bytes) -> None:
    """Refuse content that is known to be something else, and content that is two things at once."""
    is_package, head = kind.look in _PACKAGES, content[:_BEGINNING]
    # Of packages their parts tell; and words can begin like a picture ("BM"), while what is no text shows itself by its bytes.
    guesses = frozenset() if is_package else _guesses(content)
    telling = guesses & _NO_TEXTS if kind.media_type.startswith("text/") else guesses
    is_other = bool(telling) and not guesses & kind.extensions
    has_zip = not is_package and _END_OF_ZIP in content[-_LONGEST_END_OF_ZIP:]
    has_pdf = kind.media_type != "application/pdf" and b"%PDF-" in head
    has_markup = not is_package and _MARKUP.search(head) is not None
    if is_other or has_zip or has_pdf or has_markup:
        raise _mismatch(kind)


def _guesses(content: bytes) -> frozenset[str]:
    """Return every extension that the first bytes may belong to; none where they are nothing that is known."""
    try:
        return frozenset(f".{guess.extension.strip('.').lower()}" for guess in puremagic.magic_string(content[:65_536]))
    except puremagic.PureError:
        return frozenset()


def _mismatch(kind: Kind) -> BadFile:
    words = (
        "The name of this file says {kind}, and its content is something else. Open it, save it as {kind}, and choose it again."
    )
    return BadFile("file_mismatch", say(words, kind=kind.label))


def _damaged() -> BadFile:
    return BadFile("file_damaged", mark("This file is damaged or not whole. Open it, save it again, and choose it again."))


def _look_at_pdf(content: bytes) -> None:
    if not content.startswith(b"%PDF-"):
        raise _mismatch(_named("PDF"))
    if b"%%EOF" not in content[-2048:]:
        raise _damaged()


def _look_at_png(content: bytes) -> None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"):
        raise _mismatch(_named("PNG"))
    if not content.endswith(b"IEND\xaeB`\x82"):
        raise _damaged()


def _look_at_jpeg(content: bytes) -> None:
    if not content.startswith(b"\xff\xd8\xff"):
        raise _mismatch(_named("JPEG"))
    if not content.rstrip(b"\x00").endswith(b"\xff\xd9"):
        raise _damaged()


def _look_at_text(content: bytes) -> None:
    is_wide = content.startswith(_UTF16)
    text = content.decode("utf-16", errors="replace").encode() if is_wide else content
    if _NO_TEXT.search(text) or text.lstrip().lower().startswith(_PROGRAM_TEXT) or _MARKUP.search(text[:_BEGINNING]):
        raise _mismatch(_named("TXT"))


def _look_at_table(content: bytes) -> None:
    """A spreadsheet program runs what a cell begins with; a negative number and a dash before words are no danger."""
    _look_at_text(content)
    text = content.decode("utf-16" if content.startswith(_UTF16) else "utf-8-sig", errors="replace")
    for delimiter in ",;\t":
        if text.count(delimiter) + text.count("\n") > _MOST_CELLS:
            raise BadFile("file_kind", mark("This table has too many cells to be looked through. Save it as XLSX or PDF."))
        for cell in _cells(text, delimiter):
            if _RUN_AT_ONCE.match(cell) or _MAY_RUN.match(cell):
                words = mark(
                    "A cell of this table begins with =, @, + or -, so that a spreadsheet program would run it as a formula. "
                    "Save the values only, or save the table as XLSX or PDF."
                )
                raise BadFile("file_formula", words)


def _cells(text: str, delimiter: str) -> Iterator[str]:
    """Walk over the cells of a table, a row at a time: all of them at once would take far more memory than the file."""
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            yield from row
    except csv.Error as error:
        raise _damaged() from error


def _look_at_document(content: bytes) -> None:
    packages.look_at_office(content, "word/document.xml")


def _look_at_workbook(content: bytes) -> None:
    packages.look_at_office(content, "xl/workbook.xml")


def _look_at_slides(content: bytes) -> None:
    packages.look_at_office(content, "ppt/presentation.xml")


def _look_at_open_text(content: bytes) -> None:
    packages.look_at_open(content, f"{_OPEN}text")


def _look_at_open_table(content: bytes) -> None:
    packages.look_at_open(content, f"{_OPEN}spreadsheet")


def _look_at_open_slides(content: bytes) -> None:
    packages.look_at_open(content, f"{_OPEN}presentation")


def _named(label: str) -> Kind:
    return next(kind for kind in KINDS if kind.label == label)


_OPEN = "application/vnd.oasis.opendocument."
_OFFICE = "application/vnd.openxmlformats-officedocument."
_NO_TEXTS = frozenset({".html", ".htm", ".svg", ".xml", ".rtf", ".php", ".sh"})
_PACKAGES = frozenset(
    {
        _look_at_document,
        _look_at_workbook,
        _look_at_slides,
        _look_at_open_text,
        _look_at_open_table,
        _look_at_open_slides,
    }
)
KINDS = (
    Kind("PDF", "application/pdf", frozenset({".pdf"}), _look_at_pdf),
    Kind("DOCX", f"{_OFFICE}wordprocessingml.document", frozenset({".docx"}), _look_at_document),
    Kind("XLSX", f"{_OFFICE}spreadsheetml.sheet", frozenset({".xlsx"}), _look_at_workbook),
    Kind("PPTX", f"{_OFFICE}presentationml.presentation", frozenset({".pptx"}), _look_at_slides),
    Kind("ODT", f"{_OPEN}text", frozenset({".odt"}), _look_at_open_text),
    Kind("ODS", f"{_OPEN}spreadsheet", frozenset({".ods"}), _look_at_open_table),
    Kind("ODP", f"{_OPEN}presentation", frozenset({".odp"}), _look_at_open_slides),
    Kind("PNG", "image/png", frozenset({".png"}), _look_at_png),
    Kind("JPEG", "image/jpeg", frozenset({".jpg", ".jpeg"}), _look_at_jpeg),
    Kind("TXT", "text/plain", frozenset({".txt"}), _look_at_text),
    Kind("CSV", "text/csv", frozenset({".csv"}), _look_at_table),
)
