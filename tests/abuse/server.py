"""A server of its own process, as `readiness serve` starts it, spoken to by the byte, and watched from outside."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.cli.bench.ports import free_port, wait_until_open
from app.cli.bench.prepared import Made, made
from app.infra.scope import as_the_service

READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server over a filled database, with the session of its coordinator."""

    made: Made
    port: int
    pid: int
    log: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=40)

    def say(self, raw: bytes) -> bytes:
        """Send bytes as they are, and return everything that comes until the server closes or is silent."""
        with self.connect() as client:
            with suppress(ConnectionError):
                client.sendall(raw)
            return heard(client)

    def status(self, raw: bytes) -> int:
        return status_of(self.say(raw))

    def request(self, line: str, *headers: str, body: bytes = b"") -> bytes:
        """Write a request of the signed-in coordinator, which asks to close afterwards."""
        host = f"127.0.0.1:{self.port}"
        mine = (f"Host: {host}", f"Origin: http://{host}", f"Cookie: session={self.made.token}", "Connection: close")
        return "\r\n".join([f"{line} HTTP/1.1", *mine, *headers, "", ""]).encode("latin-1") + body

    def is_up(self) -> bool:
        return self.status(self.request("GET /sign-in")) == 200 or self.status(self.request("GET /reviews")) == 200

    def figures(self) -> tuple[int, int, int]:
        """Return the server's memory in bytes, its open files, and its threads."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        status = dict(line.split(":", 1) for line in lines if ":" in line)
        files = len(os.listdir(f"/proc/{self.pid}/fd"))  # noqa: PTH208 - names alone, without a look at each
        return int(status["VmRSS"].split()[0]) * 1024, files, int(status["Threads"])


def heard(client: socket.socket) -> bytes:
    """Return what comes until the other side closes."""
    parts: list[bytes] = []
    with suppress(ConnectionError):
        while part := client.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@contextmanager
def served(*, files: int = 0, **settings: str) -> Iterator[Server]:
    """Serve a database of its own until the block ends; `files` is how many the system lets it open."""
    folder = Path(tempfile.mkdtemp(prefix="readiness-abuse-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))  # noqa: S108 - its use is the folder that mkdtemp makes there
    try:
        with (
            as_the_service(because="whoever attacks plays all parts"),
            made("sqlite", folder) as new,
            _process(new, folder, settings, files) as server,
        ):
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _process(new: Made, folder: Path, settings: dict[str, str], files: int) -> Iterator[Server]:
    port = free_port()
    environment = os.environ | {"READINESS_DATA_DIR": str(new.settings.data_dir)} | settings
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    if files:
        command = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh", *command]
    log = folder / "server.log"
    with log.open("w") as written, subprocess.Popen(command, env=environment, stdout=written, stderr=written) as process:
        try:
            wait_until_open(port, READY_SECONDS)
            yield Server(new, port, process.pid, log)
        finally:
            process.terminate()
            process.wait(timeout=30)
