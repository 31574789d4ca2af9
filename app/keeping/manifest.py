"""What a backup says about itself: from which schema and moment it is, and every table and file that must be in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from app.audit.service import Head
from app.keeping.refusals import BadBackup
from app.keeping.rows import Column, is_kind

FORMAT = 1


class TableEntry(BaseModel):
    """One table: its columns with the kinds of their values, how many rows it has, and the hash over them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: list[tuple[str, str]]
    rows: int
    hash: str

    @property
    def read_columns(self) -> tuple[Column, ...]:
        """The columns."""
        return tuple(Column(name, kind) for name, kind in self.columns)


class Manifest(BaseModel):
    """The last part of a backup. `lost`: files that rows name and that were gone or damaged when it was taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    program: str
    revision: str
    taken_at: datetime
    database: str
    audit: tuple[int, str]
    tables: dict[str, TableEntry]
    objects: dict[str, int]
    lost: list[str]

    @property
    def head(self) -> Head:
        """The end of the audit record at that moment."""
        return Head(*self.audit)

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(entry.rows for entry in self.tables.values())


def read_manifest(content: bytes) -> Manifest:
    """Read a manifest; raises BadBackup where it is none, or of a later format."""
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise BadBackup.because("its manifest cannot be read, or a newer program wrote it") from error
    kinds = {column.kind for entry in manifest.tables.values() for column in entry.read_columns}
    if manifest.format != FORMAT or not all(map(is_kind, kinds)):
        raise BadBackup.because("a newer program wrote it")
    return manifest


def entries_of(tables: Mapping[str, tuple[tuple[Column, ...], int, str]]) -> dict[str, TableEntry]:
    """Return the entries of tables that were written."""
    return {
        name: TableEntry(columns=[(one.name, one.kind) for one in columns], rows=rows, hash=hash_)
        for name, (columns, rows, hash_) in tables.items()
    }
