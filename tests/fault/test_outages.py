"""One outage of each kind in every run of the suite; `python -m tests.fault.outages` does as many as it is told.

All of one database share a server, because to start it takes longer than most outages.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.infra.scope import NOTHING, reading
from tests.fault.kill_during_saves import kill_while_saving
from tests.fault.outages import outage
from tests.fault.stage import Stage, may_mount, stage

CAN_MOUNT = may_mount()
pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def sqlite() -> Iterator[Stage]:
    with stage("sqlite", is_small=CAN_MOUNT) as opened:
        yield opened


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Stage]:
    with reading(NOTHING), stage("postgresql") as opened:  # as by the command: without what tests may see
        yield opened


@pytest.mark.abuse("P1")
def test_no_acknowledged_save_is_lost_when_the_server_is_killed(sqlite: Stage) -> None:
    outcome = kill_while_saving(sqlite, kills=3, seed=7)

    assert outcome.acknowledged > 0
    assert outcome.is_good, outcome


@pytest.mark.abuse("P3")
@pytest.mark.skipif(not CAN_MOUNT, reason="a small disk cannot be mounted here")
def test_a_full_disk_refuses_saves_and_not_reading_and_saving_goes_on_when_there_is_room(sqlite: Stage) -> None:
    report = outage(sqlite, "full")

    assert report.full > 0
    assert report.is_good, report


@pytest.mark.abuse("P6")
def test_a_save_is_answered_although_another_process_holds_the_write_lock(sqlite: Stage) -> None:
    report = outage(sqlite, "lock")

    assert report.unavailable > 0
    assert report.is_good, report


@pytest.mark.abuse("P13")
def test_a_server_that_is_asked_to_end_under_load_answers_what_it_took(sqlite: Stage) -> None:
    report = outage(sqlite, "sigterm")

    assert report.is_good, report


@pytest.mark.abuse("P1")
@pytest.mark.postgresql
def test_no_acknowledged_save_is_lost_when_a_server_over_postgresql_is_killed(postgresql: Stage) -> None:
    outcome = kill_while_saving(postgresql, kills=3, seed=7)

    assert outcome.acknowledged > 0
    assert outcome.is_good, outcome


@pytest.mark.abuse("P5")
@pytest.mark.postgresql
def test_a_network_that_fails_in_silence_is_given_up_and_saving_goes_on_by_itself(postgresql: Stage) -> None:
    report = outage(postgresql, "silence")

    assert report.unavailable > 0
    assert report.is_good, report


@pytest.mark.abuse("P5")
@pytest.mark.postgresql
def test_a_slow_network_makes_saving_slow_and_loses_nothing(postgresql: Stage) -> None:
    report = outage(postgresql, "slow")

    assert report.is_good, report


@pytest.mark.abuse("D4")
@pytest.mark.postgresql
def test_slow_statements_on_every_connection_are_answered_as_busy_and_afterwards_all_is_well(postgresql: Stage) -> None:
    report = outage(postgresql, "exhausted")

    assert report.is_good, report


@pytest.mark.abuse("P4")
@pytest.mark.postgresql
def test_nothing_is_lost_when_postgresql_crashes_under_load_and_saving_goes_on_by_itself(postgresql: Stage) -> None:
    report = outage(postgresql, "crash")

    assert report.is_good, report
