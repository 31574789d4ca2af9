"""Two people act at once in an order that a test writes down: each stops before every statement and before its commit.

An act is a call of a service or a whole request (who acts is known in the threads that the request is handed to, too).

A schedule is a string such as "AAB": A goes two steps, B one; then A goes to its end, and B to its own. Whoever waits for a lock
of the other is passed over, as the database would do. The same schedule always gives the same order.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import groupby

from psycopg import Connection as PostgresConnection
from sqlalchemy import event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import Pool

from app.infra.db import Database
from app.kit.errors import ReadinessError
from tests.threads import seeing

Act = Callable[[], object]
NAMES = "AB"
MOST_STEPS = 200
_SECONDS = 20.0
_GLANCE = 0.02
_PATIENCE = 0.1
"""How long somebody who runs on SQLite, while the other has the connection to write with, is given to need it not."""
_GATE, _RUNNING, _ENDED = "at a gate", "running", "ended"


@dataclass
class Outcome:
    """What became of one act: `refused` is None where it was done."""

    refused: ReadinessError | None = None
    fault: Exception | None = None
    steps: int = 0


@dataclass
class Stage:
    """Lets two acts go on one step at a time."""

    database: Database
    outcomes: dict[str, Outcome] = field(default_factory=lambda: {name: Outcome() for name in NAMES})
    places: dict[str, str] = field(default_factory=lambda: dict.fromkeys(NAMES, _RUNNING))
    allowed: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(NAMES, False))
    servers: dict[str, int] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)
    mine: ContextVar[str | None] = field(default_factory=lambda: ContextVar("mine", default=None))
    writing: list[str] = field(default_factory=list)
    """On SQLite: who has the only connection to write with."""

    def play(self, acts: Mapping[str, Act], schedule: str) -> dict[str, Outcome]:
        """Let both act in this order, and return what became of each."""
        threads = [threading.Thread(target=seeing(self._act), args=(name, acts[name]), daemon=True) for name in NAMES]
        with self._gates():
            for thread in threads:
                thread.start()
            for name, run in groupby(schedule):
                all(self._step(name) for _ in run)  # who is held back is passed over
            for _ in range(MOST_STEPS):
                for name in NAMES:
                    while self._step(name):
                        pass
                if all(place == _ENDED for place in self.places.values()):
                    break
            for thread in threads:
                thread.join(_SECONDS)
        assert all(place == _ENDED for place in self.places.values()), f"{schedule}: {self.places}"
        return self.outcomes

    def _act(self, name: str, act: Act) -> None:
        self.mine.set(name)
        try:
            act()
        except ReadinessError as refusal:
            self.outcomes[name].refused = refusal
        except Exception as fault:  # noqa: BLE001 - whatever it is, it belongs to the test and not to the thread
            self.outcomes[name].fault = fault
        with self.changed:
            self.places[name] = _ENDED
            self.changed.notify_all()

    def _stop(self, connection: Connection, *_rest: object) -> None:
        name = self.mine.get()
        if name is None:
            return
        driver = connection.connection.dbapi_connection
        if isinstance(driver, PostgresConnection):
            self.servers[name] = driver.info.backend_pid
        with self.changed:
            self.places[name] = _GATE
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.allowed[name], _SECONDS)
            self.allowed[name], self.places[name] = False, _RUNNING
            self.outcomes[name].steps += 1

    @contextmanager
    def _gates(self) -> Iterator[None]:
        """Stand before what both ask of the database; on PostgreSQL the reader speaks through the writer's pool."""
        heard: list[tuple[Engine | Pool, str, Callable[..., None]]] = [
            (engine, gate, self._stop) for engine in self._engines() for gate in ("before_cursor_execute", "commit")
        ]
        heard += [(self.database.writer.pool, "checkout", self._took), (self.database.writer.pool, "checkin", self._gave_back)]
        for target, name, listen in heard:
            event.listen(target, name, listen)
        try:
            yield
        finally:
            for target, name, listen in heard:
                event.remove(target, name, listen)

    def _engines(self) -> list[Engine]:
        database = self.database
        return [database.writer] if database.reader.pool is database.writer.pool else [database.writer, database.reader]

    def _took(self, *_of_the_pool: object) -> None:
        self.writing.append(self.mine.get() or "")

    def _gave_back(self, *_of_the_pool: object) -> None:
        self.writing.clear()

    def _step(self, name: str) -> bool:
        """Let one go on to the next gate; False where it has ended, or waits for the other."""
        if not self._arrived(name) or self.places[name] == _ENDED:
            return False
        with self.changed:
            self.allowed[name], self.places[name] = True, _RUNNING
            self.changed.notify_all()
        return self._arrived(name)

    def _arrived(self, name: str) -> bool:
        """Wait until one stands at a gate or has ended; False as soon as the database holds it back."""
        since = time.monotonic()
        while time.monotonic() < since + _SECONDS:
            with self.changed:
                if self.changed.wait_for(lambda: self.places[name] != _RUNNING, _GLANCE):
                    return True
            if self._is_held_back(name, time.monotonic() - since):
                return False
        return False

    def _is_held_back(self, name: str, waited: float) -> bool:
        if self.database.writer.dialect.name == "sqlite":
            return waited > _PATIENCE and any(other != name for other in self.writing)
        if name not in self.servers:
            return False
        with self.database.look_up() as session:
            asked = text("SELECT wait_event_type FROM pg_stat_activity WHERE pid = :pid")
            return session.connection().execute(asked, {"pid": self.servers[name]}).scalar() == "Lock"


def schedules(database: Database, steps: int, *, reads_first: bool = False) -> list[str]:
    """Return every order in which one stops once, after each of its steps, and the other goes as far as it gets.

    On SQLite there is one writer at a time, so the two whole acts in either order are all that can be told apart; unless an act
    reads before it writes (`reads_first`), as a request does that first learns who asks.
    """
    is_all_alike = database.writer.dialect.name == "sqlite" and not reads_first
    stops = (0, steps) if is_all_alike else range(steps + 1)
    return [first * stop + other * MOST_STEPS for first, other in ("AB", "BA") for stop in stops]
