"""Reference figures of other institutions, from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import fail, opened_database, out, read_settings
from app.economies import references

app = typer.Typer(help="Figures of other institutions.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """Figures of other institutions: shown beside results, never part of a score."""


@app.command()
def load(
    file: Annotated[
        Path | None, typer.Argument(help="CSV as in data/reference; without one, the figures that come with the program.")
    ] = None,
) -> None:
    """Replace all reference figures by those of a file."""
    path = file or read_settings().project_dir / "data" / "reference" / "figures.csv"
    with opened_database() as database, database.write() as session:
        try:
            count = references.replace(session, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            fail(f"{path}: cannot be read. Check the path, and that it is a text file in UTF-8.")
    out.print(f"{count} reference figures are shown beside results.")
