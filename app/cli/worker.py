"""Run the jobs in a process of its own, beside servers on PostgreSQL."""

from __future__ import annotations

import os
import signal
from threading import Event
from typing import Annotated

import typer

from app.cli.console import fail, opened_database, out, read_settings
from app.cli.measuring import metrics_served, watch
from app.cli.starting import refuse_bad_start, refuse_unfit_store
from app.infra import wall
from app.infra.jobs import Workers
from app.infra.log import configure_log, level_of
from app.infra.meters import Meters
from app.main import jobs_of


def worker(
    *, once: Annotated[bool, typer.Option("--once", help="Run every job once, and end: for a timer of the system.")] = False
) -> None:
    """Run the jobs, such as delivering mail, until interrupted. With SQLite the server runs them by itself."""
    settings = read_settings()
    if settings.database_url is None:
        fail("With SQLite the server runs the jobs by itself. Set READINESS_DATABASE_URL to run them in processes of their own.")
    if "base_url" not in settings.model_fields_set:
        fail(
            "READINESS_BASE_URL is not set, so the links in mails would lead nowhere. Set it to the address that people use, "
            "as for the server."
        )
    configure_log(level_of(settings.log_level))
    refuse_bad_start(settings, os.environ)
    with opened_database() as database:
        refuse_unfit_store(settings)
        wall.warn_if_passed(database.writer)
        meters = Meters({})
        jobs = Workers(jobs_of(settings, database, meters), meters.job_ran)
        if once:
            jobs.run_due()
            return
        watch(meters, settings, database)
        with metrics_served(meters, settings):
            _run_until_told(jobs)


def _run_until_told(jobs: Workers) -> None:
    told = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    jobs.start()
    out.print("The jobs run. Stop with Ctrl+C.")
    told.wait()
    jobs.stop()
