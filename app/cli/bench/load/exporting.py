"""Twenty economies fetch their whole review, printed and as a workbook, again and again, while others save."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from app.cli.bench.load.connection import PATIENCE_SECONDS, Connection
from app.cli.bench.load.losses import lost, tell
from app.cli.bench.load.people import Night, Pace, Person
from app.cli.bench.load.profiles import Limits, below, times
from app.cli.bench.load.servers import Servers
from app.cli.bench.load.world import Official, World
from app.cli.bench.rows import Row

LIMITS = Limits(500)
LIMIT_MB = 600.0
_FILES = ("review.pdf", "workbook.xlsx")
_OK = 200
_COME_BACK = frozenset({429, 503})
_SAMPLE_SECONDS = 0.1


@dataclass(slots=True)
class _Fetched:
    """What came of the exports, how much memory the largest server took at most, and what the others saved meanwhile."""

    files: int = 0
    postponed: int = 0
    megabytes: float = 0.0
    errors: list[str] = field(default_factory=list)
    night: Night = field(default_factory=Night)


def measured(
    database: str, world: World, people: Sequence[Person], readers: Sequence[Official], servers: Servers, pace: Pace
) -> Iterator[Row]:
    """Let people work at a pace while readers fetch; whoever is asked to come back, which is no error, does so."""
    fetched = asyncio.run(_fetch_and_work(people, readers, servers, pace))
    errors = fetched.errors + fetched.night.errors
    tell(errors)
    yield Row(f"export_files_{database}", fetched.files, "files")
    yield Row(f"export_asked_to_come_back_{database}", fetched.postponed, "answers")
    yield Row(f"export_saves_{database}", len(fetched.night.saves), "saves")
    yield Row(f"export_errors_{database}", len(errors), "answers", 0)
    yield Row(f"export_lost_saves_{database}", lost(world, fetched.night), "saves", 0)
    yield from times("export", database, fetched.night, LIMITS)
    yield below(f"export_most_mb_{database}", fetched.megabytes, "MB, the largest server", LIMIT_MB)


async def _fetch_and_work(people: Sequence[Person], readers: Sequence[Official], servers: Servers, pace: Pace) -> _Fetched:
    fetched, until = _Fetched(), time.monotonic() + pace.seconds
    await asyncio.gather(
        _watch(servers, until, fetched),
        *(_fetch(reader, servers.ports[number % len(servers.ports)], until, fetched) for number, reader in enumerate(readers)),
        *(person.work(pace, until, fetched.night) for person in people),
    )
    return fetched


async def _watch(servers: Servers, until: float, fetched: _Fetched) -> None:
    while time.monotonic() < until:
        fetched.megabytes = max(fetched.megabytes, *servers.megabytes_each())
        await asyncio.sleep(_SAMPLE_SECONDS)


async def _fetch(reader: Official, port: int, until: float, fetched: _Fetched) -> None:
    # The server lets a file wait for its turn as long as people wait for answers, and then takes its time to make it.
    connection = Connection(port, patience=2 * PATIENCE_SECONDS)
    for name in cycle(_FILES):
        if time.monotonic() >= until:
            break
        try:
            reply = await connection.ask("GET", f"/reviews/{reader.review}/{name}", {"cookie": f"session={reader.token}"})
        except (OSError, TimeoutError) as error:
            fetched.errors.append(f"{type(error).__name__} {name}")
            continue
        if reply.status == _OK:
            fetched.files += 1
        elif reply.status in _COME_BACK:
            fetched.postponed += 1
            await asyncio.sleep(min(float(reply.headers["retry-after"]), max(0.0, until - time.monotonic())))
        else:
            fetched.errors.append(f"{reply.status} {name}")
    await connection.close()
