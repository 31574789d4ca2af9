"""How a method behaves on the answers of a cycle, as a report in Markdown."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.benchmarks.method import MethodReport, read_method, record_reading
from app.benchmarks.pages.method_parts import foundation_of, parts_of
from app.benchmarks.pages.method_words import Part, Table
from app.cli.console import err, opened_database
from app.domain.scoring.sheet import METHOD_VERSION
from app.kit.actor import COMMAND_LINE

app = typer.Typer(help="How the method of scoring behaves.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """How the method of scoring behaves: for those who own it."""


@app.command()
def report(
    questionnaire: Annotated[str, typer.Option(help="Code of the questionnaire.")],
    version: Annotated[str, typer.Option(help="Its version, such as 2026.1.")],
    cycle: Annotated[str, typer.Option(help="Code of the cycle, such as 2026.")],
    output: Annotated[Path | None, typer.Option(help="Write to this file; without it, to standard output.")] = None,
) -> None:
    """Write what is missing, what goes together and what decides the scores, over the answers that economies share."""
    with opened_database() as database:
        with database.read() as session:
            found = read_method(session, COMMAND_LINE, questionnaire, cycle, version=version)
        with database.write() as session:
            record_reading(session, COMMAND_LINE, found)
        text = "\n".join(_lines(found))
        if output is None:
            sys.stdout.write(text)
        else:
            output.write_text(text, encoding="utf-8")
            err.print(f"Written to {output}.", markup=False)


def _lines(found: MethodReport) -> Iterator[str]:
    document = found.questionnaire
    yield f"# How the method behaves: {document.title} {document.version}, {found.cycle.title}\n"
    if found.cycle.notice:
        yield f"**{found.cycle.notice}**\n"
    yield f"{foundation_of(found)}\n"
    yield f"Method version {METHOD_VERSION}; content hash `{document.content_hash}`.\n"
    for part in parts_of(found):
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    yield f"## {part.title}\n"
    yield f"{part.meaning}\n"
    yield f"**What to look for.** {part.look_for}\n"
    for table in part.tables:
        yield from _table(table) if table.rows else (f"{table.caption}: {part.nothing}\n",)


def _table(table: Table) -> Iterator[str]:
    yield f"{table.caption}:\n"
    yield _row(table.headers)
    yield _row(["--:" if column in table.numeric else "---" for column in range(len(table.headers))])
    for row in table.rows:
        yield _row(row)
    yield ""


def _row(cells: Sequence[str | None]) -> str:
    return f"| {' | '.join((cell or '').replace('|', chr(92) + '|') for cell in cells)} |"
