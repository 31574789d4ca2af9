"""What reading a release costs: from memory over HTTP, beside a bare route with the same bytes, and one uncached read."""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
from sqlalchemy.engine import URL

from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.cli.bench import served
from app.cli.bench.asgi import Caller
from app.cli.bench.ports import free_port
from app.cli.bench.prepared import NO_LIMIT, new_database, require, settings_of
from app.cli.bench.rows import Row
from app.cli.generated import generated_answers
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.economies import service as economies
from app.infra import migrate
from app.infra.db import Database, open_database
from app.infra.log import configure_log
from app.kit.actor import COMMAND_LINE
from app.main import connect_rooms, create_app
from app.questionnaires import service as questionnaires
from app.releases import publishing
from app.reviews.importing import import_answers

MEANING = "of requests a second the share of a bare route's that is reached; of all else, how far below the limit that we set us"
SOURCE = "a FastAPI `async def` route on the same uvicorn that sends the same bytes (or an empty 304), measured in turns"
LIMIT_MS = 2.0
_QUESTIONNAIRE, _CYCLE = "apec-ai-review", "2026"
_READ = f"/api/v1/releases/{_QUESTIONNAIRE}/{_CYCLE}.1.0/scores?level=pillar&economy=AUS&series=self"
_CONNECTIONS = 32
_START_SECONDS = 180.0  # a busy machine takes its time to load everything twice
_RATE = re.compile(r"Requests/sec:\s*([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How long wrk asks each time, how often in turns, with how many workers; and batches of uncached reads."""

    seconds: int = 1
    turns: int = 9
    workers: tuple[int, ...] = (1, 2)
    batches: int = 5


WHOLE = Sizes()
QUICK = Sizes(1, 1, (1,), 1)


def rows(sizes: Sizes) -> list[Row]:
    """Measure over one release of every member, on PostgreSQL, which several workers need."""
    configure_log(logging.ERROR)
    with tempfile.TemporaryDirectory() as name, new_database("postgresql", Path(name)) as url:
        folder = Path(name)
        economies_ = _publish(url)
        return [*_from_memory(url, folder, sizes), _uncached(url, folder, economies_, sizes.batches)]


def _publish(url: URL) -> tuple[str, ...]:
    """Make a release in which everybody is public, and return who that is."""
    migrate.upgrade(url)
    connect_rooms()
    database = open_database(url, pool_size=2)
    source = Settings().project_dir / "questionnaires" / _QUESTIONNAIRE / "2026.1.yaml"
    document = questionnaires.check_file(source.read_bytes()).questionnaire
    if document is None:
        message = f"{source} has faults."
        raise ValueError(message)
    with database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, document)
        cycle = economies.open_cycle(session, COMMAND_LINE, document.code, _CYCLE)
        members = economies.groups(session)[document.participants.groups[0]].economies
        raw = generated_answers(document, list(members), "bench")
        done = import_answers(session, COMMAND_LINE, document.code, document.version, _CYCLE, raw, submit=True)
        for economy, review in done.reviews.items():
            choices = {section.code: Audience.PUBLIC for section in document.sections}
            consents.give(session, COMMAND_LINE, review, economy, choices)
        refresh(session, cycle.id)
        publishing.publish_release(session, COMMAND_LINE, document.code, _CYCLE)
    database.dispose()
    return members


def _from_memory(url: URL, folder: Path, sizes: Sizes) -> Iterator[Row]:
    """Compare with a bare route; without wrk there is nothing to measure with, and the rows say so."""
    wrk = shutil.which("wrk")
    for workers in sizes.workers:
        names = [name if workers == 1 else f"{name}_{workers}_workers" for name in ("cached_read", "not_modified")]
        if wrk is None:
            yield from (Row(name, 0.0, "not measured: wrk is not installed") for name in names)
        else:
            yield from _compared(wrk, names, workers, (url, folder), sizes)


