"""Kill the server with SIGKILL again and again while people save, and look afterwards whether every acknowledged save is there.

    python -m tests.fault.kill_during_saves --kills 1000 [--postgresql]

Each writer saves one item after the other and counts as acknowledged only what was answered with 200. What was sent and
not answered is sent again, as the form does: it must be taken, whether or not it was stored.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL

from app.audit import service as audit
from app.cli.bench.prepared import Made, made
from app.domain.questionnaire.items import MaturityItem
from app.infra.db import open_database

WRITERS = 4
READY_SECONDS = 60.0
_PATIENCE_SECONDS = 15.0
_REPORT_EVERY = 50


@dataclass
class Nursery:
    """The process that forks servers, and the server that runs now."""

    process: subprocess.Popen[str]
    port: int
    server: int = 0

    def start(self) -> None:
        """Start a server, and return when it answers."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write("start\n")
        stdin.flush()
        self.server = int(stdout.readline())
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.01)
        message = "The server did not start."
        raise TimeoutError(message)

    def kill(self) -> None:
        """Kill the server as a power switch would; return when its port is free."""
        os.kill(self.server, signal.SIGKILL)
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and _is_alive(self.server):
            time.sleep(0.002)


@dataclass
class Writer:
    """One person who saves their own item, and remembers what was acknowledged."""

    item: str
    path: str
    cookie: str
    port: int
    seen: int = 1
    """The version of the answer that the review begins with."""
    acknowledged: dict[int, str] = field(default_factory=dict)
    """The comment of each version that was answered with 200."""
    repeated: int = 0
    refused: list[str] = field(default_factory=list)
    unavailable: int = 0
    """How often the answer was that the service is busy."""
    taken: frozenset[int] = frozenset()
    """What else may be answered for a while."""
    longest: float = 0.0
    """The longest that an answer, or the end of a connection, was waited for."""

    def run(self, over: threading.Event) -> None:
        """Save until it is over; then send what is still uncertain once more."""
        seen, number = self.seen, 0
        while not over.is_set():
            number += 1
            seen = self._save(f"{self.item} {number}", seen)

    def _save(self, comment: str, seen: int) -> int:
        """Send one answer until it is acknowledged."""
        body = json.dumps({"state": "answered", "value": 1 + seen % 5, "comment": comment, "seen": seen})
        deadline, is_first = time.monotonic() + READY_SECONDS, True
        while time.monotonic() < deadline:
            status, answer = self._put(body)
            if status == 200:
                version = int(str(answer["version"]))
                self.acknowledged[version] = comment
                return version
            if status not in {0, 503, *self.taken}:
                self.refused.append(f"{self.item} {status} {answer}")
                return seen
            self.repeated += is_first
            is_first = False
            time.sleep(0.01)
        self.refused.append(f"{self.item}: never answered")
        return seen

    def _put(self, body: str) -> tuple[int, dict[str, object]]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_SECONDS)
        headers = {"Content-Type": "application/json", "Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self.port}"}
        begin = time.monotonic()
        try:
            connection.request("PUT", self.path, body, headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
            self.unavailable += response.status == 503
            is_bare = response.status == 503 and response.getheader("Retry-After") is None
        except (OSError, HTTPException, ValueError):
            return 0, {}
        else:
            return (-1 if is_bare else response.status), answer
        finally:
            self.longest = max(self.longest, time.monotonic() - begin)
            connection.close()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `lost`: acknowledged and not there; `refused`: what should have been taken."""

    kills: int
    acknowledged: int
    repeated: int
    lost: tuple[str, ...]
    refused: tuple[str, ...]
    is_sound: bool
    """Whether the database and the chain of audit events are whole."""

    @property
    def is_good(self) -> bool:
        """Nothing was lost, refused or broken."""
        return not self.lost and not self.refused and self.is_sound


def run(backend: str, kills: int, seed: int) -> Outcome:
    """Kill a server of its own that often while four people save."""
    folder = Path(tempfile.mkdtemp(prefix="readiness-fault-"))
    folder.chmod(0o711)
    try:
        with made(backend, folder) as new, nursery(new) as running:
            items = [item.code for item in new.questionnaire.items.values() if isinstance(item, MaturityItem)][:WRITERS]
            writers = [writer_of(new, item, running.port) for item in items]
            _kill_while(running, writers, kills, random.Random(seed))
            return outcome_of(new, writers, kills)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def writer_of(new: Made, item: str, port: int) -> Writer:
    return Writer(item, f"/api/v1/reviews/{new.review}/answers/{item}", f"session={new.token}", port)


@contextmanager
def nursery(new: Made, address: URL | None = None) -> Iterator[Nursery]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"READINESS_DATA_DIR": str(new.settings.data_dir)}
    if new.url.get_backend_name() != "sqlite":
        settings["READINESS_DATABASE_URL"] = (
            (address or new.url).set(drivername="postgresql").render_as_string(hide_password=False)
        )
    command = [sys.executable, "-m", "tests.fault.servers", str(port)]
    with (
        (new.settings.data_dir.parent / "server.log").open("w") as log,
        subprocess.Popen(
            command, env=os.environ | settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        running = Nursery(process, port)
        try:
            running.start()
            yield running
        finally:
            with suppress(ProcessLookupError):
                os.kill(running.server, signal.SIGKILL)
            process.terminate()


def _kill_while(nursery: Nursery, writers: list[Writer], kills: int, chance: random.Random) -> None:
    over = threading.Event()
    threads = [threading.Thread(target=writer.run, args=(over,)) for writer in writers]
    for thread in threads:
        thread.start()
    for number in range(kills):
        _wait_for(writers, chance.randint(1, 20))
        time.sleep(chance.uniform(0.0, 0.05))
        nursery.kill()
        nursery.start()
        if (number + 1) % _REPORT_EVERY == 0:
            sys.stdout.write(f"{number + 1} kills, {_acknowledged(writers)} saves acknowledged\n")
            sys.stdout.flush()
    over.set()
    for thread in threads:
        thread.join()


def _wait_for(writers: list[Writer], saves: int) -> None:
    """Wait until some more saves are acknowledged, so that every kill falls among them."""
    goal, deadline = _acknowledged(writers) + saves, time.monotonic() + READY_SECONDS
    while _acknowledged(writers) < goal and time.monotonic() < deadline:
        time.sleep(0.002)


def _acknowledged(writers: list[Writer]) -> int:
    return sum(len(writer.acknowledged) for writer in writers)


def outcome_of(new: Made, writers: list[Writer], kills: int) -> Outcome:
    database = open_database(new.url, pool_size=2)
    with database.read() as session:
        rows = session.connection().execute(
            text("SELECT item, version, comment FROM answer_revision WHERE review_id = :review"),
            {"review": new.review.hex if new.url.get_backend_name() == "sqlite" else new.review},
        )
        stored = {(str(item), int(version)): str(comment) for item, version, comment in rows}
        is_sound = audit.verify(session) is None
        if new.url.get_backend_name() == "sqlite":
            is_sound &= session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    database.dispose()
    lost = [
        f"{writer.item} version {version}: {comment!r}"
        for writer in writers
        for version, comment in writer.acknowledged.items()
        if stored.get((writer.item, version)) != comment
    ]
    return Outcome(
        kills,
        _acknowledged(writers),
        sum(writer.repeated for writer in writers),
        tuple(lost),
        tuple(words for writer in writers for words in writer.refused),
        is_sound,
    )


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Read the command line, run, and end with 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    given = parser.parse_args()
    outcome = run("postgresql" if given.postgresql else "sqlite", given.kills, given.seed)
    sys.stdout.write(f"{outcome}\n")
    sys.exit(not outcome.is_good)


if __name__ == "__main__":
    main()
