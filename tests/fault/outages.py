"""Take something away from a running server while four people save: its database, its connections, its disk, or its time.

    python -m tests.fault.outages crash|cut|silence|slow|lock|full|sigterm [--rounds 20]

Every answer must be 200, or 503 (507 where the disk is full) with the word when to try again; none may take ten seconds;
afterwards everything goes on by itself, and every acknowledged save is there. `full` mounts a small disk: as root only.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

from app.cli.bench.prepared import Made, made
from app.domain.questionnaire.items import MaturityItem
from app.infra.db import SQLITE
from tests.fault.kill_during_saves import READY_SECONDS, WRITERS, Nursery, Outcome, Writer, nursery, outcome_of, writer_of
from tests.fault.proxy import Wire, wire

LONGEST_SECONDS = 10.5
"""What somebody waits at most, with half a second for a busy machine."""
_POLL = 0.02


@dataclass
class Stage:
    """A running server, its database, and the people who save."""

    new: Made
    nursery: Nursery
    writers: list[Writer]
    wire: Wire | None = None

    def saves(self) -> int:
        """Count what was acknowledged."""
        return sum(len(writer.acknowledged) for writer in self.writers)

    def seconds_until_saved(self) -> float:
        """Wait until everybody saved once more; tell how long it took."""
        begin, goals = time.monotonic(), [len(writer.acknowledged) for writer in self.writers]
        while any(len(writer.acknowledged) <= goal for writer, goal in zip(self.writers, goals, strict=True)):
            if time.monotonic() - begin > READY_SECONDS:
                message = "Saving did not go on."
                raise TimeoutError(message)
            time.sleep(_POLL)
        return time.monotonic() - begin


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to."""

    outcome: Outcome
    unavailable: int
    longest_wait: float
    longest_outage: float
    connections: int
    """How many connections of the server PostgreSQL knows at the end."""

    @property
    def is_good(self) -> bool:
        """Nothing lost, nobody waited for too long, no connection leaked."""
        return self.outcome.is_good and self.longest_wait < LONGEST_SECONDS and self.connections <= 20


def crash(stage: Stage) -> None:
    """Kill one process of PostgreSQL: it ends all others, and recovers from its log, as after `restart -m immediate`."""
    with _administrator(stage.new.url) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'").fetchall()
        own = connection.info.backend_pid
    pids = [int(str(pid)) for (pid,) in found if pid != own]
    with suppress(ProcessLookupError):
        os.kill(pids[0] if pids else own, signal.SIGKILL)


def cut(stage: Stage) -> None:
    """End every connection of the server, ten times in a second."""
    with _administrator(stage.new.url) as connection:
        for _ in range(10):
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            )
            time.sleep(0.1)


def silence(stage: Stage) -> None:
    """Let nothing pass for twelve seconds, and leave every connection open."""
    assert stage.wire is not None
    stage.wire.is_dead = True
    time.sleep(12)
    stage.wire.is_dead = False


def slow(stage: Stage) -> None:
    """Delay every part by 50 ms each way: 100 ms a round trip."""
    assert stage.wire is not None
    stage.wire.delay = 0.05
    time.sleep(5)
    stage.wire.delay = 0.0


def lock(stage: Stage) -> None:
    """Hold SQLite's write lock in another process for ten seconds."""
    program = (
        "import sys,time\nfrom app.infra.db import SQLITE\nc=SQLITE.connect(sys.argv[1],timeout=30,isolation_level=None)\n"
        "c.execute('BEGIN EXCLUSIVE')\ntime.sleep(10)\nc.execute('ROLLBACK')"
    )
    subprocess.run([sys.executable, "-c", program, str(stage.new.url.database)], check=True)


def full(stage: Stage) -> None:
    """Fill the disk under the database, and make room again."""
    for writer in stage.writers:
        writer.taken = frozenset({507})
    filler = stage.new.settings.data_dir / "filler"
    with suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(bytes(65_536))
            file.flush()
    time.sleep(3)
    connection = SQLITE.connect(stage.new.url.database)
    connection.execute("SELECT count(*) FROM answer_revision").fetchone()
    connection.close()
    filler.unlink()


