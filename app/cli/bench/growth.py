"""How the cost of each step grows with the number of economies; a linear step costs ten times as much for ten times as many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from app.cli.bench import made_up
from app.cli.bench.rows import Row, cpu_seconds
from app.domain.benchmark.robustness.draws import SeededDraws
from app.domain.benchmark.robustness.replicates import replicate
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.normalise import between

MEANING = "value / against, which is a tenth of the economies: 10 is linear"
_FEW = 210
STEPS = ("normalise", "aggregate", "replicate")


@dataclass(frozen=True, slots=True)
class Sizes:
    """For how many economies, each ten times as many as before, and in how many replicates."""

    economies: tuple[int, ...] = (21, 210, 2_100, 21_000)
    replicates: int = 16


WHOLE = Sizes()
QUICK = Sizes((2, 20), 2)


def rows(sizes: Sizes) -> list[Row]:
    """Measure every step for every number of economies, with 100 items under 17 nodes."""
    found: dict[tuple[str, int], Row] = {}
    for economies in sizes.economies:
        for step, work in _steps(economies, sizes):
            seconds = cpu_seconds(work, repeats=3 if economies <= _FEW or step != "replicate" else 1)
            before = found.get((step, economies // 10))
            against = before.value if before else None
            found[step, economies] = Row(f"{step}_{economies}x100", seconds, "s", against, seconds / against if against else None)
    return sorted(found.values(), key=lambda row: STEPS.index(row.name.split("_")[0]))


def _steps(economies: int, sizes: Sizes) -> Iterator[tuple[str, Callable[[], object]]]:
    scheme = made_up.scheme(100, 12, 4, 1)
    values, goalposts = made_up.raw_numbers(economies, 100)
    scores, everywhere = between(values, goalposts, 100), np.ones(values.shape, dtype=np.bool_)
    yield "normalise", lambda: between(values, goalposts, 100)
    yield "aggregate", lambda: aggregate(scheme, scores, everywhere)
    answers, draws = made_up.answers(scheme, economies), SeededDraws(1, sizes.replicates)
    yield "replicate", lambda: [node.code for node in replicate(scheme, answers, draws)]
