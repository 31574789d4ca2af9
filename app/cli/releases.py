"""Publish releases of benchmarks, and list them."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.console import opened_database, out
from app.kit.actor import COMMAND_LINE
from app.releases import publishing, service

app = typer.Typer(no_args_is_help=True, help="Releases of benchmarks: frozen, numbered, dated.")


@app.command()
def publish(
    questionnaire: Annotated[str, typer.Argument(help="Code of the questionnaire.")],
    cycle: Annotated[str, typer.Argument(help="Code of the cycle, such as 2026.")],
    *,
    note: Annotated[str, typer.Option(help="What readers should know about this release.")] = "",
) -> None:
    """Freeze what is shown of a cycle today as its next release."""
    with opened_database() as database, database.write() as session:
        entry = publishing.publish_release(session, COMMAND_LINE, questionnaire, cycle, note=note)
    out.print(f"Published {entry.questionnaire} {entry.number}, SHA-256 {entry.checksum}.", markup=False)


@app.command("list")
def list_releases(
    questionnaire: Annotated[str | None, typer.Argument(help="Only those of this questionnaire.")] = None,
) -> None:
    """List all releases, the newest first."""
    with opened_database() as database, database.read() as session:
        for entry in service.list_releases(session, questionnaire):
            out.print(f"{entry.questionnaire} {entry.number}  {entry.released_at:%Y-%m-%d}  {entry.checksum}", markup=False)
