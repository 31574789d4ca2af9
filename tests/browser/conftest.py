"""Pages as people see them: Chromium, or a skip that says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools.chromium import HOW_TO_INSTALL, find_chromium

_HERE = Path(__file__).parent
# One page of one machine: no sandbox (root in a container), no graphics card, and no traffic of the browser's own.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and skip it where there is no browser."""
    missing = find_chromium() is None
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"Chromium was not found. {HOW_TO_INSTALL}"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the machine's own Chromium instead of a downloaded one."""
    return {**browser_type_launch_args, "executable_path": str(find_chromium()), "args": list(_FLAGS)}


# The fixture `live_server` belongs here: it serves create_app(...) on 127.0.0.1 in a thread and gives its address.
