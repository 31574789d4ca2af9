"""One measured figure, and how it is measured: CPU seconds of one thread, the median of five runs after a first one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

REPEATS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, what it is compared with, and the ratio of the two; what the ratio means is the benchmark's to say."""

    name: str
    value: float
    unit: str
    against: float | None = None
    ratio: float | None = None


def faster(name: str, seconds: float, against: float) -> Row:
    """Compare seconds with another's: the ratio tells how many times fewer they are."""
    return Row(name, seconds, "s", against, against / seconds)


def cpu_seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median CPU seconds of some work; a first run, which fills caches and loads code, does not count."""
    work()
    return median(_once(work) for _ in range(repeats))


def _once(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return max(time.process_time() - begun, 1e-9)  # a clock may stand still over very little work
