"""Make .venv and install a lock into it, only when something changed; an interrupted installation is done again.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / ".unfinished"
BASE: str = getattr(sys, "_base_executable", sys.executable)  # not the one inside .venv, should that one run us
SLOW_SECONDS = 2
LOCKS = {"run": PROJECT / "requirements" / "run.lock", "dev": PROJECT / "requirements" / "dev.lock"}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)


def main(kind: str) -> None:
    """Bring the environment to what the lock says."""
    with LOCKS["run"].open() as shared, _one_at_a_time(shared.fileno()):
        if _is_installed(kind) and not UNFINISHED.exists():
            return
        _make()
        _install(kind, shared.fileno())


@contextmanager
def _one_at_a_time(descriptor: int) -> Iterator[None]:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another make is installing; waiting for it ...", flush=True)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield


def _make() -> None:
    if UNFINISHED.exists():
        print("The last installation was interrupted; starting again with an empty .venv.", flush=True)
        shutil.rmtree(VENV)
    if VENV.exists():
        _refuse_what_we_cannot_use()
        return
    VENV.mkdir()
    UNFINISHED.touch()
    with _progress("Making .venv"):
        done = subprocess.run([BASE, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}\n{BASE} could not make .venv; see the lines above.")
    UNFINISHED.unlink()


def _refuse_what_we_cannot_use() -> None:
    test = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        is_usable = subprocess.run([str(PYTHON), "-c", test], capture_output=True, check=False).returncode == 0
    except OSError:
        is_usable = False
    if not is_usable:
        sys.exit(
            "The folder .venv was made by a Python that is gone or older than 3.11. "
            "Remove it with `make clean` and run the command again."
        )
    if subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode != 0:
        subprocess.run([str(PYTHON), "-m", "ensurepip"], stdout=subprocess.DEVNULL, check=True)


def _install(kind: str, lock: int) -> None:
    total = len(_pins(kind))
    began = time.monotonic()
    print(
        f"Installing {total} packages into .venv, by name, version and hash (one to three minutes the first time) ...", flush=True
    )
    for stamp in VENV.glob(".installed-*"):
        stamp.unlink()
    UNFINISHED.touch()
    command = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    pip = subprocess.Popen(
        [*command, "--progress-bar", "off", "-r", str(LOCKS[kind])],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=[lock],  # should we be killed, the next make waits until pip has ended
    )
    said = _follow(pip, total)
    if pip.wait() != 0:
        UNFINISHED.unlink()  # pip took back what it had begun; only a killed pip leaves half a package
        print("".join(said[-30:]), file=sys.stderr)
        sys.exit(
            "The packages could not be installed; see pip's own words above. Is this machine offline, or behind a proxy or an "
            "index of its own? pip's settings (pip config, PIP_* variables) are followed. Run the command again to try again."
        )
    _let_it_find_the_project()
    _stamp("run").touch()  # what runs is part of what develops
    _stamp(kind).touch()
    UNFINISHED.unlink()
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def _follow(pip: subprocess.Popen[str], total: int) -> list[str]:
    """Turn pip's many lines into one that moves; return them all, for the case that it fails."""
    said: list[str] = []
    seen = 0
    with _progress(f"0 of {total} packages") as report:
        for line in pip.stdout or ():
            said.append(line)
            if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                seen += 1
                name = line.split("==")[0].split()[-1]
                report.append(f"{seen} of {total} packages: {name}")
            elif line.startswith("Installing collected packages"):
                report.append("all packages are here; unpacking them")
    return said


@contextmanager
def _progress(first: str) -> Iterator[list[str]]:
    """Show what goes on: one line that moves on a terminal, a line every ten seconds elsewhere."""
    states = [first]
    ended = Event()
    ticker = Thread(target=_tick, args=(states, ended), daemon=True)
    ticker.start()
    try:
        yield states
    finally:
        ended.set()
        ticker.join()


def _tick(states: list[str], ended: Event) -> None:
    began = time.monotonic()
    is_terminal = sys.stdout.isatty()
    while not ended.wait(SLOW_SECONDS / 4 if is_terminal else SLOW_SECONDS * 5):
        line = f"  {states[-1]}, {time.monotonic() - began:.0f} s"
        print(f"\r\033[K{line[:100]}" if is_terminal else line, end="" if is_terminal else "\n", flush=True)
    if is_terminal:
        print("\r\033[K", end="", flush=True)


def _let_it_find_the_project() -> None:
    """Make `import app` work from everywhere, and .venv/bin/readiness a command: an editable install without a build."""
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([str(PYTHON), "-c", question], capture_output=True, text=True, check=True).stdout.strip()
    (Path(packages) / "readiness.pth").write_text(f"{PROJECT}\n")
    command = VENV / "bin" / "readiness"
    command.write_text(f'#!/bin/sh\nexec "{PYTHON}" -m app.cli "$@"\n')
    command.chmod(0o755)


def _is_installed(kind: str) -> bool:
    return _stamp(kind).exists() and PYTHON.exists()


def _stamp(kind: str) -> Path:
    """Name the file that says: this very lock is installed, in a project of this path."""
    content = LOCKS[kind].read_bytes() + str(PROJECT).encode()
    return VENV / f".installed-{kind}-{hashlib.sha256(content).hexdigest()[:16]}"


def _pins(kind: str) -> set[tuple[str, str]]:
    return set(_PIN.findall(LOCKS[kind].read_text()))


if __name__ == "__main__":
    main(sys.argv[1])
