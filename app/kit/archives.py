"""Zip archives from strangers: what is wrong with one is told by its directory, before any of it is unpacked."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

CONTENT_TYPES = "[Content_Types].xml"
"""The part in which documents, workbooks and slides say what their parts are."""

_LONGEST_NAME = 200
_ENCRYPTED = 0x1
_LOCAL_HEADER, _END, _LENGTH_OF_END = b"PK\x03\x04", b"PK\x05\x06", 22
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # all that the formats of documents know
_PROGRAMS = re.compile(
    r"vbaproject|(?:^|/)(?:vbadata\.xml|macrosheets/|activex/|basic/|scripts/)|\.(?:exe|dll|js|vbs|ps1|bat|cmd|hta|jar)$",
    re.IGNORECASE,
)
_PROGRAM_TYPES = re.compile(rb"macroenabled|vbaproject|macrosheet|activex", re.IGNORECASE)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError, OSError)


class Fault(StrEnum):
    """What is wrong with an archive; each room says it in its own words."""

    TOO_LARGE = "too_large"
    LOCKED = "locked"
    DAMAGED = "damaged"
    PROGRAMS = "programs"
    NOT_ALONE = "not_alone"


class BadArchive(Exception):
    """An archive that is not to be unpacked."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may come out of an archive: parts, bytes, and times the size of its packed parts, from some bytes on."""

    parts: int
    unpacked: int
    ratio: int
    ratio_counts_from: int


@contextmanager
def opened(raw: bytes, bounds: Bounds) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose directory is in order; raises BadArchive, also for damage found while its parts are read."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _check(raw, archive, bounds)
            yield archive
    except _DAMAGE as error:
        raise BadArchive(Fault.DAMAGED) from error


def names_programs(content_types: bytes) -> bool:
    """Tell whether the part that names the kinds of all parts names macros or controls."""
    return _PROGRAM_TYPES.search(content_types) is not None


def _check(raw: bytes, archive: zipfile.ZipFile, bounds: Bounds) -> None:
    entries = archive.infolist()
    names = {entry.filename.lower() for entry in entries}
    if _is_too_large(raw, entries, bounds):
        raise BadArchive(Fault.TOO_LARGE)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise BadArchive(Fault.LOCKED)
    if len(names) < len(entries) or any(_is_deceitful(entry) for entry in entries):
        raise BadArchive(Fault.DAMAGED)
    if any(_PROGRAMS.search(name) for name in names):
        raise BadArchive(Fault.PROGRAMS)
    if not _is_alone(raw, archive, entries):
        raise BadArchive(Fault.NOT_ALONE)


def _is_too_large(raw: bytes, entries: Sequence[zipfile.ZipInfo], bounds: Bounds) -> bool:
    """Judge by what the directory says; a part that holds more than it says is cut off and found damaged when it is read."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = min(len(raw), sum(entry.compress_size for entry in entries))  # what lies between the parts unpacks to nothing
    is_bomb = unpacked > bounds.ratio_counts_from and unpacked > bounds.ratio * packed
    return len(entries) > bounds.parts or unpacked > bounds.unpacked or is_bomb


def _is_deceitful(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    leads_elsewhere = name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")
    is_odd = not name.isprintable() or len(name) > _LONGEST_NAME
    return leads_elsewhere or is_odd or stat.S_ISLNK(entry.external_attr >> 16) or entry.compress_type not in _METHODS


def _is_alone(raw: bytes, archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> bool:
    """Tell whether nothing stands before or after the archive: one file that is two deceives whoever looks at one of them."""
    begins = raw.startswith(_LOCAL_HEADER) and min((entry.header_offset for entry in entries), default=1) == 0
    return begins and not archive.comment and raw.rfind(_END) + _LENGTH_OF_END == len(raw)