def _compared(wrk: str, names: list[str], workers: int, at: tuple[URL, Path], sizes: Sizes) -> Iterator[Row]:
    url, folder = at
    with ExitStack() as stack:
        environment = {
            "READINESS_DATA_DIR": str(folder / "served"),
            "READINESS_DATABASE_URL": url.render_as_string(hide_password=False),
            "READINESS_EMBEDDED_WORKER": "false",
        } | {f"READINESS_{name.upper()}": str(limit) for name, limit in NO_LIMIT.items()}
        own = stack.enter_context(_server("program", workers, environment))
        answer = httpx.get(f"{own}{_READ}", headers={"Accept-Encoding": "identity"}).raise_for_status()
        (folder / "body").write_bytes(answer.content)
        bare = stack.enter_context(_server("bare", workers, {served.BODY: str(folder / "body")}))
        known = {"If-None-Match": answer.headers["etag"]}
        for name, path, headers in ((names[0], "/read", {}), (names[1], "/unchanged", known)):
            _warm(own, bare, path, headers)
            pairs = [
                (_rate(wrk, f"{bare}{path}", {}, sizes.seconds), _rate(wrk, f"{own}{_READ}", headers, sizes.seconds))
                for _ in range(sizes.turns)
            ]
            against, value = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
            yield Row(name, value, "requests/s", against, median(each / other for other, each in pairs))


def _warm(own: str, bare: str, path: str, headers: Mapping[str, str]) -> None:
    """Ask both until every worker has answered once, and see that they answer the same."""
    for _ in range(20):
        ours, other = httpx.get(f"{own}{_READ}", headers={"Accept-Encoding": "identity", **headers}), httpx.get(f"{bare}{path}")
        if (ours.status_code, ours.content) != (other.status_code, other.content):
            message = f"The programs differ: {ours.status_code} and {other.status_code}."
            raise ValueError(message)


def _rate(wrk: str, address: str, headers: Mapping[str, str], seconds: int) -> float:
    """Return the requests a second that wrk gets answered on one thread."""
    sent = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    words = [wrk, "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s", *sent, address]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout  # noqa: S603 - a program that we name
    found = _RATE.search(said)
    if found is None or "Non-2xx" in said or "Socket errors" in said:
        message = f"wrk was not answered as expected: {said}"
        raise ValueError(message)
    return float(found[1])


@contextmanager
def _server(factory: str, workers: int, environment: Mapping[str, str]) -> Iterator[str]:
    """Run uvicorn with one of the two programs, and end it afterwards."""
    port = free_port()
    words = [sys.executable, "-m", "uvicorn", "--factory", f"app.cli.bench.served:{factory}", "--port", str(port)]
    options = ["--workers", str(workers), "--no-access-log", "--log-level", "error", "--no-server-header"]
    # Its log goes where it costs what a file costs, and nobody reads it.
    with subprocess.Popen(  # noqa: S603 - we start ourselves
        [*words, *options],
        env={**os.environ, **environment},
        cwd=Settings().project_dir,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, server)
            yield address
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=_START_SECONDS)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    message = "The server did not start."
    raise ValueError(message)


def _uncached(url: URL, folder: Path, economies_: tuple[str, ...], batches: int) -> Row:
    """Read one economy's scores at one pillar, each time another one: through the whole edge, from the release in memory."""
    database = open_database(url, pool_size=2)
    settings = settings_of(folder / "uncached")
    caller = Caller(create_app(settings, database), "127.0.0.1")
    base = _READ.partition("?")[0]
    pillars = _pillars(database)
    require(caller.call("GET", base))  # the release is read once
    found = []
    for batch in range(batches):
        paths = [f"{base}?economy={economy}&node={node}&per_page={10 + batch}" for economy in economies_ for node in pillars]
        began = time.process_time()
        for path in paths:
            require(caller.call("GET", path))
        found.append((time.process_time() - began) / len(paths) * 1000)
    caller.close()
    database.dispose()
    value = median(found)
    return Row("score_read_cpu_ms", value, "ms", LIMIT_MS, LIMIT_MS / value)


def _pillars(database: Database) -> list[str]:
    with database.read() as session:
        document = questionnaires.get_version(session, _QUESTIONNAIRE, "2026.1")
    return [node.code for node in document.nodes.values() if node.tier == "pillar"]
