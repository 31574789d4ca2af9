"""Import answers of many economies, and print scores with full precision."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from app.benchmarks import consents
from app.cli.console import err, fail, opened_database, out
from app.domain.benchmark.consent import Audience
from app.domain.scoring.normalise import Series
from app.economies import service as economies
from app.kit.actor import COMMAND_LINE
from app.kit.errors import Conflict
from app.questionnaires import service as questionnaires
from app.reviews.importing import Imported, import_answers
from app.scores.backcasting import BackcastRun, backcast_cycle
from app.scores.service import ScoreLine, score_cycle

app = typer.Typer(help="Answers from files.", no_args_is_help=True)
Questionnaire = Annotated[str, typer.Option(help="Code of the questionnaire.")]
Version = Annotated[str, typer.Option(help="Its version, such as 2026.1.")]
Cycle = Annotated[str, typer.Option(help="Code of the cycle, such as 2026; the import opens it if there is none.")]
_COLUMNS = ("economy", "node", "score", "coverage", "reason")


class Format(StrEnum):
    """How scores are printed."""

    CSV = "csv"


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with economy,item,state,value,comment,evidence_url.")],
    questionnaire: Questionnaire,
    version: Version,
    cycle: Cycle,
    consent: Annotated[Audience, typer.Option(help="Whom all sections are shown to.")] = Audience.PRIVATE,
    *,
    submit: Annotated[bool, typer.Option("--submit", help="Also submit every review of the file.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite answers that officials saved.")] = False,
) -> None:
    """Import answers of many economies, all or nothing; every fault is named with its row."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        fail(f"{file}: cannot be read: {error.strerror}. Check the path.")
    with opened_database() as database, database.write() as session:
        done = import_file(session, questionnaire, version, cycle, raw, submit=submit, consent=consent, replaces=replace)
    out.print(f"Imported {done.answers} answers of {len(done.reviews)} reviews; submitted {len(done.submissions)}.")


def import_file(
    session: Session,
    questionnaire: str,
    version: str,
    cycle: str,
    raw: bytes,
    *,
    submit: bool,
    consent: Audience,
    replaces: bool = False,
) -> Imported:
    """Import, submit and consent, in the caller's transaction."""
    if consent is not Audience.PUBLIC and questionnaires.get_version(session, questionnaire, version).is_relative:
        raise Conflict(
            "The scales of this questionnaire are made from the figures of all who take part, so scores tell of others' figures. "
            "Import published figures only, with --consent public."
        )
    done = import_answers(session, COMMAND_LINE, questionnaire, version, cycle, raw, submit=submit, replaces=replaces)
    if consent is not Audience.PRIVATE:
        cycle_id = economies.get_cycle(session, questionnaire, cycle).id
        consents.give_for_all(session, COMMAND_LINE, done.reviews, consent, cycle_id)
    return done


def score(
    questionnaire: Questionnaire,
    version: Version,
    cycle: Cycle,
    series: Annotated[Series, typer.Option(help="Whose word the scores take.")] = Series.SELF,
    format: Annotated[Format, typer.Option(help="How to print.")] = Format.CSV,  # noqa: A002 - the option's name
    backcast_to: Annotated[
        str | None, typer.Option(help="Score the answers anew under this later version; the rows say so.")
    ] = None,
) -> None:
    """Print the score of every economy and node with full precision: economy,node,score,coverage,reason.

    With --backcast-to, also is_backcast, the two versions, and the share of weight whose answers could be carried over.
    """
    del format  # CSV is the only one so far
    with opened_database() as database, database.read() as session:
        run = None if backcast_to is None else backcast_cycle(session, questionnaire, version, cycle, series, under=backcast_to)
        lines = [] if run else score_cycle(session, questionnaire, version, cycle, series)
        notice = economies.get_cycle(session, questionnaire, cycle).notice
    if notice:
        err.print(f"Note: {notice}", markup=False)  # beside the figures, so that the CSV stays what its columns say
    if run:
        _print_backcast(run)
        return
    _print_rows(_COLUMNS, [_cells(line) for line in lines])


def _print_backcast(run: BackcastRun) -> None:
    err.print(
        f"Note: a back-cast, no official score. Answers to version {run.answered_version} ({run.answered_hash}) are scored "
        f"under version {run.scored_version} ({run.scored_hash}).",
        markup=False,
    )
    label = ("true", run.answered_version, run.scored_version)
    _print_rows(
        (*_COLUMNS, "is_backcast", "answered_version", "scored_version", "carried"),
        [(*_cells(each.line), *label, repr(each.carried)) for each in run.lines],
    )


def _cells(line: ScoreLine) -> tuple[str, ...]:
    return (line.economy, line.node, "" if line.score is None else repr(line.score), repr(line.coverage), line.reason)


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
