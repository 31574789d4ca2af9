"""Real servers for a run, as `readiness serve` starts them, and how much memory and CPU time they take."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.cli.bench.load.world import World
from app.cli.bench.ports import free_port, wait_until_open
from app.cli.bench.prepared import NO_LIMIT

_START_SECONDS = 180.0
_STOP_SECONDS = 30.0
_MEGABYTE = 1_000_000
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_ENDED = frozenset("ZX")


@dataclass(frozen=True, slots=True)
class Servers:
    """Processes that serve one database."""

    ports: tuple[int, ...]
    pids: tuple[int, ...]

    def megabytes(self) -> float:
        """Return the memory of all of them that is not swapped out."""
        return sum(self.megabytes_each())

    def megabytes_each(self) -> list[float]:
        """Return the memory of each of them that is not swapped out."""
        return [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / _MEGABYTE for pid in self.pids]

    def cpu_seconds(self) -> float:
        """Return what they have computed since they started."""
        return sum(int(each[11]) + int(each[12]) for each in self._stats()) / _TICKS

    def ended(self) -> int:
        """Count those that ended, though nobody told them to; nothing starts them again."""
        return sum(each[0] in _ENDED for each in self._stats())

    def _stats(self) -> list[list[str]]:
        """Return what the kernel says of each, its state first: a process that ended stays until it is waited for."""
        return [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids]


@contextmanager
def serving(world: World, folder: Path, processes: int) -> Iterator[Servers]:
    """Serve a world; only the first process runs the jobs, as an operator would have it."""
    with ExitStack() as stack:
        started = [stack.enter_context(_server(world, folder, number)) for number in range(processes)]
        yield Servers(tuple(port for port, _ in started), tuple(pid for _, pid in started))


@contextmanager
def _server(world: World, folder: Path, number: int) -> Iterator[tuple[int, int]]:
    port = free_port()
    environment = os.environ | {
        "READINESS_DATA_DIR": str(world.settings.data_dir),
        "READINESS_EMBEDDED_WORKER": "true" if number == 0 else "false",
        "READINESS_BASE_URL": f"http://127.0.0.1:{port}",
        **{f"READINESS_{name.upper()}": str(limit) for name, limit in NO_LIMIT.items()},
    }
    if world.url.get_backend_name() != "sqlite":
        environment["READINESS_DATABASE_URL"] = world.url.set(drivername="postgresql").render_as_string(hide_password=False)
    words = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    with (
        (folder / f"server-{number}.log").open("w") as log,
        subprocess.Popen(  # noqa: S603 - we start ourselves
            words, env=environment, cwd=world.settings.project_dir, stdout=log, stderr=log
        ) as server,
    ):
        try:
            wait_until_open(port, _START_SECONDS, is_alive=lambda: server.poll() is None)
            yield port, server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(_STOP_SECONDS)
