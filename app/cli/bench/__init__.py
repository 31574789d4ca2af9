"""`readiness bench`: the one door to every benchmark. Each runs in a process of its own, on one thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, TypeVar

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
    "load": "a deadline's night of 210 officials, everybody at once, and ten minutes of work, on real servers",
    "soak": "an hour of 210 officials on three real servers: what was lost, and how memory grew",
    "stress": "an ordinary week, a closing day, 1,000 officials, exports of 20 economies at once, and overload, on real servers",
    "reads": "what pages and API reads cost as economies, releases and questions grow, on SQLite",
    "authoring": "saving a question of a large draft and opening the editor, on SQLite and PostgreSQL",
    "review": "saving an answer and opening a review, on SQLite and PostgreSQL",
}
DRAWN = ("growth", "reads", "load")
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
_WITHOUT_DECIMALS = 1_000
_NARROWEST = 100
_ROWS = TypeAdapter(list[Row])


def bench(
    name: Annotated[str, typer.Argument(help=f"Which one: {', '.join(BENCHMARKS)}.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of rows: name, value, unit, against, ratio.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Measure small sizes, only to see that it works.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Also draw growth, reads or load as a chart into this SVG file.")] = None,
) -> None:
    """Measure the program on this machine; what is CPU time is that of one thread, the median of five runs."""
    if name not in BENCHMARKS:
        fail(f"There is no benchmark {name!r}. Choose from: {', '.join(BENCHMARKS)}.")
    if plot is not None and name not in DRAWN:
        fail(f"{name} cannot be drawn. Choose from: {', '.join(DRAWN)}.")
    rows = _measured_apart(name, is_quick=quick)
    if plot is not None:
        with plain_words():
            plot.write_bytes(_drawn(name, rows))
    if as_json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    else:
        Console(width=max(_NARROWEST, out.width), highlight=False).print(_table(name, rows))  # names are never cut


def measured(name: str, *, is_quick: bool) -> list[Row]:
    """Run one benchmark in this process."""
    with as_the_service(because="a benchmark plays all parts; its requests are held to their actor's economy"):
        return _benchmarks()[name].measure(is_quick)


Sizes = TypeVar("Sizes")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How one is measured, whole or quickly, and what its columns `ratio` and `against` mean."""

    measure: Callable[[bool], list[Row]]
    meaning: str
    source: str = ""


def _sized(rows: Callable[[Sizes], list[Row]], whole: Sizes, quick: Sizes) -> Callable[[bool], list[Row]]:
    return lambda is_quick: rows(quick if is_quick else whole)


def _benchmarks() -> dict[str, Benchmark]:
    from app.cli.bench import authoring, benchmarks, growth, reads, releasing, review, scoring
    from app.cli.bench.load import deadline, soak, stress

    making = _sized(releasing.rows, releasing.WHOLE, releasing.QUICK)
    reading = _sized(benchmarks.rows, benchmarks.WHOLE, benchmarks.QUICK)
    return {
        "authoring": Benchmark(_sized(authoring.rows, authoring.WHOLE, authoring.QUICK), authoring.MEANING),
        "benchmarks": Benchmark(lambda quick: [*making(quick), *reading(quick)], benchmarks.MEANING, benchmarks.SOURCE),
        "growth": Benchmark(_sized(growth.rows, growth.WHOLE, growth.QUICK), growth.MEANING),
        "load": Benchmark(_sized(deadline.rows, deadline.WHOLE, deadline.QUICK), deadline.MEANING, deadline.SOURCE),
        "reads": Benchmark(_sized(reads.rows, reads.WHOLE, reads.QUICK), reads.MEANING, reads.SOURCE),
        "review": Benchmark(_sized(review.rows, review.WHOLE, review.QUICK), review.MEANING, review.SOURCE),
        "scoring": Benchmark(_sized(scoring.rows, scoring.WHOLE, scoring.QUICK), scoring.MEANING, scoring.SOURCE),
        "soak": Benchmark(_sized(soak.rows, soak.WHOLE, soak.QUICK), soak.MEANING),
        "stress": Benchmark(_sized(stress.rows, stress.WHOLE, stress.QUICK), stress.MEANING, stress.SOURCE),
    }


def _drawn(name: str, rows: Sequence[Row]) -> bytes:
    from app.cli.bench import chart

    return {"growth": chart.growth_svg, "reads": chart.reads_svg, "load": chart.night_svg}[name](rows)


def _measured_apart(name: str, *, is_quick: bool) -> list[Row]:
    """Run one benchmark in a process that has one thread from its start: libraries read the number when they load."""
    words = [sys.executable, "-m", "app.cli.bench", name, *(["--quick"] if is_quick else [])]
    done = subprocess.run(words, env=os.environ | _ONE_THREAD, stdout=subprocess.PIPE, check=False)  # noqa: S603 - we start ourselves
    if done.returncode:
        fail(f"The benchmark {name} ended with an error, which stands above.")
    return _ROWS.validate_json(done.stdout)


def _table(name: str, rows: Sequence[Row]) -> Table:
    known = _benchmarks()[name]
    table = Table("name", "value", "unit", "against", "ratio", caption=f"ratio: {known.meaning}")
    if known.source:
        table.caption = f"{table.caption}\nagainst: {known.source}"
    for row in rows:
        table.add_row(row.name, _figure(row.value), row.unit, _figure(row.against), _figure(row.ratio))
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value >= _WITHOUT_DECIMALS else f"{value:.3g}"
