"""How what is read grows: with the economies that take part, with the releases that there are, and with the questions asked."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import UUID

from sqlmodel import Session

from app.benchmarks import consents
from app.benchmarks.refresh import refresh
from app.cli.bench.asgi import Caller
from app.cli.bench.members import members_of
from app.cli.bench.prepared import require, settings_of, signed_in
from app.cli.bench.releasing import questionnaire_of
from app.cli.bench.rows import Row
from app.cli.generated import generated_answers
from app.domain.benchmark.consent import Audience
from app.economies import service as economies
from app.economies.tables import Cycle
from app.infra import migrate
from app.infra.db import Database, database_url, open_database
from app.infra.log import configure_log
from app.kit.actor import COMMAND_LINE, Role
from app.kit.ids import new_id
from app.main import connect_rooms, create_app
from app.questionnaires import service as questionnaires
from app.releases import publishing
from app.releases.tables import Release
from app.reviews.importing import import_answers

MEANING = (
    "growth of the CPU time over growth of the answer, both since the smallest size: above 1 a read grows faster than its answer"
)
SOURCE = "the kilobytes of the answer"
CODE, CYCLE = "apec-ai-review", "2026"
_TIMES = 7
_ECONOMIES_TO_RELEASE = 210
"""Up to so many are released: a release compares every two economies, so it grows with their square."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many economies take part, releases exist, and times the 101 questions are asked."""

    economies: tuple[int, ...] = (21, 210, 2_100)
    releases: tuple[int, ...] = (10, 100, 1_000)
    copies: tuple[int, ...] = (1, 5, 20)


WHOLE = Sizes()
QUICK = Sizes((5,), (2,), (1,))

OF_ECONOMIES: Mapping[str, str] = {
    "api_economies": "/api/v1/economies",
    "api_groups": "/api/v1/groups",
    "api_live_scores": f"/api/v1/benchmarks/scores?questionnaire={CODE}&cycle={CYCLE}&limit={{limit}}",
    "api_live_cells": f"/api/v1/benchmarks/cells?questionnaire={CODE}&cycle={CYCLE}&limit={{limit}}",
    "page_live": f"/benchmarks/{CODE}/{CYCLE}/today",
    "page_participants": f"/admin/cycles/{CODE}/{CYCLE}",
}
OF_A_RELEASE: Mapping[str, str] = {
    "api_scores": f"/api/v1/releases/{CODE}/{CYCLE}.1.0/scores?per_page={{limit}}",
    "api_pairs": f"/api/v1/releases/{CODE}/{CYCLE}.1.0/pairs?per_page={{limit}}",
    "page_cycle": f"/benchmarks/{CODE}/{CYCLE}",
}
OF_RELEASES: Mapping[str, str] = {
    "api_releases": "/api/v1/releases?per_page={limit}",
    "api_latest": f"/api/v1/releases/{CODE}/latest",
    "api_cycles": "/api/v1/cycles",
    "page_benchmarks": "/benchmarks",
    "page_releases": "/admin/releases",
    "page_cycles": "/admin/cycles",
}
OF_QUESTIONS: Mapping[str, str] = {
    "api_questionnaire": f"/api/v1/questionnaires/{CODE}/versions/2026.1",
    "api_review": "/api/v1/reviews/{review}",
    "page_review": "/reviews/{review}",
    "page_section": "/reviews/{review}/sections/B1",
    "page_check": "/reviews/{review}/check",
}


def rows(sizes: Sizes) -> list[Row]:
    """Measure each read at each size, on SQLite, and say how its cost grows beside its answer."""
    configure_log(logging.ERROR)
    connect_rooms()
    return [*_grown(_by_economies(sizes)), *_grown(_by_releases(sizes)), *_grown(_by_questions(sizes))]


@dataclass(frozen=True, slots=True)
class Read:
    """One read at one size: CPU milliseconds, and the bytes of the answer."""

    name: str
    size: str
    milliseconds: float
    size_bytes: int


def _grown(reads: Iterator[Read]) -> Iterator[Row]:
    first: dict[str, Read] = {}
    for read in reads:
        before = first.setdefault(read.name, read)
        growth = (read.milliseconds / before.milliseconds) / (read.size_bytes / before.size_bytes)
        ratio = None if before is read else growth
        yield Row(f"{read.name}_{read.size}", read.milliseconds, "ms", read.size_bytes / 1000, ratio)


