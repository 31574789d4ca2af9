"""How often each key was used, in memory until it is written down: a crash loses some of it, and no request waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from uuid import UUID


@dataclass(slots=True)
class Counted:
    """What one key asked of one family of addresses; `unchanged` and `refused` are parts of `requests`."""

    requests: int = 0
    unchanged: int = 0
    refused: int = 0


class Tally:
    """Counts by key and family. The event loop counts, another thread takes the counts away."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted: dict[tuple[UUID, str], Counted] = {}

    def count(self, key_id: UUID, family: str, *, is_light: bool, is_refused: bool) -> None:
        """Count one request of a key."""
        with self._lock:
            counted = self._counted.setdefault((key_id, family), Counted())
            counted.requests += 1
            counted.unchanged += is_light
            counted.refused += is_refused

    def drain(self) -> Mapping[tuple[UUID, str], Counted]:
        """Return what was counted since the last time, and begin anew."""
        with self._lock:
            counted, self._counted = self._counted, {}
        return counted

    def put_back(self, counted: Mapping[tuple[UUID, str], Counted]) -> None:
        """Keep what could not be written for the next time."""
        with self._lock:
            for place, more in counted.items():
                known = self._counted.setdefault(place, Counted())
                known.requests += more.requests
                known.unchanged += more.unchanged
                known.refused += more.refused
