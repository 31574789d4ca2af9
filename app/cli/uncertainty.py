"""Print how sure the scores of a cycle are: ranges, who scores higher than whom, which factor matters most."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.console import err, fail, opened_database
from app.domain.benchmark.robustness.uncertainty import REPLICATES
from app.domain.scoring.normalise import Series
from app.scores import certainty_of_cycle as of_cycle
from app.scores.certainty_of_cycle import FactorLine, PairLine, Run, Signed
from app.scores.certainty_rows import CertaintyRow, rows_of

_KEEP_INSIDE = "Note: figures of every economy, whatever it consented to: keep the output inside."
_ONE_OF_TWO = "Choose --pairs or --sobol: each prints a table of its own. Run the command twice for both."
_NO_REPLICATES = "--sobol takes samples of its own, not replicates. Leave --replicates out."


@dataclass(frozen=True, slots=True)
class Table:
    """What is printed: named columns, rows, and what gives the same figures again."""

    columns: Sequence[str]
    rows: Sequence[Mapping[str, object]]
    made_with: Mapping[str, str | int | float]


class Format(StrEnum):
    """How figures are printed."""

    CSV = "csv"
    JSON = "json"


def uncertainty(  # noqa: PLR0913 - one parameter is one option of the command
    *,
    questionnaire: Annotated[str, typer.Option(help="Code of the questionnaire.")],
    version: Annotated[str, typer.Option(help="Its version, such as 2026.1.")],
    cycle: Annotated[str, typer.Option(help="Code of the cycle, such as 2026.")],
    release: Annotated[str | None, typer.Option(help="Id that the seed is made from; without it, QUESTIONNAIRE-CYCLE.")] = None,
    replicates: Annotated[int, typer.Option(help="How often all scores are computed again; not for --sobol.")] = REPLICATES,
    series: Annotated[Series, typer.Option(help="Whose word the scores take; only self has ranges.")] = Series.SELF,
    format: Annotated[Format, typer.Option(help="How to print.")] = Format.CSV,  # noqa: A002 - the option's name
    pairs: Annotated[
        str | None, typer.Option(metavar="NODE", help="Print who scores higher than whom at this node, by probability.")
    ] = None,
    sobol: Annotated[
        str | None, typer.Option(metavar="NODE", help="Print how much each factor moves the scores at this node.")
    ] = None,
) -> None:
    """Print the range of every economy's scores, over the last signed reviews of a cycle; keep the output inside."""
    if pairs is not None and sobol is not None:
        fail(_ONE_OF_TWO)
    if sobol is not None and replicates != REPLICATES:
        fail(_NO_REPLICATES)
    release = release or f"{questionnaire}-{cycle}"
    with opened_database() as database:
        with database.read() as session:
            signed = of_cycle.read_signed(session, questionnaire, version, cycle, series)
        if sobol is not None:
            table = _of_lines(FactorLine, of_cycle.factors(signed, sobol, release=release))
        elif pairs is not None:
            table = _of_lines(PairLine, of_cycle.pairs(signed, pairs, release=release, replicates=replicates))
        else:
            table = _of_ranges(signed, release, replicates)
    err.print(_KEEP_INSIDE, markup=False)
    err.print(f"Note: {', '.join(f'{name} {value}' for name, value in table.made_with.items() if value != '')}", markup=False)
    if format is Format.JSON:
        _print_json(table)
    else:
        _print_csv(table)


def _of_ranges(signed: Signed, release: str, replicates: int) -> Table:
    run = of_cycle.ranges(signed, release=release, replicates=replicates)
    rows = [{"economy": each.review.economy} | row.model_dump(mode="json") for each in run.lines for row in rows_of(each)]
    return Table(("economy", *CertaintyRow.model_fields), rows, run.made_with)


def _of_lines(kind: type[PairLine | FactorLine], run: Run[PairLine | FactorLine]) -> Table:
    return Table([field.name for field in fields(kind)], [asdict(line) for line in run.lines], run.made_with)


def _print_json(table: Table) -> None:
    json.dump({"made_with": dict(table.made_with), "rows": list(table.rows)}, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


def _print_csv(table: Table) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(row[column]) for column in table.columns] for row in table.rows)


def _cell(value: object) -> str:
    """Print numbers in full, nothing for what is missing, and lists with semicolons between."""
    if isinstance(value, list):
        return ";".join(map(str, value))
    return "" if value is None else str(value)
