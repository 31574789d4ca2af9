"""`readiness worker` runs the jobs beside servers on PostgreSQL; with SQLite the server does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from app.config import Settings
from app.infra.db import Database
from app.mail import service as mail
from tests.cli.conftest import Run
from tests.databases import only_postgresql, only_sqlite
from tests.mail_servers import Box, smtp_server
from tests.scenarios import PROJECT


def queue(database: Database) -> None:
    with database.write() as session:
        mail.queue(session, to="ana@example.org", subject="A word", body="Words.", kind="invitation")


@only_sqlite
def test_with_sqlite_the_command_says_that_the_server_does_it(command: Run, database: Database) -> None:
    refused = command("worker", code=1)

    assert "server runs the jobs by itself" in refused.stderr


@only_postgresql
def test_a_worker_that_does_not_know_where_links_lead_does_not_start(
    command: Run, database: Database, database_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(database)
    with smtp_server(Box()) as post:
        for name, value in environment(database_settings, post.port).items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("READINESS_BASE_URL")
        refused = command("worker", "--once", code=1)

    assert "READINESS_BASE_URL is not set" in refused.stderr
    assert post.box.recipients == []


@only_postgresql
def test_once_sends_what_is_due_and_ends(
    command: Run, database: Database, database_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(database)
    with smtp_server(Box()) as post:
        for name, value in environment(database_settings, post.port).items():
            monkeypatch.setenv(name, value)
        command("worker", "--once")

    assert post.box.recipients == ["ana@example.org"]


@only_postgresql
def test_a_worker_sends_until_it_is_told_to_stop(database: Database, database_settings: Settings) -> None:
    box = Box()
    with smtp_server(box) as post:
        environ = {**os.environ, **environment(database_settings, post.port)}
        worker = subprocess.Popen([sys.executable, "-m", "app.cli", "worker"], cwd=PROJECT, env=environ, stdout=subprocess.PIPE)
        try:
            queue(database)
            arrived = box.arrived.wait(timeout=30)
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.communicate(timeout=20)

    assert arrived
    assert worker.returncode == 0


def environment(settings: Settings, port: int) -> dict[str, str]:
    return {
        "READINESS_DATABASE_URL": str(settings.database_url),
        "READINESS_DATA_DIR": str(settings.data_dir),
        "READINESS_BASE_URL": "http://127.0.0.1:8000",
        "READINESS_MAIL_HOST": "127.0.0.1",
        "READINESS_MAIL_PORT": str(port),
        "READINESS_MAIL_SECURITY": "none",
        "READINESS_MAIL_FROM": "readiness@example.org",
    }
