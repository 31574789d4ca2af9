"""A program to measure: on either database, with one whole review of the real questionnaire and somebody signed in."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL

from app.accounts import service
from app.accounts.sessions import Lifetime
from app.accounts.signing_in import sign_in
from app.accounts.signing_in.sign_in import Browser
from app.cli import postgres
from app.cli.bench.asgi import Answer, Caller
from app.cli.generated import generated_answers
from app.config import Settings
from app.domain.questionnaire.document import Questionnaire
from app.economies import service as economies
from app.infra import migrate
from app.infra.db import Database, database_url, open_database
from app.infra.log import configure_log
from app.infra.passwords import Passwords
from app.kit.actor import COMMAND_LINE, ECONOMY_ROLES, Role
from app.kit.ids import new_id, new_token
from app.main import connect_rooms, create_app
from app.questionnaires import service as questionnaires
from app.reviews.importing import import_answers

BACKENDS = ("sqlite", "postgresql")
_ECONOMY, _CYCLE = "AUS", "2026"


@dataclass(frozen=True, slots=True)
class Made:
    """A database with one whole review of the real questionnaire, and the session of its coordinator."""

    url: URL
    settings: Settings
    questionnaire: Questionnaire
    review: UUID
    token: str


@dataclass(slots=True)
class Bench:
    """The program over such a database, ready to be called."""

    database: Database
    caller: Caller
    review: UUID
    questionnaire: Questionnaire
    seen: dict[str, int] = field(default_factory=dict)
    """The version of each answer that was saved here."""


NO_LIMIT = {f"rate_{size}_{window}": 10**9 for size in ("anonymous", "standard") for window in ("minute", "day")}
"""Limits of the API that no run reaches: what counting costs is part of what is measured."""


def settings_of(folder: Path) -> Settings:
    """Return settings for a run: cheap passwords, and limits that are not reached."""
    return Settings.model_validate({"data_dir": folder, "password_memory_kib": 8, "password_rounds": 1} | NO_LIMIT)


@contextmanager
def made(backend: str, folder: Path, role: Role = Role.COORDINATOR) -> Iterator[Made]:
    """Make and fill a new database, with somebody of a role signed in, and take it away afterwards."""
    with new_database(backend, folder) as url:
        settings = settings_of(folder / backend)
        migrate.upgrade(url)
        database = open_database(url, pool_size=2)
        connect_rooms()
        questionnaire, review = _fill(database, settings)
        token = signed_in(database, settings, role)
        database.dispose()
        yield Made(url, settings, questionnaire, review, token)


@contextmanager
def prepared(backend: str, folder: Path, role: Role = Role.COORDINATOR) -> Iterator[Bench]:
    """Open the program over a new database, as somebody of a role sees it."""
    configure_log(logging.ERROR)
    with made(backend, folder, role) as new:
        database = open_database(new.url, pool_size=2)
        caller = Caller(create_app(new.settings, database), "127.0.0.1")
        caller.headers = {"cookie": f"session={new.token}", "origin": new.settings.base_url, "accept-encoding": "identity"}
        yield Bench(database, caller, new.review, new.questionnaire)
        caller.close()
        database.dispose()


@contextmanager
def new_database(backend: str, folder: Path, *, is_durable: bool = False) -> Iterator[URL]:
    """Give an empty database, and take it away afterwards; a durable one would outlive a power cut."""
    if backend == "sqlite":
        yield database_url(None, folder / backend)
        return
    run = Path(tempfile.mkdtemp(prefix="readiness-bench-"))
    run.chmod(0o711)  # the account of the server passes through to its own folder
    try:
        postgres.ensure_started(run, os.getpid(), is_durable=is_durable)
        yield postgres.server_url(run)
    finally:
        postgres.stop(run)
        shutil.rmtree(run, ignore_errors=True)


def _fill(database: Database, settings: Settings) -> tuple[Questionnaire, UUID]:
    source = settings.project_dir / "questionnaires" / "apec-ai-review" / "2026.1.yaml"
    questionnaire = questionnaires.check_file(source.read_bytes()).questionnaire
    if questionnaire is None:
        message = f"{source} has faults."
        raise ValueError(message)
    with database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, questionnaire)
        economies.open_cycle(session, COMMAND_LINE, questionnaire.code, _CYCLE)
        raw = generated_answers(questionnaire, [_ECONOMY], "bench")
        done = import_answers(session, COMMAND_LINE, questionnaire.code, questionnaire.version, _CYCLE, raw, submit=False)
    return questionnaire, done.reviews[_ECONOMY]


def count_statements(bench: Bench, work: Callable[[], object]) -> int:
    """Count what is sent to the database, the beginning and end of transactions left out; a first run fills caches."""
    work()
    sent: list[str] = []

    def listen(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    engines = {bench.database.reader.pool: bench.database.reader, bench.database.writer.pool: bench.database.writer}
    for engine in engines.values():
        event.listen(engine, "before_cursor_execute", listen)
    work()
    for engine in engines.values():
        event.remove(engine, "before_cursor_execute", listen)
    return len(sent)


def require(answer: Answer, status: int = 200) -> Answer:
    """Return an answer that has the status that is measured."""
    if answer.status != status:
        message = f"The program answered {answer.status}: {answer.body[:500]!r}"
        raise ValueError(message)
    return answer


def signed_in(database: Database, settings: Settings, role: Role) -> str:
    """Make somebody of a role, sign in, and return the token of the session."""
    passwords, secret, email = Passwords(memory_kib=8, rounds=1), new_token(), f"{new_id()}@example.org"
    with database.write() as session:
        service.create_user(
            session,
            COMMAND_LINE,
            email=email,
            name="Bench",
            role=role,
            economy=_ECONOMY if role in ECONOMY_ROLES else None,
            password=secret,
            passwords=passwords,
        )
    return sign_in.sign_in(
        database,
        email,
        secret,
        passwords=passwords,
        browser=Browser("127.0.0.1", "bench"),
        lifetime=Lifetime(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)),
    ).token
