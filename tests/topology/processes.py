"""The service past one machine, as plain processes on loopback: what deploy/docker-compose.yml describes, without containers.

PostgreSQL from its wheel, migrated by a step of its own; two servers; a worker; a store that speaks S3; nginx with the
configuration of deploy/; a mail catcher. Every process is the real program, and ends with the block.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL

from app.cli.bench.ports import free_port, wait_until_open
from app.cli.bench.prepared import new_database
from tests.mail_servers import Box, smtp_server

PROJECT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
RCLONE = Path(sys.executable).with_name("rclone")
SERVERS = 2
_START_SECONDS, _STOP_SECONDS = 60.0, 30.0
_KEY, _SECRET, _BUCKET = "topology", "harbour-violin-orchid", "readiness"


@dataclass
class Process:
    """One process that can be killed and started again, where it listens, and what it wrote."""

    words: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    port: int = 0
    folder: Path = PROJECT
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> Process:
        """Start it, and do not wait until it listens."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.words, env=os.environ | self.environment, cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        return self

    def send(self, number: signal.Signals) -> None:
        """Send a signal, and wait until it is gone."""
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(number)
            self.running.wait(_STOP_SECONDS)

    def written(self) -> str:
        """Return what it wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait(self) -> None:
        """Return when it listens."""
        try:
            wait_until_open(self.port, _START_SECONDS, is_alive=lambda: self.running is not None and self.running.poll() is None)
        except TimeoutError as error:
            message = f"{self.words} does not listen. It wrote:\n{self.written()}"
            raise TimeoutError(message) from error


@dataclass
class Topology:
    """All of it, running."""

    folder: Path
    url: URL
    settings: Mapping[str, str]
    box: Box
    base_url: str
    servers: list[Process] = field(default_factory=list)
    worker: Process | None = None
    proxy: Process | None = None

    @property
    def entrances(self) -> tuple[str, ...]:
        """Where people come in: the proxy; without one, each server, and who is not answered goes to the next."""
        return (self.base_url,) if self.proxy is not None else self.addresses

    @property
    def addresses(self) -> tuple[str, ...]:
        """The servers themselves."""
        return tuple(f"http://127.0.0.1:{server.port}" for server in self.servers)


@contextmanager
def topology(*, programs: Sequence[Path] = (PROJECT,) * SERVERS, is_whole: bool = True) -> Iterator[Topology]:
    """Run all of it over an empty database that was migrated, in a folder of its own, until the block ends.

    `programs` are the folders of the versions of the program that serve; without `is_whole` nothing stands beside them."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="readiness-topology-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o711)  # the accounts of nginx and of PostgreSQL pass through to their own folders
        url = stack.enter_context(new_database("postgresql", folder))
        post = stack.enter_context(smtp_server())
        store, ports = free_port(), [free_port() for _ in (*programs, None)]
        base_url = f"http://127.0.0.1:{ports[-1]}"
        settings = _settings(folder, url, base_url, store, post.port)
        made = Topology(folder, url, settings, post.box, base_url)
        run_once(made, "migrate", program=programs[0])
        each = zip(ports, programs, strict=False)
        made.servers = [_start(stack, server(made, port, program)) for port, program in each]
        started = list(made.servers)
        if is_whole:
            started.append(_start(stack, _store(folder, store)))
            made.worker = _start(stack, Process(words_of("worker"), settings, folder / "worker.log"))
        if is_whole and NGINX is not None:
            made.proxy = _start(stack, _proxy(NGINX, folder, ports[-1], ports[:-1]), signal.SIGTERM)
            started.append(made.proxy)
        for process in started:
            process.wait()
        yield made


def server(made: Topology, port: int, program: Path = PROJECT) -> Process:
    """Describe a server of the program in a folder."""
    environment = {**made.settings, "PYTHONPATH": str(program)}
    return Process(words_of("serve", "--port", str(port)), environment, made.folder / f"server-{port}.log", port, program)


