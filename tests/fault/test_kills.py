"""A few kills in every run of the suite; `python -m tests.fault.kill_during_saves` does a thousand."""

from __future__ import annotations

import pytest

from tests.databases import BACKENDS
from tests.fault.kill_during_saves import run


@pytest.mark.abuse("P1")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", BACKENDS)
def test_no_acknowledged_save_is_lost_when_the_server_is_killed(backend: str) -> None:
    outcome = run(backend, kills=3, seed=7)

    assert outcome.acknowledged > 0
    assert outcome.is_good, outcome
