"""The memory of the servers: idle, after everybody came, and while work goes on for long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from threading import Event, Thread

from app.cli.bench.load.people import Pace, Person, work
from app.cli.bench.load.servers import Servers
from app.cli.bench.rows import Row

LIMIT_MB = 20.0
_SAMPLES = 100
_FIFTH = 5


def soak_rows(name: str, people: Sequence[Person], servers: Servers, pace: Pace, idle: float) -> Iterator[Row]:
    """Let work go on, and tell by how much memory grew between its second fifth and its last."""
    samples = _sampled(people, servers, pace)
    size = max(1, len(samples) // _FIFTH)
    first, last = median(samples[size : 2 * size] or samples), median(samples[-size:])
    yield Row(f"memory_idle_mb_{name}", idle, "MB")
    yield Row(f"memory_at_work_mb_{name}", last, "MB", idle, last / idle)
    yield Row(f"soak_growth_mb_{name}", last - first, f"MB in {0.7 * pace.seconds / 60:.3g} min", LIMIT_MB)


def _sampled(people: Sequence[Person], servers: Servers, pace: Pace) -> list[float]:
    samples, over = [servers.megabytes()], Event()

    def watch() -> None:
        while not over.wait(pace.seconds / _SAMPLES):
            samples.append(servers.megabytes())

    watcher = Thread(target=watch)
    watcher.start()
    try:
        work(people, pace)
    finally:
        over.set()
        watcher.join()
    return samples
