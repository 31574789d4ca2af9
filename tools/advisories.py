"""Ask the vulnerability database about every locked package, where it can be had; say plainly when it cannot."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
_SECONDS = 20


def main() -> int:
    """Return 1 where a package has a known fault; never for want of a network."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json", "--timeout", "5"]
    command += ["--progress-spinner", "off", "-r", "requirements/run.lock"]
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=_SECONDS)
        found = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        print("NOT ASKED: the vulnerability database cannot be reached from here. Run `make audit` where it can.")
        return 0
    asked = [each for each in found if "skip_reason" not in each]
    guilty = [f"{each['name']} {each['version']}: {fault['id']}" for each in asked for fault in each["vulns"]]
    if len(asked) < len(found):
        print(f"NOT ASKED about {len(found) - len(asked)} of {len(found)} packages: the database does not know them from here.")
    print(*guilty, sep="\n", end="\n" if guilty else "")
    return int(bool(guilty))


if __name__ == "__main__":
    sys.exit(main())
