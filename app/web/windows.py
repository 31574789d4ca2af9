"""Where counts of requests stand: in the memory of this process, one number for each client and window.

The library's own store in memory starts a thread for what has expired, nearly at every request. This one forgets on the
way, and has an upper bound, so that no number of addresses fills the memory.
"""

from __future__ import annotations

import time

from limits.storage import Storage

MOST = 100_000


class Windows(Storage):
    """Counts by key until each expires; used from the event loop alone, so nothing is locked."""

    STORAGE_SCHEME = ["process"]  # noqa: RUF012 - the library's own form of a class's name

    def __init__(self, uri: str | None = None, *, most: int = MOST) -> None:
        super().__init__(uri)
        self._most = most
        self._counts: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """Nothing fails here that the library would have to wrap."""
        return ()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and begin a window where there is none."""
        now = time.time()
        count, until = self._counts.get(key, (0, 0.0))
        if until <= now:
            self._make_room(now)
            count, until = 0, now + expiry
        self._counts[key] = count + amount, until
        return count + amount

    def get(self, key: str) -> int:
        """Return how much was counted in the window that runs."""
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window ends; now, where none runs."""
        now = time.time()
        return max(self._counts.get(key, (0, now))[1], now)

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget everything."""
        forgotten = len(self._counts)
        self._counts.clear()
        return forgotten

    def clear(self, key: str) -> None:
        """Forget one window."""
        self._counts.pop(key, None)

    def __len__(self) -> int:
        return len(self._counts)

    def _make_room(self, now: float) -> None:
        if len(self._counts) < self._most:
            return
        self._counts = {key: window for key, window in self._counts.items() if window[1] > now}
        # Half at once, lest every further address of a flood does this work; what began first goes.
        if len(self._counts) > self._most // 2:
            self._counts = dict(list(self._counts.items())[self._most // 2 :])
