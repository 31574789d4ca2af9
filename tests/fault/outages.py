"""Take something away from a running server while four people save: its database, its connections, its disk, or its time.

    python -m tests.fault.outages crash|cut|silence|slow|exhausted|lock|full|sigterm [--rounds 20]

Every answer must be 200, or 503 (507 where the disk is full) with the word when to try again; none may take much over ten
seconds; afterwards everything goes on by itself, and every acknowledged save is there. `full` mounts a small disk.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from app.infra.db import SQLITE
from tests.fault.stage import POLL, READY_SECONDS, Outcome, Said, Stage, administrator, ask, stage

LONGEST_SECONDS = 13.0
"""Three seconds until somebody's turn comes, nine until the program gives up, and one for a busy machine."""
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to."""

    outcome: Outcome
    unavailable: int
    full: int
    """How many answers said that there is no room."""
    longest_wait: float
    longest_outage: float
    connections: int
    """How many connections of the server PostgreSQL knows at the end."""
    remarks: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Nothing lost, nobody waited for too long, no connection leaked, nothing remarked."""
        in_time = self.longest_wait < LONGEST_SECONDS
        return self.outcome.is_good and in_time and self.connections <= 20 and not self.remarks


def crash(open_stage: Stage) -> Iterator[str]:
    """Kill one process of PostgreSQL: it ends all others, and recovers from its log, as after `restart -m immediate`."""
    with administrator(open_stage.new.url) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'").fetchall()
        own = connection.info.backend_pid
    pids = [int(str(pid)) for (pid,) in found if pid != own]
    with suppress(ProcessLookupError):
        os.kill(pids[0] if pids else own, signal.SIGKILL)
    yield from ()


def cut(open_stage: Stage) -> Iterator[str]:
    """End every connection of the server, ten times in a second."""
    with administrator(open_stage.new.url) as connection:
        for _ in range(10):
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            )
            time.sleep(0.1)
    yield from ()


def silence(open_stage: Stage) -> Iterator[str]:
    """Let nothing pass for twelve seconds, and leave every connection open."""
    open_stage.wire.is_dead = True
    time.sleep(12)
    open_stage.wire.is_dead = False
    yield from ()


def slow(open_stage: Stage) -> Iterator[str]:
    """Delay every part by 50 ms each way: 100 ms a round trip."""
    open_stage.wire.delay = 0.05
    time.sleep(5)
    open_stage.wire.delay = 0.0
    yield from ()


def exhausted(open_stage: Stage) -> Iterator[str]:
    """Let 200 people ask for what no statement can read for twelve seconds: ten times as many as there are connections."""

    def read(_number: int) -> Said:
        return ask(open_stage.nursery.port, "GET", "/api/v1/reviews", open_stage.headers)[2]

    with ThreadPoolExecutor(_AT_ONCE) as people:
        with administrator(open_stage.new.url) as connection, connection.transaction():
            connection.execute("LOCK TABLE review IN ACCESS EXCLUSIVE MODE")
            said = list(people.map(read, range(_AT_ONCE)))
        longest, statuses = max(one.seconds for one in said), Counter(one.status for one in said)
        sys.stdout.write(f"{statuses} within {longest:.1f} s\n")
        if set(statuses) != {503} or longest > LONGEST_SECONDS:
            yield f"{statuses} within {longest:.1f} s"
    afterwards = read(0)
    if (afterwards.status, afterwards.seconds < 5) != (200, True):
        yield f"afterwards: {afterwards}"


def lock(open_stage: Stage) -> Iterator[str]:
    """Hold SQLite's write lock in another process for ten seconds."""
    program = (
        "import sys,time\nfrom app.infra.db import SQLITE\nc=SQLITE.connect(sys.argv[1],timeout=30,isolation_level=None)\n"
        "c.execute('BEGIN EXCLUSIVE')\ntime.sleep(10)\nc.execute('ROLLBACK')"
    )
    subprocess.run([sys.executable, "-c", program, str(open_stage.new.url.database)], check=True)
    yield from ()


