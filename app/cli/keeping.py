"""Backups from the command line: take one while the service runs, check one, restore one; verify an installation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from app.cli.console import fail, opened_database, out, plain_words, read_settings
from app.infra import stamps
from app.infra.db import database_url
from app.infra.objects import open_objects
from app.infra.whole import DamagedDatabase
from app.keeping import checking, restoring, sealed, standing, taking
from app.keeping.manifest import Manifest

_MEGABYTE = 1_000_000
Identity = Annotated[
    Path | None, typer.Option("--identity", "-i", help="The file with the secret key that opens it.", exists=True, dir_okay=False)
]
Passphrase = Annotated[
    Path | None, typer.Option("--passphrase-file", help="A file whose first line opens the file with the key.", exists=True)
]


def backup_key(file: Annotated[Path, typer.Argument(help="Where the secret key is written; move it to another place.")]) -> None:
    """Make a key for backups: the secret part goes to a file, and the part to encrypt for is printed."""
    secret, recipient = sealed.new_key()
    with plain_words(), os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(f"# public key: {recipient}\n{secret}\n")
    out.print(recipient, markup=False)


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write, such as readiness-2026-11-29.age.")],
    to: Annotated[
        list[str], typer.Option("--to", help="For whom it is encrypted: age1..., or ssh-ed25519 ...; may be said again.")
    ],
) -> None:
    """Write everything into one encrypted file, while the service runs: the database, and every file of evidence.

    The key that seals second steps (secret.key) is not in it; keep that apart."""
    began = monotonic()
    with _plain_words():
        manifest = taking.take(_place(), target, sealed.read_recipients(to))
    stamps.put(read_settings().data_dir, stamps.BACKUP)
    _tell(manifest, target, began)
    for key in manifest.lost:
        out.print(f"Missing before: {key}", markup=False)
    out.print(f"Keep this beside it: {manifest.audit[0]}:{manifest.audit[1]}", markup=False)


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.", exists=True, dir_okay=False)],
    identity: Identity = None,
    passphrase_file: Passphrase = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Give up what stands in the database now.")] = False,
) -> None:
    """Load a backup into an empty installation, of either database; the service must not run.

    Everything is checked before anything is written. Afterwards nobody is signed in, and no key and no link from before works."""
    began = monotonic()
    with _plain_words():
        manifest = restoring.restore(_place(), file, _identities(identity, passphrase_file), replaces=replace)
    _tell(manifest, file, began)
    out.print("Restored. People sign in again; keys and links from before work no more. Run `readiness verify`.")


def verify(
    file: Annotated[
        Path | None, typer.Argument(help="A backup; without one, this installation.", exists=True, dir_okay=False)
    ] = None,
    identity: Identity = None,
    passphrase_file: Passphrase = None,
) -> None:
    """Check a backup, or this installation while it runs: the database, the record, and every hash that stands in it."""
    began = monotonic()
    if file is not None:
        with _plain_words():
            manifest = checking.check(file, _identities(identity, passphrase_file))
        _tell(manifest, file, began)
        out.print("The backup is whole.")
        return
    settings = read_settings()
    with opened_database() as database, database.read() as session:
        findings = standing.verify(session, open_objects(settings.files_url, settings.data_dir))
    for finding in findings:
        out.print(f"{finding.what:<24} {finding.count:>8}  {'whole' if not finding.faults else 'NOT WHOLE'}", markup=False)
    faults = [f"{finding.what}: {fault}" for finding in findings for fault in finding.faults]
    if faults:
        fail(*faults, "Something is not as it was stored. Compare it with a backup: `readiness verify FILE --identity KEY`.")


def _place() -> taking.Place:
    settings = read_settings()
    url = database_url(settings.database_url, settings.data_dir)
    return taking.Place(url, settings.data_dir, open_objects(settings.files_url, settings.data_dir))


def _identities(file: Path | None, passphrase_file: Path | None) -> list[sealed.Identity]:
    if file is None:
        fail("Say with --identity which file holds the secret key that opens the backup.")
    lines = [] if passphrase_file is None else passphrase_file.read_text(encoding="utf-8").splitlines()
    return sealed.read_identities(file, lines[0] if lines else None)


def _tell(manifest: Manifest, file: Path, began: float) -> None:
    size = file.stat().st_size / _MEGABYTE
    out.print(
        f"{file}: {size:.1f} MB, of {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC, schema {manifest.revision}, {manifest.database}; "
        f"{len(manifest.tables)} tables, {manifest.rows:,} rows, {len(manifest.objects):,} files; "
        f"{manifest.audit[0]:,} events; {monotonic() - began:.1f} seconds",
        markup=False,
    )


@contextmanager
def _plain_words() -> Iterator[None]:
    with plain_words():
        try:
            yield
        except DamagedDatabase as error:
            fail(f"The database is damaged ({error}). Nothing was written; restore an earlier backup, and keep this file.")
