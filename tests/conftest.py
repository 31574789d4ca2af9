"""What every test may ask for: settings, a database on SQLite and again on PostgreSQL; and what the summary must say."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from sqlalchemy.engine import URL

from app.cli.postgres import stop
from app.config import Settings
from app.infra.db import Database, open_database
from app.infra.scope import as_the_service
from tests.databases import BACKENDS, SQLITE, Run, begin_run, forget_statements

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

_RUN = pytest.StashKey[Run]()

# A busy machine must not fail a law; `make test ARGS="-m fuzz --hypothesis-profile=long"` looks harder.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.register_profile("long", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Begin a run, or join the one that the controller began; no setting of the developer's shell reaches a test."""
    for name in [name for name in os.environ if name.startswith("READINESS_") and name != "READINESS_CHROMIUM"]:
        del os.environ[name]
    os.environ["READINESS_RATE_LIMITS"] = "false"  # tests ask faster than any client may; tests/web/test_rates.py turns them on
    given = getattr(config, "workerinput", None)
    if given is not None:
        config.stash[_RUN] = Run(Path(given["run_folder"]), given["run_pid"])
        return
    config.stash[_RUN] = begin_run()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Tell each worker about the run."""
    run = node.config.stash[_RUN]
    node.workerinput.update(run_folder=str(run.folder), run_pid=run.pid)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over all that stays until the end: a run of thousands of tests spent a quarter on it."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run that this process began."""
    run = config.stash.get(_RUN, None)
    if run is not None and run.pid == os.getpid():
        stop(run.folder)
        shutil.rmtree(run.folder, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many browser tests were skipped, always: a skipped test looks too much like a passed one."""
    ran = {outcome: _browser_tests(terminalreporter, outcome) for outcome in ("passed", "failed", "error", "skipped")}
    total = len(set().union(*ran.values()))
    advice = ": Chromium was not found; CONTRIBUTING.md says how to install it" if ran["skipped"] else ""
    terminalreporter.write_line(f"browser tests: {len(ran['skipped'])} of {total} skipped{advice}")


def _browser_tests(terminalreporter: pytest.TerminalReporter, outcome: str) -> set[str]:
    reports = terminalreporter.stats.get(outcome, [])
    return {report.nodeid for report in reports if "browser" in getattr(report, "keywords", {})}


@pytest.fixture(scope="session", autouse=True)
def _the_test_sees_everything() -> Iterator[None]:
    """Let a test itself arrange and look at the rows of all economies; each request to the program begins with none."""
    with as_the_service(because="a test plays all parts"):
        yield


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    """Return this test run."""
    return pytestconfig.stash[_RUN]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Name the database under test; every test that uses it runs once on each. See `tests.databases.only_sqlite`."""
    return str(request.param)


@pytest.fixture
def data_dir(run: Run) -> Iterator[Path]:
    """Give a data folder of the test's own, where durable writes cost nothing."""
    folder = Path(tempfile.mkdtemp(prefix="var-", dir=run.folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """Return settings with that folder and a cheap password hash."""
    return Settings(data_dir=data_dir, password_memory_kib=8, password_rounds=1)


@pytest.fixture
def fresh_url(run: Run, backend: str, settings: Settings) -> Iterator[URL]:
    """Give the address of a fresh, migrated database."""
    with run.fresh(backend, settings.data_dir) as url:
        yield url


@pytest.fixture
def database(fresh_url: URL) -> Iterator[Database]:
    """Give a fresh, migrated database, opened as the program opens it."""
    opened = open_database(fresh_url, pool_size=5)
    yield opened
    opened.dispose()
    forget_statements()


@pytest.fixture
def database_settings(backend: str, fresh_url: URL, settings: Settings) -> Settings:
    """Return settings that lead the whole program to the same fresh database: for tests of create_app and of the command line."""
    if backend == SQLITE:
        return settings
    return settings.model_copy(update={"database_url": fresh_url.render_as_string(hide_password=False)})