def full(open_stage: Stage) -> Iterator[str]:
    """Fill the disk under the database until everybody is refused, read through the server meanwhile, and make room again."""
    filler = open_stage.new.settings.data_dir / "filler"
    for writer in open_stage.writers:
        writer.taken = frozenset({507})
    deadline, refused = time.monotonic() + READY_SECONDS, 0
    while refused < len(open_stage.writers) and time.monotonic() < deadline:
        with suppress(OSError), filler.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(4_096))
        time.sleep(POLL)
        refused = sum(any(said.status == 507 for said in writer.said) for writer in open_stage.writers)
    for path in ("/api/v1/reviews", f"/reviews/{open_stage.new.review}"):
        status, answer, _said = ask(open_stage.nursery.port, "GET", path, open_stage.headers)
        if status != 200:
            yield f"reading {path} while the disk is full: {status} {answer}"
    filler.unlink()
    if refused < len(open_stage.writers):
        yield f"only {refused} were told that there is no room"


def sigterm(open_stage: Stage) -> Iterator[str]:
    """Ask the server to end while everybody's save is under way, and start the next one."""
    began = time.monotonic()
    connection = SQLITE.connect(open_stage.new.url.database, timeout=30, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    time.sleep(1)  # by now every writer's request has been taken, and waits
    asked = time.monotonic()
    os.kill(open_stage.nursery.server, signal.SIGTERM)
    time.sleep(0.5)
    connection.execute("ROLLBACK")
    connection.close()
    code = open_stage.nursery.end()
    ended = time.monotonic()
    open_stage.nursery.start()
    open_stage.seconds_until_saved()
    under_way = [said for said in open_stage.said() if said.begin < asked - 0.5 and said.end > asked]
    last = max((said.end for said in under_way), default=asked)
    if len(under_way) < len(open_stage.writers) or any(said.status != 200 for said in under_way):
        yield f"under way when the server was asked to end: {under_way}"
    if code not in {0, -signal.SIGTERM} or ended - last > 10:
        yield f"ended with {code}, {ended - last:.1f} s after the last answer"
    others = [said for said in open_stage.said() if said.begin > began and said.status not in {0, 200}]
    too_soon = [said for said in open_stage.said() if began < said.begin and said.end < asked and said.status == 0]
    if others or too_soon:
        yield f"{len(others)} other answers {others[:3]}, {len(too_soon)} closed before it was asked to end {too_soon[:3]}"


FAULTS: Mapping[str, tuple[str, Callable[[Stage], Iterator[str]]]] = {
    "crash": ("postgresql", crash),
    "cut": ("postgresql", cut),
    "silence": ("postgresql", silence),
    "slow": ("postgresql", slow),
    "exhausted": ("postgresql", exhausted),
    "lock": ("sqlite", lock),
    "full": ("sqlite", full),
    "sigterm": ("sqlite", sigterm),
}


def outage(open_stage: Stage, name: str, rounds: int = 1, seed: int = 1) -> Report:
    """Do one fault that often while four people save."""
    chance, longest, before, remarks = random.Random(seed), 0.0, open_stage.saves(), list[str]()
    with open_stage.saving():
        open_stage.seconds_until_saved()
        for _ in range(rounds):
            time.sleep(chance.uniform(0.0, 0.5))
            remarks += FAULTS[name][1](open_stage)
            longest = max(longest, open_stage.seconds_until_saved())
    said = open_stage.said()
    return Report(
        open_stage.outcome(rounds, before),
        sum(one.status == 503 for one in said),
        sum(one.status == 507 for one in said),
        max(one.seconds for one in said),
        longest,
        _connections(open_stage),
        tuple(remarks),
    )


@contextmanager
def stage_for(name: str) -> Iterator[Stage]:
    """Open what a fault is done to."""
    with stage(FAULTS[name][0], is_small=name == "full") as opened:
        yield opened


def _connections(open_stage: Stage) -> int:
    if open_stage.is_sqlite:
        return 0
    with administrator(open_stage.new.url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert found is not None
    return int(str(found[0]))


def main() -> None:
    """Read the command line, run, and end with 1 where anything was lost or somebody waited for too long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fault", choices=list(FAULTS))
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    with stage_for(given.fault) as opened:
        report = outage(opened, given.fault, given.rounds)
    sys.stdout.write(f"{report}\n")
    sys.exit(not report.is_good)


if __name__ == "__main__":
    main()
