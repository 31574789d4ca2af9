"""Pages as people see them: Chromium, or a skip that says why."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.kit.actor import Role
from tests.browser.live import LiveServer, serve, sign_in
from tests.databases import Run
from tools.chromium import HOW_TO_INSTALL, find_chromium

OpenPage = Callable[..., Page]
_HERE = Path(__file__).parent
expect.set_options(timeout=20_000)  # a busy machine must not fail a page
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


@pytest.fixture(scope="session")
def live_server(run: Run) -> Iterator[LiveServer]:
    """Serve the whole program to this worker's tests; each opens a cycle of its own where it would disturb others."""
    folder = Path(tempfile.mkdtemp(prefix="live-", dir=run.folder))
    with serve(run, folder) as live:
        yield live
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: LiveServer) -> dict[str, Any]:
    """Let tests name paths, and see pages at the width of a desk."""
    return {**browser_context_args, "base_url": live_server.url, "viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext]) -> OpenPage:
    """Open a page in a browser of its own, signed in when a role is given."""

    def open_page(role: Role | None = None, *, email: str = "", **options: bool) -> Page:
        page = new_context(**options).new_page()
        page.set_default_timeout(10_000)
        if role is not None:
            sign_in(page, role, email=email)
        return page

    return open_page
