"""Checking a backup: every row, every file and every count of it, without writing anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.infra import migrate
from app.keeping.archive import MANIFEST, Part, read_parts
from app.keeping.manifest import Manifest, read_manifest
from app.keeping.refusals import BadBackup
from app.keeping.rows import Tally, row_of
from app.keeping.sealed import Identity, decrypting
from app.kit import ids


def check(path: Path, identities: Sequence[Identity]) -> Manifest:
    """Read a whole backup and return what it says about itself; raises BadBackup where it does not hold that."""
    tables, objects, manifest = dict[str, Tally](), dict[str, int](), None
    with opened(path, identities) as parts:
        for part in parts:
            if part.table is None and part.key is None:
                manifest = read_manifest(part.content)
            else:
                count(part, tables, objects)
    if manifest is None:
        raise BadBackup.because(f"it has no {MANIFEST}")
    require_all(manifest, tables, objects)
    return manifest


@contextmanager
def opened(path: Path, identities: Sequence[Identity]) -> Iterator[Iterator[Part]]:
    """Give the members of a backup, one after another."""
    with path.open("rb") as file, decrypting(file, identities) as stream:
        yield read_parts(stream)


def count(part: Part, tables: dict[str, Tally], objects: dict[str, int]) -> None:
    """Count the rows of a part of a table, or a file, whose content must be what its name says."""
    if part.table is not None:
        tally = tables.setdefault(part.table, Tally())
        for line in part.lines:
            tally.add(line)
    elif part.key is not None:
        if ids.sha256(part.content) != part.sha256:
            raise BadBackup.because(f"the file {part.key} is another one")
        objects[part.key] = len(part.content)


def require_all(manifest: Manifest, tables: Mapping[str, Tally], objects: Mapping[str, int]) -> None:
    """Refuse a backup that has more or less than it says."""
    if not tables.keys() <= manifest.tables.keys():
        raise BadBackup.because("it has rows of tables that it does not name")
    for name, entry in manifest.tables.items():
        tally = tables.get(name, Tally())
        if (tally.rows, tally.hash) != (entry.rows, entry.hash):
            raise BadBackup.because(f"the rows of {name} are not those that were written")
    if dict(objects) != manifest.objects:
        raise BadBackup.because("its files are not those that were written")
    if not migrate.is_known(manifest.revision):
        raise BadBackup.because("it belongs to a newer program; install that one first")


def rows_of(part: Part, manifest: Manifest) -> list[dict[str, object]]:
    """Return the rows of a part of a table."""
    columns = manifest.tables[str(part.table)].read_columns
    try:
        return [row_of(columns, line) for line in part.lines]
    except (ValueError, TypeError) as error:
        raise BadBackup.because(f"it has a row of {part.table} that cannot be read") from error
