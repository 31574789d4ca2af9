"""A few kills of each act that matters most, in every run of the suite; `python -m tests.fault.kills` does as many as one likes.

In a process of its own: what is forked there must find neither open connections nor threads.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.databases import BACKENDS, SQLITE
from tests.fault.kills import MIGRATE

SUITE = ("submit", "reopen", "publish_version", "publish_release", "add_evidence", "apply_workbook", MIGRATE)


@pytest.mark.abuse("P1")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("backend", BACKENDS)
def test_an_act_whose_process_is_killed_is_stored_whole_or_not_at_all_and_can_be_done_again(backend: str) -> None:
    command = [sys.executable, "-m", "tests.fault.kills", "--kills", "2", *(part for act in SUITE for part in ("--act", act))]

    done = subprocess.run(
        command if backend == SQLITE else [*command, "--postgresql"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split("'")[1] for line in done.stdout.splitlines()] == list(SUITE)
    assert "faults=[]" in done.stdout
