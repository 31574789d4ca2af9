"""Password hashing: argon2id, a few at a time, with the same work for people who do not exist."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.kit.errors import Unavailable

_AT_ONCE = 2  # 64 MiB and one core each: more would slow down everybody's answers
_WAITING = 8  # each waits in one of the 20 worker threads; the others go on serving
_PARALLELISM = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password was right; `new_hash` is set when the stored one was made with older parameters."""

    is_right: bool
    new_hash: str | None = None


class Passwords:
    """Hashes and verifies; whoever finds the queue full is asked to come back."""

    def __init__(self, *, memory_kib: int, rounds: int, at_once: int = _AT_ONCE, waiting: int = _WAITING) -> None:
        self._argon2 = PasswordHash([Argon2Hasher(time_cost=rounds, memory_cost=memory_kib, parallelism=_PARALLELISM)])
        self._nobodys_hash = self._argon2.hash("nobody has this password")
        self._slots = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._counting = threading.Lock()
        self.taken = 0  # how many are hashed at this moment, or wait for it

    def hash(self, password: str) -> str:
        """Return the hash to store."""
        with self.turn() as turn:
            return turn.hash(password)

    def verify(self, password: str, stored: str | None) -> Verdict:
        """Compare with a stored hash; without one, take as long and answer no."""
        with self.turn() as turn:
            return turn.verify(password, stored)

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Wait for a turn, to look something up before hashing; never ask for one inside a transaction."""
        if not self._places.acquire(blocking=False):
            raise Unavailable("Many people are signing in at this moment. Try again in a few seconds.")
        self._count(1)
        try:
            with self._slots:
                yield Turn(self._argon2, self._nobodys_hash)
        finally:
            self._count(-1)
            self._places.release()

    def _count(self, step: int) -> None:
        with self._counting:
            self.taken += step


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to hash now."""

    _argon2: PasswordHash
    _nobodys_hash: str

    def hash(self, password: str) -> str:
        return self._argon2.hash(password)

    def verify(self, password: str, stored: str | None) -> Verdict:
        is_right, new_hash = self._argon2.verify_and_update(password, stored or self._nobodys_hash)
        if stored is None:
            return Verdict(is_right=False)
        return Verdict(is_right=is_right, new_hash=new_hash if is_right else None)
