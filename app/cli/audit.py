"""Prove from the command line that the record of who did what was not touched."""

from __future__ import annotations

import typer

from app.audit import service
from app.cli.console import fail, opened_database, out, read_settings
from app.infra import stamps

app = typer.Typer(help="The record of who did what.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """The record of who did what: each event is chained to the one before by its hash."""


@app.command()
def verify() -> None:
    """Walk the whole chain; name the first event that is missing or was changed, and exit with 1."""
    settings = read_settings()
    with opened_database() as database, database.read() as session:
        first_bad = service.verify(session)
        end = service.head(session)
    if first_bad is not None:
        fail(f"The audit record is not whole: event {first_bad} is missing or was changed. Compare it with a backup.")
    stamps.put(settings.data_dir, stamps.AUDIT)
    # A cut end leaves a chain that is whole: only the hash of an earlier day, kept elsewhere, shows it.
    out.print(f"The audit record is whole: {end.sequence} events, the last with hash {end.hash}", markup=False)
