"""Where counts of requests stand: in the memory of this process, one number for each client and window.

A window begins with the first request and ends after its seconds; the next request begins another. What has ended is forgotten on
the way, and there is an upper bound, so that no number of addresses fills the memory.
"""

from __future__ import annotations

import time
from collections.abc import Hashable

MOST = 100_000


class Windows:
    """Counts by key until each window ends; used from the event loop alone, so nothing is locked. Moments are seconds."""

    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._counts: dict[Hashable, tuple[int, float]] = {}

    def get(self, key: Hashable) -> tuple[int, float]:
        """Return how much was counted in the window that runs, and when it ends; 0 and now where none runs."""
        now = time.time()
        count, until = self._counts.get(key, (0, now))
        return (count, until) if until > now else (0, now)

    def count(self, key: Hashable, seconds: float, amount: int = 1) -> int:
        """Count, beginning a window of some seconds where none runs; return how much was counted in it."""
        now = time.time()
        count, until = self._counts.get(key, (0, now))
        if until <= now:
            self._make_room(now)
            count, until = 0, now + seconds
        self._counts[key] = count + amount, until
        return count + amount

    def __len__(self) -> int:
        return len(self._counts)

    def _make_room(self, now: float) -> None:
        if len(self._counts) < self._most:
            return
        self._counts = {key: window for key, window in self._counts.items() if window[1] > now}
        # Half at once, lest every further address of a flood does this work; what began first goes.
        if len(self._counts) > self._most // 2:
            self._counts = dict(list(self._counts.items())[self._most // 2 :])
