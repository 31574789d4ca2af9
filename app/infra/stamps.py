"""When something was last done well: an empty file in the data folder, whose time says it.

A backup may be taken by a program of somebody else's, on another machine: `touch` is all it has to know.
"""

from __future__ import annotations

import time
from pathlib import Path

BACKUP = "backup"
AUDIT = "audit-verified"


def put(data_dir: Path, name: str) -> None:
    """Say that it was done now."""
    path = _path(data_dir, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)


def age_seconds(data_dir: Path, name: str) -> float | None:
    """Return how long ago it was done; None where nobody said that it ever was."""
    try:
        return max(0.0, time.time() - _path(data_dir, name).stat().st_mtime)
    except FileNotFoundError:
        return None


def _path(data_dir: Path, name: str) -> Path:
    return data_dir / "stamps" / name
