"""Collection rounds from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.console import opened_database, out
from app.economies import cycles
from app.economies import service as economies
from app.economies.service import CycleEntry
from app.kit.actor import COMMAND_LINE
from app.questionnaires import service as questionnaires

app = typer.Typer(help="Cycles: collection rounds of a questionnaire.", no_args_is_help=True)
Questionnaire = Annotated[str, typer.Argument(help="Code of the questionnaire, such as apec-ai-review.")]
Cycle = Annotated[str, typer.Argument(help="Code of the cycle, such as 2026.")]
ClosingDay = Annotated[str, typer.Option(help="Last day, such as 2027-06-30, to its end everywhere on earth; empty for none.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence: it stays in the history of the cycle.")]


@app.command("list")
def list_() -> None:
    """List cycles, whether they are open, and their closing days."""
    with opened_database() as database, database.read() as session:
        for entry in economies.list_cycles(session):
            _print(entry)


@app.command("open")
def open_(
    questionnaire: Questionnaire,
    cycle: Cycle,
    title: Annotated[str, typer.Option(help="How it is called on pages; empty: Cycle and its code.")] = "",
    notice: Annotated[str, typer.Option(help="Shown wherever data of this cycle are.")] = "",
    closes_on: ClosingDay = "",
) -> None:
    """Open a cycle of a questionnaire that has a published version which is not retired."""
    with opened_database() as database, database.write() as session:
        entry = questionnaires.open_cycle(
            session, COMMAND_LINE, questionnaire, cycle, title=title, notice=notice, closes_on=closes_on
        )
        _print(entry)


@app.command()
def extend(questionnaire: Questionnaire, cycle: Cycle, closes_on: ClosingDay, reason: Reason) -> None:
    """Change the closing day of a cycle; a later one opens a cycle again whose day has passed."""
    with opened_database() as database, database.write() as session:
        _print(cycles.change_closing_day(session, COMMAND_LINE, questionnaire, cycle, closes_on=closes_on, reason=reason))


@app.command()
def close(questionnaire: Questionnaire, cycle: Cycle, reason: Reason = "") -> None:
    """Close a cycle at once: no review of it can be started or changed, until it is opened again."""
    with opened_database() as database, database.write() as session:
        _print(economies.close_cycle(session, COMMAND_LINE, questionnaire, cycle, reason=reason))


@app.command()
def reopen(questionnaire: Questionnaire, cycle: Cycle, reason: Reason, closes_on: ClosingDay = "") -> None:
    """Open a cycle again; every review is as it was."""
    with opened_database() as database, database.write() as session:
        _print(cycles.reopen(session, COMMAND_LINE, questionnaire, cycle, closes_on=closes_on, reason=reason))


def _print(entry: CycleEntry) -> None:
    state = "open" if entry.is_open else "closed"
    until = f", closing day {entry.closes_on.isoformat()}" if entry.closes_on else ""
    out.print(f"{entry.questionnaire} {entry.code}  {entry.title}  {state}{until}", markup=False)
