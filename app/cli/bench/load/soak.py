"""`readiness bench soak`: an hour of work on real servers, and what it does to their memory.

Memory and losses do not depend on who else uses the machine: all the databases are worked on at the same time.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Event, Thread

from app.cli.bench.load.losses import lost, tell
from app.cli.bench.load.people import Night, Pace, Person, people_at, work
from app.cli.bench.load.servers import Servers, serving
from app.cli.bench.load.world import World, furnished
from app.cli.bench.rows import Row
from app.infra.log import configure_log

MEANING = "of growth, how far below the limit that we set us; of memory at work, how many times that of the idle server"
LIMIT_MB = 20.0
_SAMPLES = 100
_FIFTH = 5
_BETWEEN = 0.7


@dataclass(frozen=True, slots=True)
class Sizes:
    """Who works, for how long, and on what: a database, and how many processes serve it."""

    pace: Pace
    members: int = 21
    team: int = 10
    served_by: tuple[tuple[str, int], ...] = (("sqlite", 1), ("postgresql", 2))


WHOLE = Sizes(Pace(3_600, 5))
QUICK = Sizes(Pace(1, 0.1), 2, 2, (("sqlite", 1),))


def rows(sizes: Sizes) -> list[Row]:
    """Let everybody work on each database, all at the same time."""
    configure_log(logging.ERROR)
    with ExitStack() as stack:
        served = [_served(stack, backend, processes, sizes) for backend, processes in sizes.served_by]
        with ThreadPoolExecutor(len(served)) as pool:
            worked = list(pool.map(lambda each: each.work(sizes.pace), served))
        return [
            row for each, (night, samples) in zip(served, worked, strict=True) for row in each.rows(night, samples, sizes.pace)
        ]


@dataclass(frozen=True, slots=True)
class _Served:
    name: str
    world: World
    people: Sequence[Person]
    servers: Servers
    idle: float

    def work(self, pace: Pace) -> tuple[Night, list[float]]:
        return watched(self.people, self.servers, pace)

    def rows(self, night: Night, samples: Sequence[float], pace: Pace) -> Iterator[Row]:
        tell(night.errors)
        yield Row(f"soak_saves_{self.name}", len(night.saves), "saves")
        yield Row(f"soak_errors_{self.name}", len(night.errors), "answers")
        yield Row(f"soak_lost_saves_{self.name}", lost(self.world, night), "saves")
        yield from memory_rows(self.name, samples, self.idle, pace)


def _served(stack: ExitStack, backend: str, processes: int, sizes: Sizes) -> _Served:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    world = stack.enter_context(furnished(backend, folder, members=sizes.members, team=sizes.team))
    servers = stack.enter_context(serving(world, folder, processes))
    return _Served(backend, world, people_at(world.officials, servers.ports), servers, servers.megabytes())


def memory_rows(name: str, samples: Sequence[float], idle: float, pace: Pace) -> Iterator[Row]:
    """Tell by how much memory grew between the second fifth of the time and the last."""
    size = max(1, len(samples) // _FIFTH)
    first, last = median(samples[size : 2 * size] or samples), median(samples[-size:])
    yield Row(f"memory_idle_mb_{name}", idle, "MB")
    yield Row(f"memory_at_work_mb_{name}", last, "MB", idle, last / idle)
    yield Row(f"soak_growth_mb_{name}", last - first, f"MB in {_BETWEEN * pace.seconds / 60:.3g} min", LIMIT_MB)


def watched(people: Sequence[Person], servers: Servers, pace: Pace) -> tuple[Night, list[float]]:
    """Let them work; return what came of it, and the megabytes of the servers at equal distances of time."""
    samples, over = [servers.megabytes()], Event()

    def watch() -> None:
        while not over.wait(pace.seconds / _SAMPLES):
            samples.append(servers.megabytes())

    watcher = Thread(target=watch)
    watcher.start()
    try:
        return work(people, pace), samples
    finally:
        over.set()
        watcher.join()
