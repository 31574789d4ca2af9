"""A rolling deploy: the version before and the version after serve one database side by side, and people notice nothing."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.cli.bench.ports import free_port
from tests.infra.more_migrations import ADDS, BREAKS, add
from tests.topology.people import Saver, saving, signed_in, wait_for
from tests.topology.processes import PROJECT, Process, Topology, run_once, server, topology
from tests.topology.world import OFFICIALS, World, filled, lost

GIT = shutil.which("git")
HAS_HISTORY = GIT is not None and (PROJECT / ".git").exists()


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Give the version that is committed, and the next one, which adds something to the schema."""
    assert GIT is not None
    packed = tmp_path / "program.tar"
    parts = ("app", "migrations", "static", "questionnaires", "translations", "data", "pyproject.toml")
    subprocess.run([GIT, "archive", "--output", str(packed), "HEAD", *parts], cwd=PROJECT, check=True)
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")
    add(after / "migrations", ADDS)
    yield before, after
    for folder in (before, after):
        shutil.rmtree(folder)


@pytest.mark.abuse("P8")
@pytest.mark.postgresql
@pytest.mark.timeout(240)
@pytest.mark.skipif(not HAS_HISTORY, reason="there is no git history here to take a version from")
def test_two_versions_serve_one_database_and_the_older_one_ends_where_it_would_break(versions: tuple[Path, Path]) -> None:
    before, after = versions
    with topology(programs=(before,), is_whole=False) as made, filled(made) as world, ExitStack() as stack:
        first = _saver(stack, made, world, 0, made.addresses[0])
        with saving([first]):
            wait_for([first], 3)
            run_once(made, "migrate", program=after)
            newer = _started(stack, server(made, free_port(), after))
            second = _saver(stack, made, world, 1, f"http://127.0.0.1:{newer.port}")
            with saving([second]):
                wait_for([first, second], 3)
                again = _started(stack, server(made, free_port(), before))  # the older version starts beside the newer one
                first.entrances = (f"http://127.0.0.1:{again.port}",)
                wait_for([first, second], 3)
        assert (first.refused, second.refused) == ([], [])
        assert [lost(world, saver.item, saver.acknowledged) for saver in (first, second)] == [[], []]

        add(after / "migrations", BREAKS)
        run_once(made, "migrate", program=after)
        refused = server(made, free_port(), before).start()
        assert refused.running is not None
        assert refused.running.wait(60) == 1
        assert "A newer version of the program has changed this database" in refused.written()


def _started(stack: ExitStack, process: Process) -> Process:
    stack.callback(process.send, signal.SIGKILL)
    process.start().wait()
    return process


def _saver(stack: ExitStack, made: Topology, world: World, number: int, address: str) -> Saver:
    client = stack.enter_context(signed_in(address, made.base_url, world.officials[number]))
    return Saver(client, (address,), world.review, OFFICIALS[number])
