"""A running server over a database of its own, and four people who save without a pause."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import URL

from app.audit import service as audit
from app.cli.bench.ports import free_port, wait_until_open
from app.cli.bench.prepared import Made, made
from app.domain.questionnaire.items import MaturityItem
from app.infra.db import open_database
from app.infra.scope import as_the_service
from tests.fault.proxy import Wire, wire

WRITERS = 4
READY_SECONDS = 60.0
POLL = 0.02
MOUNT = Path("/usr/bin/mount")
_PATIENCE_SECONDS = 15.0


@dataclass
class Nursery:
    """The process that forks servers, and the server that runs now."""

    process: subprocess.Popen[str]
    port: int
    ends: Path
    """Where the end of each server is written down."""
    server: int = 0

    def start(self) -> None:
        """Start a server, and return when it answers."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write("start\n")
        stdin.flush()
        self.server = int(stdout.readline())
        wait_until_open(self.port, READY_SECONDS, pause=0.01)

    def kill(self) -> None:
        """Kill the server as a power switch would; return when its port is free."""
        os.kill(self.server, signal.SIGKILL)
        self.end()

    def end(self) -> int:
        """Wait until the server has ended; return its exit code, negative for a signal."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            lines = [line.split() for line in self.ends.read_text().splitlines()]
            found = [int(code) for pid, code in lines if int(pid) == self.server]
            if found:
                return found[0]
            time.sleep(0.002)
        message = "The server did not end."
        raise TimeoutError(message)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: when it was asked for, when it came, and its status; 0 where the connection ended without one."""

    begin: float
    end: float
    status: int
    code: str

    @property
    def seconds(self) -> float:
        """How long somebody waited."""
        return self.end - self.begin


@dataclass
class Writer:
    """One person who saves their own item, and remembers what was acknowledged."""

    item: str
    path: str
    cookie: str
    port: int
    seen: int = 1
    """The version of the answer that the review begins with, then that of the last acknowledged one."""
    number: int = 0
    acknowledged: dict[int, str] = field(default_factory=dict)
    """The comment of each version that was answered with 200."""
    repeated: int = 0
    refused: list[str] = field(default_factory=list)
    taken: frozenset[int] = frozenset()
    """What else may be answered for a while."""
    said: list[Said] = field(default_factory=list)

    def run(self, over: threading.Event) -> None:
        """Save until it is over; then send what is still uncertain once more."""
        while not over.is_set():
            self.number += 1
            self._save(f"{self.item} {self.number}")

    def _save(self, comment: str) -> None:
        """Send one answer until it is acknowledged."""
        body = json.dumps({"state": "answered", "value": 1 + self.seen % 5, "comment": comment, "seen": self.seen})
        deadline, is_first = time.monotonic() + READY_SECONDS, True
        while time.monotonic() < deadline:
            status, answer = self._put(body)
            if status == 200:
                self.seen = int(str(answer["version"]))
                self.acknowledged[self.seen] = comment
                return
            if status not in {0, 503, *self.taken}:
                self.refused.append(f"{self.item} {status} {answer}")
                return
            self.repeated += is_first
            is_first = False
            time.sleep(0.01)
        self.refused.append(f"{self.item}: never answered")

    def _put(self, body: str) -> tuple[int, dict[str, object]]:
        headers = {"Content-Type": "application/json", "Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self.port}"}
        status, answer, said = ask(self.port, "PUT", self.path, headers, body)
        self.said.append(said)
        return status, answer


