"""Find Chromium for the browser tests; install it where we may, else say how."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HOW_TO_INSTALL = (
    "Install Chromium with your system's package manager (Debian and Ubuntu: apt-get install chromium fonts-liberation), "
    "or set READINESS_CHROMIUM to the program of a Chromium or Chrome."
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGES = ("chromium", "fonts-liberation", "fonts-noto-core")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find_chromium() -> Path | None:
    """Return the browser to test with; None where the machine has none."""
    chosen = os.environ.get("READINESS_CHROMIUM")
    if chosen:
        return Path(chosen) if os.access(chosen, os.X_OK) else None
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found:
        return Path(found)
    return _MAC if _MAC.exists() else None


def main() -> None:
    """Make sure there is a browser; without one the browser tests are skipped and say so."""
    if find_chromium() is not None:
        return
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0 and "READINESS_CHROMIUM" not in os.environ:
        _say("Installing Chromium for the browser tests (about 250 MB to fetch; one to five minutes) ...")
        if _install(apt) and find_chromium() is not None:
            return
        _say("Chromium could not be installed; see the lines above.")
    _say(f"The browser tests will be skipped: Chromium was not found. {HOW_TO_INSTALL}")


def _install(apt: str) -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = ([apt, "update"], [apt, "install", "-y", "--no-install-recommends", *_PACKAGES])
    return all(subprocess.run(command, env=quiet, check=False).returncode == 0 for command in commands)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
