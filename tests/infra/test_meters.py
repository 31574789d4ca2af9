"""What a process tells about itself: true, small, and without a word that says who or what."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.cli.bench.ports import free_port
from app.cli.measuring import metrics_served, watch
from app.config import Settings
from app.infra import stamps
from app.infra.db import Database
from app.infra.jobs import Job, Worker
from app.infra.meters import Meters
from app.infra.objects import LocalObjects, open_objects
from app.infra.passwords import Passwords
from app.infra.tallies import Durations
from app.main import ACTS
from tests.databases import only_postgresql, only_sqlite


def read(meters: Meters) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    shown = generate_latest(meters.registry).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(shown)
        for sample in family.samples
    }


def figure(meters: Meters, name: str, **labels: str) -> float:
    return read(meters)[name, tuple(sorted(labels.items()))]


@pytest.fixture
def meters() -> Meters:
    return Meters(ACTS)


def test_requests_are_counted_by_route_and_never_by_address(meters: Meters) -> None:
    for status in (200, 200, 304, 500):
        meters.requests.count("GET", "/reviews/{review_id}", status, 0.02, 100)
    meters.requests.count("GET", "", 404, 0.001)

    route = {"method": "GET", "route": "/reviews/{review_id}", "status": "2xx"}
    assert figure(meters, "readiness_request_seconds_count", **route) == 2
    assert figure(meters, "readiness_request_seconds_bucket", **route, le="0.01") == 0
    assert figure(meters, "readiness_request_seconds_bucket", **route, le="0.025") == 2
    assert figure(meters, "readiness_sent_bytes_total", **route) == 200
    assert figure(meters, "readiness_request_seconds_count", method="GET", route="none", status="4xx") == 1
    assert figure(meters, "readiness_answers_total", status="500") == 1


def test_saves_are_told_apart_by_how_they_ended(meters: Meters) -> None:
    for status in (303, 409, 422, 303):
        meters.requests.count("POST", "/reviews/{review_id}/sections/{code}", status, 0.02)

    assert figure(meters, "readiness_acts_total", act="save", result="accepted") == 2
    assert figure(meters, "readiness_acts_total", act="save", result="conflicted") == 1
    assert figure(meters, "readiness_acts_total", act="save", result="refused") == 1


def test_durations_fall_into_the_bucket_that_holds_them() -> None:
    durations = Durations()

    for seconds in (0.005, 0.006, 99.0):
        durations.add(seconds)

    assert durations.buckets()[0] == ("0.005", 1)
    assert durations.buckets()[1] == ("0.01", 2)
    assert durations.buckets()[-1] == ("+Inf", 3)


def test_a_job_tells_how_it_ended_and_a_failed_one_when_it_last_ended_well(meters: Meters) -> None:
    def fail() -> None:
        message = "not today"
        raise RuntimeError(message)

    jobs = [Job("good", timedelta(hours=1), lambda: None), Job("bad", timedelta(hours=1), fail)]

    Worker(jobs, seen=meters.job_ran).run_due()

    assert figure(meters, "readiness_job_runs_total", job="good", result="done") == 1
    assert figure(meters, "readiness_job_runs_total", job="bad", result="failed") == 1
    assert figure(meters, "readiness_job_last_success_timestamp_seconds", job="good") > 0
    assert ("readiness_job_last_success_timestamp_seconds", (("job", "bad"),)) not in read(meters)


def test_what_waits_in_the_database_is_read_when_asked(meters: Meters, database: Database, settings: Settings) -> None:
    watch(meters, settings, database)

    found = read(meters)

    for name in ("mail_waiting", "mail_oldest_seconds", "patches_pending", "audit_events"):
        assert found[f"readiness_{name}", ()] == 0
    assert found["readiness_database_up", ()] == 1
    assert found["readiness_free_disk_bytes", ()] > 0


def test_a_database_that_is_away_is_told_and_nothing_else_fails(meters: Meters, database: Database, settings: Settings) -> None:
    watch(meters, settings, database)
    with database.write() as session:
        session.exec(text("DROP TABLE mail"))  # type: ignore[call-overload] # a statement of the test, not of a table

    found = read(meters)

    assert found["readiness_database_up", ()] == 0
    assert ("readiness_mail_waiting", ()) not in found


@only_sqlite
def test_who_queues_for_the_writer_is_seen(meters: Meters, database: Database, settings: Settings) -> None:
    watch(meters, settings, database)

    with database.write() as session:
        session.connection()
        assert figure(meters, "readiness_pool_in_use", pool="writing") == 1

    assert figure(meters, "readiness_pool_in_use", pool="writing") == 0
    assert figure(meters, "readiness_pool_wait_seconds_count", pool="writing") >= 1
    assert figure(meters, "readiness_sqlite_wal_bytes") >= 0


@only_sqlite
def test_who_gets_no_connection_in_time_is_counted(meters: Meters, database: Database, settings: Settings) -> None:
    watch(meters, settings, database)
    database.writer.pool._timeout = 0.01  # type: ignore[attr-defined] # of the pool, which says so nowhere else

    with database.write() as first:
        first.connection()
        with pytest.raises(PoolTimeoutError), database.write() as second:
            second.connection()

    assert figure(meters, "readiness_pool_timeouts_total", pool="writing") == 1
    assert figure(meters, "readiness_pool_waiting", pool="writing") == 0


@only_postgresql
def test_errors_of_postgresql_are_counted_by_their_class(meters: Meters, database: Database, settings: Settings) -> None:
    watch(meters, settings, database)

    with pytest.raises(DBAPIError), database.read() as session:
        session.exec(text("SELECT 1 / 0"))  # type: ignore[call-overload] # a statement of the test, not of a table

    assert figure(meters, "readiness_database_errors_total", sqlstate_class="22") == 1


def test_a_store_that_fails_is_counted_and_a_missing_file_is_no_failure(meters: Meters, settings: Settings) -> None:
    objects = open_objects(None, settings.data_dir, meters.store_failed)
    assert isinstance(objects, LocalObjects)
    (settings.data_dir / "files" / "taken").write_text("a file where a folder has to be")

    assert objects.get("nothing") is None
    with pytest.raises(OSError, match="taken"):
        objects.put("taken/key", b"content")

    assert figure(meters, "readiness_store_errors_total", operation="put") == 1
    assert ("readiness_store_errors_total", (("operation", "get"),)) not in read(meters)


def test_those_whose_password_is_hashed_are_counted(meters: Meters) -> None:
    passwords = Passwords(memory_kib=8, rounds=1)
    meters.watch_passwords(passwords)

    with passwords.turn():
        assert figure(meters, "readiness_password_queue") == 1

    assert figure(meters, "readiness_password_queue") == 0


@only_sqlite
def test_a_backup_has_an_age_once_there_was_one(meters: Meters, database: Database, settings: Settings) -> None:
    watch(meters, settings, database)
    assert ("readiness_backup_age_seconds", ()) not in read(meters)

    stamps.put(settings.data_dir, stamps.BACKUP)

    assert 0 <= figure(meters, "readiness_backup_age_seconds") < 60


@contextmanager
def _served(meters: Meters, settings: Settings) -> Iterator[str]:
    port = free_port()
    with metrics_served(meters, settings.model_copy(update={"metrics_port": port})):
        yield f"http://127.0.0.1:{port}/metrics"


def test_metrics_are_read_on_a_port_of_their_own(meters: Meters, settings: Settings) -> None:
    with _served(meters, settings) as address, urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own
        shown = answer.read().decode()

    assert "readiness_requests_in_flight 0.0" in shown


def test_a_second_process_on_the_same_port_says_what_to_do(
    meters: Meters, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with _served(meters, settings) as address:
        taken = settings.model_copy(update={"metrics_port": int(address.split(":")[2].split("/")[0])})
        with pytest.raises(SystemExit), metrics_served(meters, taken):
            pass

    assert "Each process needs a port of its own" in capsys.readouterr().err.replace("\n", " ")