def run_once(made: Topology, *words: str, program: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """Run a command of the program to its end."""
    return subprocess.run(
        words_of(*words),
        env=os.environ | made.settings | {"PYTHONPATH": str(program)},
        cwd=program,
        capture_output=True,
        text=True,
        check=True,
        timeout=_START_SECONDS,
    )


def words_of(*words: str) -> list[str]:
    """Return the command line of a command of the program."""
    return [sys.executable, "-m", "app.cli", *words]


def proxy_configuration(folder: Path, port: int, servers: Sequence[int], *, rate: str = "100000r/s") -> str:
    """Return deploy/nginx.conf with these ports, its files below a folder, and a rate for the address that all tests share."""
    text = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    upstream = re.search(r"server app:8000( [^;]*);", text)
    assert upstream is not None
    assert text.count("rate=60r/s") == 1
    text = text.replace("rate=60r/s", f"rate={rate}")
    text = text.replace(upstream[0], " ".join(f"server 127.0.0.1:{each}{upstream[1]};" for each in servers))
    return text.replace("listen 8080;", f"listen 127.0.0.1:{port};").replace("/tmp/nginx", str(folder))  # noqa: S108 - the words of the file that is served


def _settings(folder: Path, url: URL, base_url: str, store: int, post: int) -> dict[str, str]:
    return {
        "PYTHONPATH": str(PROJECT),
        "READINESS_DATA_DIR": str(folder / "data"),
        "READINESS_DATABASE_URL": url.set(drivername="postgresql").render_as_string(hide_password=False),
        "READINESS_BASE_URL": base_url,
        "READINESS_TRUSTED_PROXIES": "127.0.0.1",
        "READINESS_SECRET_KEY": "a key that both servers know, of this run",
        "READINESS_EMBEDDED_WORKER": "false",
        "READINESS_RATE_LIMITS": "false",
        "READINESS_PASSWORD_MEMORY_KIB": "8",
        "READINESS_PASSWORD_ROUNDS": "1",
        "READINESS_POOL_SIZE": "5",
        "READINESS_LEAVE_SECONDS": "1",
        "READINESS_FILES_URL": f"s3://{_BUCKET}?endpoint=http://127.0.0.1:{store}&region=us-east-1",
        "READINESS_CHECK_LINKS": "false",
        "READINESS_MAIL_HOST": "127.0.0.1",
        "READINESS_MAIL_PORT": str(post),
        "READINESS_MAIL_SECURITY": "none",
        "READINESS_MAIL_FROM": "Readiness <readiness@example.org>",
        "AWS_ACCESS_KEY_ID": _KEY,
        "AWS_SECRET_ACCESS_KEY": _SECRET,
        "AWS_ALLOW_HTTP": "true",
    }


def _store(folder: Path, port: int) -> Process:
    files = folder / "files"
    (files / _BUCKET).mkdir(parents=True)
    words = [str(RCLONE), "serve", "s3", str(files), "--addr", f"127.0.0.1:{port}", "--auth-key", f"{_KEY},{_SECRET}"]
    return Process(words, {"RCLONE_CONFIG": str(folder / "no.conf")}, folder / "store.log", port)


def _proxy(nginx: str, folder: Path, port: int, servers: Sequence[int]) -> Process:
    place = folder / "nginx"
    place.mkdir(mode=0o711)
    configuration = place / "nginx.conf"
    configuration.write_text(proxy_configuration(place, port, servers), encoding="utf-8")
    return proxy(nginx, configuration, port)


def proxy(nginx: str, configuration: Path, port: int) -> Process:
    """Describe nginx with a configuration, whose other files stand beside it."""
    words = [nginx, "-c", str(configuration), "-p", str(configuration.parent), "-g", "daemon off;"]
    return Process(words, {}, configuration.with_name("proxy.log"), port)


def _start(stack: ExitStack, process: Process, ends_by: signal.Signals = signal.SIGKILL) -> Process:
    """Start a process that ends with the block; nginx must be told, so that it ends its own processes."""
    stack.callback(process.send, ends_by)
    return process.start()
