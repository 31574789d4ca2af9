"""Check the import contracts of pyproject.toml; import-linter brings a command but no module that Python could run."""

from __future__ import annotations

import sys
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

PROJECT = Path(__file__).resolve().parent.parent


def contracts_hold() -> bool:
    """Tell whether every contract holds, and print those that do not."""
    return lint_imports(config_filename=str(PROJECT / "pyproject.toml"), no_cache=True, no_logo=True) == EXIT_STATUS_SUCCESS


if __name__ == "__main__":
    sys.exit(0 if contracts_hold() else 1)
