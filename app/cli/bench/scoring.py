"""How fast scores and their uncertainty are computed, beside the figures of COINr and the cost of copying memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from app.cli.bench import made_up
from app.cli.bench.rows import Row, cpu_seconds, faster
from app.domain.benchmark.robustness.alternatives import replay
from app.domain.benchmark.robustness.ranking import ranks
from app.domain.benchmark.robustness.sensitivity import sensitivity
from app.domain.benchmark.robustness.uncertainty import uncertainty
from app.domain.questionnaire.document import Band
from app.domain.questionnaire.items import Goalposts
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.normalise import between
from app.domain.scoring.plan import Plan
from app.domain.scoring.tables import Floats

MEANING = "against / value: how many times faster, or smaller; at a floor, how many times the copy the engine costs"
SOURCE = "COINr 1.1.14 in R 4.2.2: CPU seconds of one thread, median of 5, measured for the method's specification"
COINR = {
    "aggregate_21x100": 0.036,
    "aggregate_200x100": 0.141,
    "aggregate_2000x100": 0.959,
    "uncertainty_1000_51x49": 159.0,
    "uncertainty_10000_21x100": 2_030.0,  # 203 s for 1,000 replicates, and linear in their number
    "sobol_6x1024_s": 1_000.0,  # more than that
}
MEMORY_LIMIT_MB = 64.0
BANDS = tuple(Band(code=f"B{floor}", title=f"From {floor}", floor=floor) for floor in (0, 20, 40, 60, 80))
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is computed: the figures of COINr belong to the sizes given here."""

    economies: tuple[int, ...] = (21, 200, 2_000)
    runs: int = 1_000
    replicates: int = 10_000
    samples: int = 1_024


WHOLE = Sizes()
QUICK = Sizes((21,), 20, 100, 64)


def rows(sizes: Sizes) -> list[Row]:
    """Measure everything. Names say the sizes."""
    return [*_aggregation(sizes), *_uncertainty(sizes), memory(sizes), _sobol(sizes)]


def _aggregation(sizes: Sizes) -> list[Row]:
    scheme = made_up.scheme(100, 12, 4, 1)
    found = []
    for economies in sizes.economies:
        values, goalposts = made_up.raw_numbers(economies, 100)
        seconds = cpu_seconds(partial(_normalise_and_aggregate, scheme, values, goalposts))
        found.append(_beside_coinr(f"aggregate_{economies}x100", seconds))
    return found


def _normalise_and_aggregate(scheme: Plan, values: Floats, goalposts: Sequence[Goalposts]) -> object:
    return aggregate(scheme, between(values, goalposts, scheme.scale), np.ones(values.shape, dtype=np.bool_))


def _uncertainty(sizes: Sizes) -> list[Row]:
    indicators = made_up.indicators(51, made_up.scheme(49, 8, 2, 1))
    runs = made_up.runs(sizes.runs)
    of_runs = cpu_seconds(lambda: ranks(replay(indicators, runs)))
    name = f"uncertainty_{sizes.replicates}_21x100"
    of_engine = cpu_seconds(lambda: _analyse(sizes.replicates))
    of_copy = cpu_seconds(lambda: _copy(sizes.replicates, 21 * 100))
    return [
        _beside_coinr(f"uncertainty_{sizes.runs}_51x49", of_runs),
        _beside_coinr(name, of_engine),
        faster(f"{name}_floor", of_copy, of_engine),
    ]


def memory(sizes: Sizes) -> Row:
    """Measure the peak memory of an analysis above what the program holds before it, in a process of its own."""
    words = [sys.executable, "-c", f"from app.cli.bench.scoring import print_memory; print_memory({sizes.replicates})"]
    megabytes = float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - we start ourselves
    return Row("uncertainty_memory_mb", megabytes, "MB", MEMORY_LIMIT_MB, MEMORY_LIMIT_MB / max(megabytes, 0.1))


def print_memory(replicates: int) -> None:
    """Print by how many megabytes this process grows at most while it analyses (Linux)."""
    _analyse(16)  # loads code, which is no part of the analysis
    before = kilobytes("VmRSS")
    _analyse(replicates)
    sys.stdout.write(f"{max(0, kilobytes('VmHWM') - before) / 1024}\n")


def kilobytes(name: str) -> int:
    """Read a figure of this process; VmHWM is its peak, and unlike ru_maxrss it does not inherit that of its parent."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _sobol(sizes: Sizes) -> Row:
    scheme = made_up.scheme(100, 12, 4, 1)
    answers = made_up.answers(scheme, 21)
    node = scheme.nodes[-1].code
    seconds = cpu_seconds(lambda: sensitivity(scheme, answers, node, release="bench", samples=sizes.samples))
    return _beside_coinr(f"sobol_6x{sizes.samples}_s", seconds)


def _analyse(replicates: int) -> object:
    scheme = made_up.scheme(100, 12, 4, 1)
    return uncertainty(scheme, made_up.answers(scheme, 21), BANDS, release="bench", replicates=replicates)


def _copy(replicates: int, cells: int) -> None:
    """Copy as many item scores as the replicates have, a block at a time: what moving them through memory costs at least."""
    source = np.ones((_BLOCK, cells))
    target = np.empty_like(source)
    for start in range(0, replicates, _BLOCK):
        np.copyto(target[: replicates - start], source[: replicates - start])


def _beside_coinr(name: str, seconds: float) -> Row:
    against = COINR.get(name)
    return Row(name, seconds, "s") if against is None else faster(name, seconds, against)
