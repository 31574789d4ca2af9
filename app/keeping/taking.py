"""Taking a backup while the service runs: the database as it is at one moment, and afterwards every file it may name."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.engine import URL, Connection
from sqlmodel import Session, SQLModel

from app.audit import service as audit
from app.infra import migrate
from app.infra.objects import Objects
from app.infra.whole import snapshot
from app.keeping.archive import MANIFEST, Writer
from app.keeping.manifest import FORMAT, Manifest, entries_of
from app.keeping.refusals import NotEmpty
from app.keeping.rows import Column, Tally, as_table, line_of, tables_in
from app.keeping.sealed import Recipient, encrypting
from app.keeping.stored import each_key, named_keys, whole_content
from app.kit import clock
from app.kit.errors import NotReady

_ROWS_AT_ONCE = 500
_OLD = (
    "The database does not have the newest schema. Back it up with the program that it belongs to, or run `readiness migrate` "
    "first."
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the service keeps what it keeps."""

    url: URL
    data_dir: Path
    objects: Objects


def take(place: Place, target: Path, recipients: Sequence[Recipient]) -> Manifest:
    """Write a backup; the file is there, and on the disk, only when all of it is."""
    with _written_whole(target) as file, encrypting(file, recipients) as stream:
        writer = Writer(stream)
        try:
            manifest = _write(place, writer)
            writer.add(MANIFEST, manifest.model_dump_json().encode())
        finally:
            writer.end()
    return manifest


def _write(place: Place, writer: Writer) -> Manifest:
    tables = dict[str, tuple[tuple[Column, ...], int, str]]()
    with snapshot(place.url, place.data_dir) as connection:
        revision = migrate.revision_of(connection)
        if revision != migrate.newest():
            raise NotReady(_OLD)
        taken_at = clock.now()
        for name, columns in tables_in(SQLModel.metadata).items():
            tally = Tally()
            writer.add_rows(name, each_line(connection, name, columns, tally))
            tables[name] = (columns, tally.rows, tally.hash)
        session = Session(connection)
        head, named = audit.head(session), named_keys(session)
    # Files after the database: they are added and never changed, so all that these rows name are there now.
    objects, lost = _write_objects(place.objects, writer, named)
    return Manifest(
        format=FORMAT,
        program=_program(),
        revision=revision,
        taken_at=taken_at,
        database=place.url.get_backend_name(),
        audit=(head.sequence, head.hash),
        tables=entries_of(tables),
        objects=objects,
        lost=lost,
    )


def each_line(connection: Connection, name: str, columns: Sequence[Column], tally: Tally) -> Iterator[bytes]:
    """Read every row of a table as a line, some hundred in memory at a time, and count it."""
    found = connection.execute(select(as_table(name, columns)).execution_options(yield_per=_ROWS_AT_ONCE))
    for row in found:
        line = line_of(columns, row)
        tally.add(line)
        yield line


def _program() -> str:
    """Return the version of this program."""
    with (Path(__file__).resolve().parents[2] / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _write_objects(objects: Objects, writer: Writer, named: set[str]) -> tuple[dict[str, int], list[str]]:
    written = dict[str, int]()
    for key in each_key(objects):
        content = whole_content(objects, key)
        if content is not None:
            writer.add(f"objects/{key}", content)
            written[key] = len(content)
    return written, sorted(named - written.keys())


@contextmanager
def _written_whole(target: Path) -> Iterator[BinaryIO]:
    if target.exists():
        message = f"{target} is there already. Give another name: a backup never replaces one."
        raise NotEmpty(message)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    finally:
        partial.unlink(missing_ok=True)
