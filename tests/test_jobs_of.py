"""Every job that the program does by itself is wired, and runs on an empty database and on a full one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
import time_machine

from app.config import Settings
from app.infra.db import Database
from app.infra.jobs import Job, Lane, Workers
from app.infra.objects import open_objects
from app.mail import service as mail
from app.main import create_app, jobs_of
from tests.databases import only_sqlite
from tests.mail_servers import Box, Post, smtp_server
from tests.scenarios import PROJECT, Client
from tests.teamwork.conftest import A1, A, team_on

NAMES = {
    *(
        "accounts.answer_resets",
        "accounts.clear",
        "accounts.warn_of_ends",
        "evidence.check_links",
        "evidence.sweep",
        "mail.clear",
        "mail.deliver",
    ),
    "audit.log_head",
    *("releases.patch", "reports.build", "reports.clear", "database.watch_log"),
    *("offline.clear", "questionnaires.read_translations", "reviews.send_digests", "reviews.send_reminders", "teamwork.clear"),
}
MONDAY = datetime(2027, 1, 3, 18, 30, tzinfo=UTC)  # half past seven in Wellington


@pytest.fixture
def post() -> Iterator[Post]:
    with smtp_server(Box()) as running:
        yield running


@pytest.fixture
def posting(database_settings: Settings, post: Post) -> Settings:
    """Return settings that send mail to a server on this machine."""
    given = {"mail_host": "127.0.0.1", "mail_port": post.port, "mail_security": "none", "mail_from": "readiness@example.org"}
    return database_settings.model_copy(update=given)


def test_every_job_is_explained_to_those_who_run_the_service() -> None:
    guide = (PROJECT / "docs" / "operators.md").read_text(encoding="utf-8")

    assert sorted(name for name in {*NAMES, "accounts.write_use", "keeping.end_old_drafts"} if f"`{name}`" not in guide) == []


def test_every_job_has_a_name_of_its_own_and_links_are_checked_unless_the_operator_says_no(
    settings: Settings, database: Database
) -> None:
    without = settings.model_copy(update={"check_links": False})
    ending = settings.model_copy(update={"keep_drafts_years": 7})

    names = [job.name for job in jobs_of(settings, database)]

    assert sorted(names) == sorted(NAMES)
    assert {job.name for job in jobs_of(without, database)} == NAMES - {"evidence.check_links"}
    assert {job.name for job in jobs_of(ending, database)} == NAMES | {"keeping.end_old_drafts"}


def test_every_job_runs_on_an_empty_database_and_twice(posting: Settings, database: Database) -> None:
    for job in 2 * jobs_of(posting, database):
        job.run()


def test_every_job_runs_on_a_full_database(posting: Settings, database: Database, post: Post) -> None:
    with time_machine.travel(MONDAY - timedelta(days=3), tick=False) as clock:
        team = team_on(database)
        team.assign(team.coordinator, team.ana, A, due_on="2027-01-04")
        team.start(team.ben, A1, "Who knows?", team.ana)
        team.come(team.ana, A1)
        team.scene.fill(team.review)
        objects = open_objects(posting.files_url, posting.data_dir)
        clock.move_to(MONDAY)
        jobs: tuple[Job, ...] = jobs_of(posting.model_copy(update={"check_links": False}), database)

        for job in (*jobs, *jobs):
            job.run()

    assert team.scene.count("presence") == 0
    assert list(objects.each()) == []
    assert {message["Subject"] for message in post.box.messages} == {"Your week in the AI Readiness Reviews"}


@only_sqlite
def test_a_digest_goes_from_the_pages_to_a_mail_server(posting: Settings, database: Database, post: Post) -> None:
    with time_machine.travel(MONDAY - timedelta(days=3), tick=False) as clock:
        team = team_on(database)
        ana = team.scene.email(team.ana)
        client = Client(create_app(posting, database)).sign_in(ana)
        client.submit("/account/mail", mails="weekly_digest", language="en")
        team.start(team.ben, A1, "Who knows?", team.ana)
        clock.move_to(MONDAY)

        Workers(jobs_of(posting, database)).run_due()  # queues it
        Workers(jobs_of(posting, database)).run_due()  # sends it

    (message,) = [each for each in post.box.messages if each["To"] == ana]
    link = message["List-Unsubscribe"].strip("<>")
    assert link.startswith(f"{posting.base_url}/unsubscribe/")
    assert "You are mentioned" in message.get_content()
    assert "Who knows?" not in message.get_content()
    assert client.get(link.removeprefix(posting.base_url)).status_code == 200


@only_sqlite
def test_mails_do_not_wait_for_a_slow_job_nor_for_one_that_fails(posting: Settings, database: Database, post: Post) -> None:
    with database.write() as session:
        mail.queue(session, to="ana@example.org", subject="A word", body="Words.", kind="invitation")

    done = Event()

    def fail() -> None:
        raise ValueError

    def wait() -> None:
        done.wait(timeout=20)

    jobs = jobs_of(posting, database)
    slow = [Job(job.name, job.every, wait, lane=job.lane) for job in jobs if job.lane is not Lane.QUICK]
    workers = Workers([Job("bad", timedelta(hours=1), fail), *slow, *(job for job in jobs if job.lane is Lane.QUICK)])
    workers.start()
    arrived = post.box.arrived.wait(timeout=10)
    done.set()
    workers.stop()

    assert arrived
    assert {job.name for job in slow} == {"evidence.check_links", "evidence.sweep", "releases.patch", "reports.build"}
