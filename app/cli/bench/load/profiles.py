"""Kinds of weeks: how many officials work, how long each thinks, and what the servers may take for that."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.cli.bench.load.deadline import percentile
from app.cli.bench.load.losses import lost, tell
from app.cli.bench.load.people import Night, Pace, Person, work
from app.cli.bench.load.servers import Servers
from app.cli.bench.load.world import World
from app.cli.bench.rows import Row


@dataclass(frozen=True, slots=True)
class Limits:
    """How many milliseconds 99 of 100 saves and pages may take, and how much of one core the servers; None is no limit."""

    save: float
    page: float | None = None
    cpu_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """So many officials at a pace."""

    name: str
    officials: int
    pace: Pace
    limits: Limits


def measured(profile: Profile, database: str, world: World, people: Sequence[Person], servers: Servers) -> Iterator[Row]:
    """Let the officials of a profile work, and hold what came of it against its limits.

    CPU time is that of our servers; PostgreSQL's own is not counted. Those who ask share the machine, so theirs is told too.
    """
    end = f"_{database}"
    began, asked = servers.cpu_seconds(), time.process_time()
    night = work(people[: profile.officials], profile.pace)
    percents = [100 * seconds / night.seconds for seconds in (servers.cpu_seconds() - began, time.process_time() - asked)]
    tell(night.errors)
    yield Row(f"{profile.name}_saves{end}", len(night.saves), "saves")
    yield Row(f"{profile.name}_errors{end}", len(night.errors), "answers", 0)
    yield Row(f"{profile.name}_lost_saves{end}", lost(world, night), "saves", 0)
    yield from times(profile.name, database, night, profile.limits)
    yield below(f"{profile.name}_cpu_percent{end}", percents[0], "% of one core", profile.limits.cpu_percent)
    yield Row(f"{profile.name}_asking_cpu_percent{end}", percents[1], "% of one core")


def times(name: str, database: str, night: Night, limits: Limits) -> Iterator[Row]:
    """Tell within how many milliseconds 99 of 100 saves and pages were answered, where there were two at least."""
    for what, values, limit in (("save", night.saves, limits.save), ("page", night.pages, limits.page)):
        if len(values) > 1:
            yield below(f"{name}_{what}_p99_ms_{database}", percentile(values, 99), "ms", limit)


def below(name: str, value: float, unit: str, limit: float | None) -> Row:
    """Say how far below its limit a figure is."""
    return Row(name, value, unit, limit, limit / value if limit and value else None)