def sigterm(stage: Stage) -> None:
    """Ask the server to end while people save, and start the next one."""
    os.kill(stage.nursery.server, signal.SIGTERM)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            os.kill(stage.nursery.server, 0)
        except ProcessLookupError:
            break
        time.sleep(_POLL)
    stage.nursery.start()


FAULTS: Mapping[str, tuple[str, Callable[[Stage], None]]] = {
    "crash": ("postgresql", crash),
    "cut": ("postgresql", cut),
    "silence": ("postgresql", silence),
    "slow": ("postgresql", slow),
    "lock": ("sqlite", lock),
    "full": ("sqlite", full),
    "sigterm": ("sqlite", sigterm),
}


def run(name: str, rounds: int = 1, seed: int = 1) -> Report:
    """Do one fault that often while four people save."""
    backend, fault = FAULTS[name]
    chance, longest = random.Random(seed), 0.0
    with _stage(backend, has_wire=name in {"silence", "slow"}, is_small=name == "full") as stage:
        over = threading.Event()
        threads = [threading.Thread(target=writer.run, args=(over,)) for writer in stage.writers]
        for thread in threads:
            thread.start()
        stage.seconds_until_saved()
        for _ in range(rounds):
            time.sleep(chance.uniform(0.0, 0.5))
            fault(stage)
            longest = max(longest, stage.seconds_until_saved())
        over.set()
        for thread in threads:
            thread.join()
        connections = _connections(stage.new.url)
        waits = [writer.longest for writer in stage.writers]
        unavailable = sum(writer.unavailable for writer in stage.writers)
        return Report(outcome_of(stage.new, stage.writers, rounds), unavailable, max(waits), longest, connections)


@contextmanager
def _stage(backend: str, *, has_wire: bool, is_small: bool) -> Iterator[Stage]:
    folder = Path(tempfile.mkdtemp(prefix="readiness-fault-"))
    folder.chmod(0o711)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if is_small:
            stack.enter_context(_small_disk(folder))
        new = stack.enter_context(made(backend, folder))
        laid = None
        if backend == "postgresql":
            _make_durable(new.url)
        if has_wire:
            laid = stack.enter_context(wire(Path(str(new.url.query["host"])) / ".s.PGSQL.5432"))
        address = new.url if laid is None else new.url.set(host="127.0.0.1", port=laid.port, query={})
        running = stack.enter_context(nursery(new, address))
        items = [item.code for item in new.questionnaire.items.values() if isinstance(item, MaturityItem)][:WRITERS]
        yield Stage(new, running, [writer_of(new, item, running.port) for item in items], laid)


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    subprocess.run(["/usr/bin/mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["/usr/bin/umount", "-l", str(folder)], check=True)


def _make_durable(url: URL) -> None:
    """Let every acknowledged commit be in the log: the server of tests is not durable by itself."""
    with _administrator(url) as connection:
        connection.execute(f"ALTER DATABASE {url.database} SET synchronous_commit = on")


def _connections(url: URL) -> int:
    if url.get_backend_name() == "sqlite":
        return 0
    with _administrator(url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert found is not None
    return int(str(found[0]))


@contextmanager
def _administrator(url: URL) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with suppress(psycopg.OperationalError), _connected(url) as connection:
        yield connection


def _connected(url: URL) -> psycopg.Connection[tuple[object, ...]]:
    """Connect, as soon as the server has recovered from the time before."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            return psycopg.connect(address, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL)


def main() -> None:
    """Read the command line, run, and end with 1 where anything was lost or somebody waited for too long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fault", choices=list(FAULTS))
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    report = run(given.fault, given.rounds)
    sys.stdout.write(f"{report}\n")
    sys.exit(not report.is_good)


if __name__ == "__main__":
    main()
