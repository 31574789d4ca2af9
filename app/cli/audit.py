"""Prove from the command line that the record of who did what was not touched."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from app.audit import service
from app.cli.console import fail, opened_database, out, read_settings
from app.infra import stamps

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")

app = typer.Typer(help="The record of who did what.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """The record of who did what: each event is chained to the one before by its hash."""


@app.command()
def verify(
    head: Annotated[
        str, typer.Option(help="An end that was kept elsewhere, as SEQUENCE:HASH; it must still be in the record.")
    ] = "",
) -> None:
    """Walk the whole chain; name the first event that is missing or was changed, and exit with 1."""
    settings = read_settings()
    kept = _read_head(head) if head else None
    with opened_database() as database, database.read() as session:
        first_bad = service.verify(session)
        end = service.head(session)
        is_kept = kept is None or service.has_head(session, kept)
    if first_bad is not None:
        fail(f"The audit record is not whole: event {first_bad} is missing or was changed. Compare it with a backup.")
    if kept is not None and not is_kept:
        fail(
            f"The audit record is not the one that ended with event {kept.sequence}: it ends with event {end.sequence} now. "
            "Its end was cut off, or it was written anew. Compare it with a backup."
        )
    stamps.put(settings.data_dir, stamps.AUDIT)
    # A cut end leaves a chain that is whole: only the hash of an earlier day, kept elsewhere, shows it.
    out.print(f"The audit record is whole: {end.sequence} events, the last with hash {end.hash}", markup=False)


@app.command()
def head() -> None:
    """Print the end of the record as SEQUENCE:HASH, to be kept elsewhere, for `readiness audit verify --head`."""
    with opened_database() as database, database.read() as session:
        end = service.head(session)
    out.print(f"{end.sequence}:{end.hash}", markup=False)


def _read_head(text: str) -> service.Head:
    found = _HEAD.fullmatch(text.strip())
    if found is None:
        fail("An end of the record looks like 3045:98153e...: a number, a colon, and 64 hexadecimal digits.")
    return service.Head(int(found[1]), found[2])
