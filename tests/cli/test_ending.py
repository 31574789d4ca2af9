"""A server keeps nobody waiting for garbage; told to end, it does so in order, with its exit code, soon after its last word."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli.bench.ports import free_port, wait_until_open
from tests.scenarios import PROJECT

_START_SECONDS, _END_SECONDS = 60.0, 10.0
_LEAVE_SECONDS = 0.5
_LAST_WORD = "Finished server process"
_SHARE_OF_ENDING = 0.1
"""Taking the program down costs at most this share of what starting it cost; walking through all its objects cost a third."""


@dataclass(frozen=True, slots=True)
class End:
    """How a server ended."""

    code: int
    written: str
    seconds: float
    """From being told."""
    cpu: float
    cpu_before: float
    """Seconds of the processor until it was told, and after."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("leave_seconds", [0.0, _LEAVE_SECONDS])
def test_a_server_that_is_told_to_end_does_so_in_order_and_soon(tmp_path: Path, leave_seconds: float) -> None:
    environment = {"READINESS_LEAVE_SECONDS": str(leave_seconds), "READINESS_METRICS_PORT": str(free_port())}

    with serving(tmp_path, environment) as (process, log):
        end = told_to_end(process, log)

    assert end.code == 0, end.written
    assert _LAST_WORD in end.written
    assert end.seconds < leave_seconds + _END_SECONDS
    assert end.cpu < end.cpu_before * _SHARE_OF_ENDING, end


@pytest.mark.timeout(120)
def test_a_server_that_is_told_twice_does_not_wait(tmp_path: Path) -> None:
    with serving(tmp_path, {"READINESS_LEAVE_SECONDS": "60"}) as (process, log):
        process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        end = told_to_end(process, log)

    assert end.code == 0, end.written
    assert _LAST_WORD in end.written
    assert end.seconds < _END_SECONDS


_COUNTS = """
import gc, threading
import uvicorn
from app.infra.leaving import LeavingServer

async def application(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})

server = LeavingServer(uvicorn.Config(application, port=0, log_level="error"), threading.Event(), 0, lambda: None)
threading.Timer(0.5, lambda: setattr(server, "should_exit", True)).start()
server.run()
print(gc.get_freeze_count(), len(gc.get_objects()))
"""


def test_what_a_server_is_made_of_is_not_looked_through_for_garbage_again() -> None:
    done = subprocess.run([sys.executable, "-c", _COUNTS], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60)

    passed_over, looked_through = map(int, done.stdout.split())
    assert passed_over > 10 * looked_through


@contextmanager
def serving(folder: Path, environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Serve an empty database until the block ends."""
    port, log = free_port(), folder / "server.log"
    words = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    environ = os.environ | {"READINESS_DATA_DIR": str(folder / "data")} | environment
    with log.open("wb") as written, subprocess.Popen(words, cwd=PROJECT, env=environ, stdout=written, stderr=written) as process:
        try:
            wait_until_open(port, _START_SECONDS)
            yield process, log
        finally:
            process.kill()


def told_to_end(process: subprocess.Popen[bytes], log: Path) -> End:
    """Tell a server to end, and wait until it is gone."""
    cpu_before, others, began = _cpu_of(process.pid), _cpu_of_ended(), time.monotonic()
    process.send_signal(signal.SIGTERM)
    code = process.wait(_START_SECONDS)
    cpu = _cpu_of_ended() - others - cpu_before
    return End(code, log.read_text(encoding="utf-8"), time.monotonic() - began, cpu, cpu_before)


def _cpu_of(pid: int) -> float:
    """Return what a process has used of the processor."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cpu_of_ended() -> float:
    """Return what our processes that are gone had used of it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