def ask(port: int, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, dict[str, object], Said]:
    """Ask the server once. The status is 0 where no answer came, and -1 for a refusal that does not say when to try again."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    begin = time.monotonic()
    status, answer = 0, dict[str, object]()
    try:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        content = response.read()
        answer = json.loads(content) if "json" in str(response.getheader("Content-Type")) else {}
        is_bare = response.status in {503, 507} and response.getheader("Retry-After") is None
        status = -1 if is_bare else response.status
    except (OSError, HTTPException, ValueError):
        status = 0
    finally:
        connection.close()
    return status, answer, Said(begin, time.monotonic(), status, str(answer.get("code", "")))


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


@dataclass
class Stage:
    """A running server, its database, and the people who save."""

    new: Made
    nursery: Nursery
    writers: list[Writer]
    wire: Wire
    """Between the server and PostgreSQL; on SQLite it lies idle."""

    @property
    def is_sqlite(self) -> bool:
        """Which database it is."""
        return self.new.url.get_backend_name() == "sqlite"

    @property
    def headers(self) -> dict[str, str]:
        """What the coordinator's browser sends."""
        return {"Cookie": f"session={self.new.token}", "Origin": f"http://127.0.0.1:{self.nursery.port}"}

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Let everybody save while the block runs."""
        over = threading.Event()
        for writer in self.writers:
            writer.said, writer.refused, writer.taken, writer.repeated = [], [], frozenset(), 0
        threads = [threading.Thread(target=writer.run, args=(over,)) for writer in self.writers]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def said(self) -> list[Said]:
        """Return every answer since people began to save."""
        return [said for writer in self.writers for said in writer.said]

    def saves(self) -> int:
        """Count what was acknowledged."""
        return sum(len(writer.acknowledged) for writer in self.writers)

    def wait_for(self, saves: int) -> None:
        """Wait until some more saves are acknowledged."""
        goal, deadline = self.saves() + saves, time.monotonic() + READY_SECONDS
        while self.saves() < goal and time.monotonic() < deadline:
            time.sleep(0.002)

    def seconds_until_saved(self) -> float:
        """Wait until everybody saved once more; tell how long it took."""
        begin, goals = time.monotonic(), [len(writer.acknowledged) for writer in self.writers]
        while any(len(writer.acknowledged) <= goal for writer, goal in zip(self.writers, goals, strict=True)):
            if time.monotonic() - begin > READY_SECONDS:
                message = "Saving did not go on."
                raise TimeoutError(message)
            time.sleep(POLL)
        return time.monotonic() - begin

    def outcome(self, kills: int, acknowledged_before: int = 0) -> Outcome:
        """Look whether everything that was ever acknowledged is there."""
        stored, is_sound = _stored(self.new)
        lost = [
            f"{writer.item} version {version}: {comment!r}"
            for writer in self.writers
            for version, comment in writer.acknowledged.items()
            if stored.get((writer.item, version)) != comment
        ]
        return Outcome(
            kills,
            self.saves() - acknowledged_before,
            sum(writer.repeated for writer in self.writers),
            tuple(lost),
            tuple(words for writer in self.writers for words in writer.refused),
            is_sound,
        )


@contextmanager
def stage(backend: str, *, is_small: bool = False) -> Iterator[Stage]:
    """Open a stage; `is_small`: on a disk of 24 MB that is mounted for it, where that is allowed."""
    folder = Path(tempfile.mkdtemp(prefix="readiness-fault-"))
    folder.chmod(0o711)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(as_the_service(because="whoever takes things away plays all parts"))
        if is_small:
            stack.enter_context(_small_disk(folder))
        new = stack.enter_context(made(backend, folder))
        if backend == "postgresql":
            _make_durable(new.url)
        laid = stack.enter_context(wire(Path(str(new.url.query.get("host", folder))) / ".s.PGSQL.5432"))
        address = new.url if backend == "sqlite" else new.url.set(host="127.0.0.1", port=laid.port, query={})
        running = stack.enter_context(_nursery(new, address))
        items = [item.code for item in new.questionnaire.items.values() if isinstance(item, MaturityItem)][:WRITERS]
        yield Stage(new, running, [_writer_of(new, item, running.port) for item in items], laid)


def may_mount() -> bool:
    """Tell whether a small disk can be mounted here, by trying."""
    with tempfile.TemporaryDirectory() as folder, suppress(subprocess.CalledProcessError, OSError), _small_disk(Path(folder)):
        return True
    return False


@contextmanager
def administrator(url: URL) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Connect around the wire; that the connection is ended, too, by what is done over it, is no problem."""
    with suppress(psycopg.OperationalError), _connected(url) as connection:
        yield connection


def _writer_of(new: Made, item: str, port: int) -> Writer:
    return Writer(item, f"/api/v1/reviews/{new.review}/answers/{item}", f"session={new.token}", port)


@contextmanager
def _nursery(new: Made, address: URL) -> Iterator[Nursery]:
    port = free_port()
    settings = {"READINESS_DATA_DIR": str(new.settings.data_dir)}
    if new.url.get_backend_name() != "sqlite":
        settings["READINESS_DATABASE_URL"] = address.set(drivername="postgresql").render_as_string(hide_password=False)
    new.settings.data_dir.mkdir(parents=True, exist_ok=True)
    ends = new.settings.data_dir / "ends"
    ends.touch()
    command = [sys.executable, "-m", "tests.fault.servers", str(port), str(ends)]
    with (
        tempfile.TemporaryFile("w") as log,
        subprocess.Popen(
            command, env=os.environ | settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        running = Nursery(process, port, ends)
        try:
            running.start()
            yield running
        finally:
            with suppress(ProcessLookupError):
                os.kill(running.server, signal.SIGKILL)
            process.terminate()


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    command = [str(MOUNT), "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    folder.chmod(0o711)
    try:
        yield
    finally:
        subprocess.run([str(MOUNT.with_name("umount")), "-l", str(folder)], check=True)


def _stored(new: Made) -> tuple[dict[tuple[str, int], str], bool]:
    is_sqlite = new.url.get_backend_name() == "sqlite"
    database = open_database(new.url, pool_size=2)
    with database.read() as session:
        rows = session.connection().execute(
            text("SELECT item, version, comment FROM answer_revision WHERE review_id = :review"),
            {"review": new.review.hex if is_sqlite else new.review},
        )
        stored = {(str(item), int(version)): str(comment) for item, version, comment in rows}
        is_sound = audit.verify(session) is None
        if is_sqlite:
            is_sound &= session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    database.dispose()
    return stored, is_sound


def _make_durable(url: URL) -> None:
    """Let every acknowledged commit be in the log: the server of tests is not durable by itself."""
    with administrator(url) as connection:
        connection.execute(f"ALTER DATABASE {url.database} SET synchronous_commit = on")


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
            time.sleep(POLL)
