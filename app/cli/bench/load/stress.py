"""`readiness bench stress`: what weeks and days of all kinds do to real servers, each held against the design's limits.

Every official has questions that nobody else answers: what is refused is refused for the load, not for a conflict.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.cli.bench.load import exporting, overload, profiles
from app.cli.bench.load.losses import tell
from app.cli.bench.load.people import Pace, people_at, work
from app.cli.bench.load.profiles import Limits, Profile
from app.cli.bench.load.servers import serving
from app.cli.bench.load.world import furnished
from app.cli.bench.rows import Row
from app.infra.log import configure_log

MEANING = "how far below the limit that we set us: less than 1 is above it"
SOURCE = "the limits of the design; of errors, losses and ended processes there may be none"
_WEEK, _DAY, _MOST = Limits(100, 100, 15), Limits(75, 150), Limits(250)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Who takes part, for how long, and on what: a database, and how many processes serve it.

    The evening before lets servers that have just started do everything for the first time; it is not measured.
    """

    evening: Pace
    kinds: tuple[Profile, ...]
    exporting: Pace
    overload_seconds: float
    members: int = 100
    team: int = 10
    savers: int = 100
    readers: int = 20
    served_by: tuple[tuple[str, int], ...] = (("sqlite", 1), ("postgresql", 2))


WHOLE = Sizes(
    Pace(10, 5),
    (
        Profile("week", 50, Pace(120, 20), _WEEK),
        Profile("closing_day", 300, Pace(120, 5), _DAY),
        Profile("thousand", 1_000, Pace(120, 5), _MOST),
    ),
    Pace(60, 5),
    30,
)
_MOMENT = Pace(1, 0.05)
QUICK = Sizes(
    _MOMENT,
    (Profile("week", 2, _MOMENT, _WEEK), Profile("closing_day", 4, _MOMENT, _DAY), Profile("thousand", 6, _MOMENT, _MOST)),
    _MOMENT,
    1,
    members=3,
    team=2,
    savers=4,
    readers=2,
    served_by=(("sqlite", 1),),
)


def rows(sizes: Sizes) -> list[Row]:
    """Measure each database."""
    configure_log(logging.ERROR)
    return [row for backend, processes in sizes.served_by for row in _measured(backend, processes, sizes)]


def _measured(backend: str, processes: int, sizes: Sizes) -> Iterator[Row]:
    with (
        tempfile.TemporaryDirectory() as place,
        furnished(backend, Path(place), members=sizes.members, team=sizes.team) as world,
        serving(world, Path(place), processes) as servers,
    ):
        people = people_at(world.officials, servers.ports)
        tell(work(people, sizes.evening).errors)
        for kind in sizes.kinds:
            yield from profiles.measured(kind, backend, world, people, servers)
        readers = world.officials[:: sizes.team][: sizes.readers]
        yield from exporting.measured(backend, world, people[: sizes.savers], readers, servers, sizes.exporting)
        ordinary = _DAY.save
        yield from overload.measured(backend, world, people, servers, seconds=sizes.overload_seconds, ordinary_ms=ordinary)
