"""`readiness bench`: the one door to every benchmark. Each runs in a process of its own, on one thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from app.cli.bench.rows import Row
from app.cli.console import fail, out, plain_words
from app.infra.scope import as_the_service

BENCHMARKS = {
    "scoring": "scores and their uncertainty, beside COINr and a copy of memory",
    "growth": "the cost of each step for 21 to 21,000 economies",
    "benchmarks": "what a whole release costs; reading it from memory, by wrk beside a bare route; and one uncached read",
    "load": "a deadline's night of 210 officials, everybody at once, and the memory of hours, on real servers",
    "reads": "what pages and API reads cost as economies, releases and questions grow, on SQLite",
    "authoring": "saving a question of a large draft and opening the editor, on SQLite and PostgreSQL",
    "review": "saving an answer and opening a review, on SQLite and PostgreSQL",
}
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
_WITHOUT_DECIMALS = 1_000
_NARROWEST = 100
_ROWS = TypeAdapter(list[Row])


def bench(
    name: Annotated[str, typer.Argument(help=f"Which one: {', '.join(BENCHMARKS)}.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of rows: name, value, unit, against, ratio.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Measure small sizes, only to see that it works.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Also draw growth as a chart into this SVG file.")] = None,
) -> None:
    """Measure the program on this machine; what is CPU time is that of one thread, the median of five runs."""
    if name not in BENCHMARKS:
        fail(f"There is no benchmark {name!r}. Choose from: {', '.join(BENCHMARKS)}.")
    if plot is not None and name != "growth":
        fail("Only growth can be drawn. Run `readiness bench growth --plot FILE`.")
    rows = _measured_apart(name, is_quick=quick)
    if plot is not None:
        from app.cli.bench.chart import growth_svg

        with plain_words():
            plot.write_bytes(growth_svg(rows))
    if as_json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    else:
        Console(width=max(_NARROWEST, out.width), highlight=False).print(_table(name, rows))  # names are never cut


def measured(name: str, *, is_quick: bool) -> list[Row]:
    """Run one benchmark in this process."""
    with as_the_service(because="a benchmark plays all parts; its requests are held to their actor's economy"):
        return _rows(name, is_quick=is_quick)


def _rows(name: str, *, is_quick: bool) -> list[Row]:
    from app.cli.bench import authoring, benchmarks, growth, reads, releasing, review, scoring
    from app.cli.bench.load import deadline

    if name == "load":
        return deadline.rows(deadline.QUICK if is_quick else deadline.WHOLE)
    if name == "reads":
        return reads.rows(reads.QUICK if is_quick else reads.Sizes())
    if name == "benchmarks":
        made = releasing.rows(releasing.QUICK if is_quick else releasing.Sizes())
        return [*made, *benchmarks.rows(benchmarks.QUICK if is_quick else benchmarks.Sizes())]
    if name == "authoring":
        return authoring.rows(authoring.QUICK if is_quick else authoring.Sizes())
    if name == "growth":
        return growth.rows(growth.QUICK if is_quick else growth.Sizes())
    if name == "review":
        return review.rows(review.QUICK if is_quick else review.Sizes())
    return scoring.rows(scoring.QUICK if is_quick else scoring.Sizes())


def _measured_apart(name: str, *, is_quick: bool) -> list[Row]:
    """Run one benchmark in a process that has one thread from its start: libraries read the number when they load."""
    words = [sys.executable, "-m", "app.cli.bench", name, *(["--quick"] if is_quick else [])]
    done = subprocess.run(words, env=os.environ | _ONE_THREAD, stdout=subprocess.PIPE, check=False)  # noqa: S603 - we start ourselves
    if done.returncode:
        fail(f"The benchmark {name} ended with an error, which stands above.")
    return _ROWS.validate_json(done.stdout)


def _table(name: str, rows: Sequence[Row]) -> Table:
    from app.cli.bench import authoring, benchmarks, growth, reads, review, scoring
    from app.cli.bench.load import deadline

    meaning, source = {
        "authoring": (authoring.MEANING, ""),
        "benchmarks": (benchmarks.MEANING, benchmarks.PEER_SOURCE),
        "growth": (growth.MEANING, ""),
        "load": (deadline.MEANING, deadline.SOURCE),
        "reads": (reads.MEANING, reads.SOURCE),
        "review": (review.MEANING, review.PEER_SOURCE),
        "scoring": (scoring.MEANING, scoring.COINR_SOURCE),
    }[name]
    table = Table("name", "value", "unit", "against", "ratio", caption=f"ratio: {meaning}")
    if source:
        table.caption = f"{table.caption}\nagainst: {source}"
    for row in rows:
        table.add_row(row.name, _figure(row.value), row.unit, _figure(row.against), _figure(row.ratio))
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value >= _WITHOUT_DECIMALS else f"{value:.3g}"
