"""More people without a pause than the servers hold: who is refused, how long the others wait, and how soon it is over."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from app.cli.bench.load.deadline import percentile
from app.cli.bench.load.losses import lost, tell
from app.cli.bench.load.people import Night, Pace, Person
from app.cli.bench.load.profiles import below
from app.cli.bench.load.servers import Servers
from app.cli.bench.load.world import World
from app.cli.bench.rows import Row

LIMIT_MS = 2_000.0
LIMIT_SECONDS = 5.0
"""So soon a save takes no longer than it ordinarily may."""
_POLITE = frozenset({"429", "503"})
_CONFLICT = "409"
_GIVE_UP_SECONDS = 60.0
_BETWEEN_SECONDS = 0.1


def measured(
    database: str, world: World, people: Sequence[Person], servers: Servers, *, seconds: float, ordinary_ms: float
) -> Iterator[Row]:
    """Let all but one work without a pause for a bounded time; then the last one saves until that takes no longer than usual."""
    *crowd, last = people
    night, after, recovered = asyncio.run(_rush(crowd, last, seconds, ordinary_ms))
    refusals = Counter(error.partition(" ")[0] for error in night.errors)
    refused = sum(refusals[status] for status in _POLITE)
    wrong = [error for error in night.errors + after.errors if error.partition(" ")[0] not in _POLITE]
    tell(wrong)
    accepted = night.saves + night.pages + night.looks
    yield Row(f"overload_accepted_{database}", len(accepted) / night.seconds, "answers/s")
    yield Row(f"overload_refused_{database}", refused / night.seconds, "answers/s")
    yield Row(f"overload_conflicts_{database}", refusals[_CONFLICT], "answers", 0)
    yield Row(f"overload_errors_{database}", len(wrong), "answers", 0)
    yield Row(f"overload_lost_saves_{database}", lost(world, night, after), "saves", 0)
    if len(accepted) > 1:
        yield below(f"overload_accepted_p99_ms_{database}", percentile(accepted, 99), "ms", LIMIT_MS)
    yield below(f"overload_over_after_s_{database}", recovered, "s", LIMIT_SECONDS)
    yield Row(f"overload_ended_servers_{database}", servers.ended(), "processes", 0)


async def _rush(crowd: Sequence[Person], last: Person, seconds: float, ordinary_ms: float) -> tuple[Night, Night, float]:
    """Return what came of the crowd and of the one after it, and seconds from the crowd's last asking to an ordinary save."""
    night, after = Night(), Night()
    until = time.monotonic() + seconds
    working = [asyncio.create_task(person.work(Pace(seconds, 0), until, night)) for person in crowd]
    await asyncio.sleep(seconds)
    while time.monotonic() < until + _GIVE_UP_SECONDS:
        await last.save_once(after)
        if after.saves and after.saves[-1] <= ordinary_ms:
            break
        await asyncio.sleep(_BETWEEN_SECONDS)
    recovered = time.monotonic() - until
    await asyncio.gather(*working)
    night.seconds = time.monotonic() - until + seconds
    return night, after, recovered
