"""`readiness bench load`: a deadline's night, then everybody at once without a pause, then ten minutes of work."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from app.cli.bench.load.commits import commits_a_second
from app.cli.bench.load.losses import lost, tell
from app.cli.bench.load.people import Night, Pace, people_at, work
from app.cli.bench.load.servers import serving
from app.cli.bench.load.soak import memory_rows, watched
from app.cli.bench.load.world import furnished
from app.cli.bench.rows import Row
from app.infra.log import configure_log

MEANING = "of times, memory and losses, how far below the limit that we set us; of commits, the share that is reached"
SOURCE = "the limits of the design; for commit_share, single upserts a second that the same database makes durable by itself"
LIMITS = {50: None, 95: 50.0, 99: 75.0}
"""By percentile, how many milliseconds a save may take."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Who takes part, for how long, and on what: a database, and how many processes serve it."""

    evening: Pace
    night: Pace
    rush: Pace
    soak: Pace
    members: int = 21
    team: int = 10
    commit_seconds: float = 3
    served_by: tuple[tuple[str, int], ...] = (("sqlite", 1), ("postgresql", 1), ("postgresql", 2))


WHOLE = Sizes(Pace(10, 5), Pace(300, 5), Pace(20, 0), Pace(600, 1))
QUICK = Sizes(Pace(1, 0.1), Pace(3, 0.1), Pace(0.5, 0), Pace(1, 0.1), 2, 2, 0.1, (("sqlite", 1),))


def rows(sizes: Sizes) -> list[Row]:
    """Measure each database, with one process and where it can have two with two."""
    configure_log(logging.ERROR)
    return [row for backend, processes in sizes.served_by for row in _measured(backend, processes, sizes)]


def _measured(backend: str, processes: int, sizes: Sizes) -> Iterator[Row]:
    name = backend if processes == 1 else f"{backend}_{processes}_processes"
    with tempfile.TemporaryDirectory() as place, furnished(backend, Path(place), members=sizes.members, team=sizes.team) as world:
        most = commits_a_second(world.url, Path(place), sizes.commit_seconds)
        with serving(world, Path(place), processes) as servers:
            idle = servers.megabytes()
            people = people_at(world.officials, servers.ports)
            evening, night, rush = (work(people, pace) for pace in (sizes.evening, sizes.night, sizes.rush))
            errors = evening.errors + night.errors + rush.errors
            tell(errors)
            yield from _of_the_night(name, night, len(errors), lost(world, evening, night, rush))
            share = len(rush.saves) / rush.seconds
            yield Row(f"commit_share_{name}", share, "saves/s", most, share / most)
            _, samples = watched(people, servers, sizes.soak)
            yield from memory_rows(name, samples, idle, sizes.soak)


def _of_the_night(name: str, night: Night, errors: int, missing: int) -> Iterator[Row]:
    """Tell about the night; errors and losses are those before and after it as well.

    Times are not those of the evening: a server that has just started does everything for the first time.
    """
    yield Row(f"deadline_saves_{name}", len(night.saves), "saves")
    yield Row(f"deadline_errors_{name}", errors, "answers")
    yield Row(f"deadline_lost_saves_{name}", missing, "saves")
    for percent, limit in LIMITS.items():
        value = percentile(night.saves, percent)
        yield Row(f"deadline_save_p{percent}_ms_{name}", value, "ms", limit, limit / value if limit else None)


def percentile(values: list[float], percent: int) -> float:
    """Return the value that so many of a hundred do not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]
