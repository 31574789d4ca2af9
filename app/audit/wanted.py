"""Which events of the record are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are looked for; what is empty does not narrow. `rooms` are the first words of actions; times are UTC. In
    the acts of rooms that are `withheld` nobody looks for what their details say."""

    rooms: tuple[str, ...] = ()
    who: str = ""
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None
    withheld: tuple[str, ...] = ()


EVERYTHING = Wanted()