def _by_economies(sizes: Sizes) -> Iterator[Read]:
    for number in sizes.economies:
        with _database() as (database, folder):
            _signed(database, number)
            size = f"{number}_economies"
            with _caller(database, folder, Role.ADMINISTRATOR) as caller:
                yield from _read(caller, OF_ECONOMIES, size)
                if number <= _ECONOMIES_TO_RELEASE:
                    publishing.publish(database, COMMAND_LINE, CODE, CYCLE)
                    yield from _read(caller, OF_A_RELEASE, size)


def _by_releases(sizes: Sizes) -> Iterator[Read]:
    with _database() as (database, folder):
        _signed(database, 5)
        publishing.publish(database, COMMAND_LINE, CODE, CYCLE)
        for number in sizes.releases:
            with database.write() as session:
                _copy_release(session, number)
            with _caller(database, folder, Role.ADMINISTRATOR) as caller:
                yield from _read(caller, OF_RELEASES, f"{number}_releases")


def _by_questions(sizes: Sizes) -> Iterator[Read]:
    for copies in sizes.copies:
        with _database() as (database, folder):
            document = questionnaire_of(copies)
            with database.write() as session:
                questionnaires.publish(session, COMMAND_LINE, document)
                economies.open_cycle(session, COMMAND_LINE, document.code, CYCLE)
                raw = generated_answers(document, ["AUS"], "reads")
                done = import_answers(session, COMMAND_LINE, document.code, document.version, CYCLE, raw, submit=False)
            with _caller(database, folder, Role.COORDINATOR) as caller:
                yield from _read(caller, OF_QUESTIONS, f"{len(document.items)}_questions", done.reviews["AUS"])


def _signed(database: Database, number: int) -> None:
    """Let so many economies sign and show everything; those beyond the members have made-up codes."""
    document = questionnaire_of(1)
    (group,) = document.participants.groups
    with database.write() as session:
        codes = members_of(session, group, number)
        questionnaires.publish(session, COMMAND_LINE, document)
        cycle = economies.open_cycle(session, COMMAND_LINE, document.code, CYCLE)
        raw = generated_answers(document, codes, "reads")
        done = import_answers(session, COMMAND_LINE, document.code, document.version, CYCLE, raw, submit=True)
        for economy, review in done.reviews.items():
            consents.give(
                session, COMMAND_LINE, review, economy, dict.fromkeys((s.code for s in document.sections), Audience.PUBLIC)
            )
        refresh(session, cycle.id)


def _copy_release(session: Session, number: int) -> None:
    """Let there be so many cycles with a release each: copies of the one that was made."""
    (original, *copies) = session.query(Release).all()
    cycle = session.get_one(Cycle, original.cycle_id)
    for copy in range(len(copies) + 1, number):
        other = Cycle.model_validate(cycle.model_dump() | {"id": new_id(), "code": f"{2027 + copy}"})
        session.add(other)
        session.flush()
        session.add(Release.model_validate(original.model_dump() | {"id": new_id(), "cycle_id": other.id}))


@contextmanager
def _database() -> Iterator[tuple[Database, Path]]:
    with tempfile.TemporaryDirectory() as name:
        url = database_url(None, Path(name))
        migrate.upgrade(url)
        database = open_database(url, pool_size=2)
        try:
            yield database, Path(name)
        finally:
            database.dispose()


@contextmanager
def _caller(database: Database, folder: Path, role: Role) -> Iterator[Caller]:
    settings = settings_of(folder)
    caller = Caller(create_app(settings, database), "127.0.0.1")
    token = signed_in(database, settings, role)
    caller.headers = {"cookie": f"session={token}", "accept-encoding": "identity"}
    try:
        yield caller
    finally:
        caller.close()


def _read(caller: Caller, paths: Mapping[str, str], size: str, review: UUID | None = None) -> Iterator[Read]:
    """Ask each path several times, each time a little differently: what is kept in memory is not measured."""
    for name, path in paths.items():
        addresses = [path.format(limit=100 - turn, review=review) for turn in range(_TIMES)]
        body = require(caller.call("GET", addresses[0])).body
        yield Read(name, size, median(_milliseconds(caller, addresses)), len(body))


def _milliseconds(caller: Caller, addresses: Sequence[str]) -> Iterator[float]:
    for address in addresses:
        began = time.process_time()
        require(caller.call("GET", address))
        yield (time.process_time() - began) * 1000
