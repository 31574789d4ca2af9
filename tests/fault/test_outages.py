"""One outage of each kind in every run of the suite; `python -m tests.fault.outages` does as many as it is told."""

from __future__ import annotations

import os

import pytest

from tests.fault.outages import run


@pytest.mark.abuse("P4")
@pytest.mark.postgresql
@pytest.mark.timeout(300)
def test_nothing_is_lost_when_postgresql_crashes_under_load_and_saving_goes_on_by_itself() -> None:
    report = run("crash")

    assert report.is_good, report


@pytest.mark.abuse("P6")
@pytest.mark.timeout(300)
def test_a_save_is_answered_although_another_process_holds_the_write_lock() -> None:
    report = run("lock")

    assert report.unavailable > 0
    assert report.is_good, report


@pytest.mark.abuse("P3")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.timeout(300)
def test_nothing_is_lost_when_the_disk_is_full_and_saving_goes_on_when_there_is_room() -> None:
    report = run("full")

    assert report.is_good, report


@pytest.mark.abuse("P13")
@pytest.mark.timeout(300)
def test_a_server_that_is_asked_to_end_under_load_answers_what_it_took() -> None:
    report = run("sigterm")

    assert report.unavailable == 0
    assert report.is_good, report
