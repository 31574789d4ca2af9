"""The archive inside of a backup: a plain tar of rows, files and a manifest, written and read in one go, never unpacked."""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from app.keeping.refusals import BadBackup
from app.kit import clock

MANIFEST = "manifest.json"
_MEMBER = re.compile(
    r"manifest\.json|tables/(?P<table>[a-z][a-z0-9_]{0,62})/[0-9]{6}\.jsonl\.z"
    r"|objects/(?P<key>[A-Za-z0-9]{2,8}/[0-9a-f]{2}/(?P<sha256>[0-9a-f]{64}))"
)
_PART_BYTES = 1_000_000
_LARGEST_PART = 512_000_000  # one row is a part at most: a release with its record, or a questionnaire
_LARGEST_MEMBER = 1_000_000_000
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Part:
    """One member: rows of a table, a file of the store, or the manifest. What it is not of is None."""

    content: bytes
    table: str | None = None
    key: str | None = None
    sha256: str | None = None

    @property
    def lines(self) -> list[bytes]:
        """The rows of a part of a table."""
        return self.content.splitlines()


class Writer:
    """Writes members, a table's rows in parts of about a megabyte."""

    def __init__(self, stream: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by `end`
        self._at = int(clock.now().timestamp())

    def add_rows(self, table: str, lines: Iterator[bytes]) -> None:
        """Write all rows of a table."""
        number, waiting, size = 0, list[bytes](), 0
        for line in lines:
            waiting.append(line)
            size += len(line)
            if size >= _PART_BYTES:
                self._add_part(table, number, waiting)
                number, waiting, size = number + 1, [], 0
        if waiting:
            self._add_part(table, number, waiting)

    def add(self, name: str, content: bytes) -> None:
        """Write one member."""
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = len(content), self._at, 0o600
        self._tar.addfile(member, BytesIO(content))

    def end(self) -> None:
        """Write the end of the archive."""
        self._tar.close()

    def _add_part(self, table: str, number: int, lines: list[bytes]) -> None:
        self.add(f"tables/{table}/{number:06}.jsonl.z", zlib.compress(b"\n".join(lines), level=6))


def read_parts(stream: BinaryIO) -> Iterator[Part]:
    """Read an archive to its end; raises BadBackup at the first member that none of ours can be."""
    seen = set[str]()
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                yield _part(archive, member, seen)
    except (tarfile.TarError, zlib.error, EOFError, UnicodeDecodeError, ValueError) as error:
        raise BadBackup.damaged() from error
    while piece := stream.read(_PIECE):
        if piece.strip(b"\0"):
            raise BadBackup.because("something follows its end")


def _part(archive: tarfile.TarFile, member: tarfile.TarInfo, seen: set[str]) -> Part:
    found = _MEMBER.fullmatch(member.name)
    if found is None or not member.isreg() or member.name in seen or MANIFEST in seen:
        raise BadBackup.because("it has a member that does not belong there")
    seen.add(member.name)
    file = archive.extractfile(member) if member.size <= _LARGEST_MEMBER else None
    if file is None:
        raise BadBackup.because("it has a member that is too large")
    content = file.read()
    if len(content) != member.size:
        raise BadBackup.damaged()
    return Part(_unpacked(content) if found["table"] else content, found["table"], found["key"], found["sha256"])


def _unpacked(content: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    rows = unpacking.decompress(content, _LARGEST_PART)
    if not unpacking.eof or unpacking.unused_data:
        raise BadBackup.because("it has a member that is too large")
    return rows
