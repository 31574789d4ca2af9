"""Kill the process that does an act at a random moment, and look whether all of the act is stored, or nothing.

    python -m tests.fault.kills --kills 50 [--act submit --act reopen] [--postgresql]

A forked process does the act, and is killed after half a millisecond to a second. After each kill the tables are as before or
as after the whole act, the database is sound, the chain of audit events and every hash of what is frozen are right, and every
row of a file finds its content. What is absent is tried again, and in the end done. What is forked never meets an open
connection or a thread of the store of files: this process does nothing itself but make ready and look.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlmodel import Session, SQLModel, select

from app.audit import service as audit
from app.cli import postgres
from app.domain.signed_answers import signed_text
from app.evidence.contents import key_of
from app.infra import migrate
from app.infra.db import Database, open_database
from app.infra.objects import LocalObjects
from app.infra.scope import as_the_service
from app.kit.ids import sha256
from app.questionnaires.tables import QuestionnaireVersion
from app.releases.tables import Release
from app.reviews.tables import Submission
from tests.databases import POSTGRESQL, SQLITE, Run, begin_run
from tests.fault.acts import ACTS, Act, Place
from tests.fault.nth import digest
from tests.scenarios import Scene

_SHORTEST, _LONGEST = 0.0005, 1.0
_PATIENCE_SECONDS = 60.0
MIGRATE = "migrate"
_Row = TypeVar("_Row", bound=SQLModel)


@dataclass
class Tally:
    """What the kills of one act came to."""

    act: str
    absent: int = 0
    whole: int = 0
    ended: int = 0
    """How often the act had ended before it could be killed."""
    faults: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How often the process was there to be killed."""
        return self.absent + self.whole


def kills_of(run: Run, backend: str, name: str, kills: int, chance: random.Random) -> Tally:
    """Kill an act that often, on a new scene after each time that it was stored."""
    tally = Tally(name)
    while tally.kills < kills:
        with _ready(run, backend, name) as (database, files, act):
            _kill_until_stored(database, files, act, kills, chance, tally)
    return tally


def _kill_until_stored(database: Database, files: Path, act: Act, kills: int, chance: random.Random, tally: Tally) -> None:
    before = digest(database)
    while tally.kills < kills:
        seconds = _SHORTEST * (_LONGEST / _SHORTEST) ** chance.random()
        was_killed = _do(database, act, seconds)
        tally.faults += _broken(database, files)
        if digest(database) != before:
            tally.whole += was_killed
            tally.ended += not was_killed
            return
        if not was_killed:
            tally.faults.append("it ended and nothing is stored")
        tally.absent += 1
    _do(database, act, None)
    tally.faults += _broken(database, files)
    if digest(database) == before:
        tally.faults.append("it could not be done again")


def _do(database: Database, act: Act, seconds: float | None) -> bool:
    """Do an act in a process of its own; tell whether it was killed."""
    database.dispose()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            act()
            os._exit(0)
        os._exit(1)
    if seconds is not None:
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    _wait_until_alone(database)
    if code not in {0, -signal.SIGKILL}:
        message = f"The act failed with {code}."
        raise RuntimeError(message)
    return code != 0


def _wait_until_alone(database: Database) -> None:
    """PostgreSQL goes on with what it was told until it sees that nobody is there any more."""
    if database.writer.dialect.name == SQLITE:
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with database.look_up() as session:
        while session.connection().execute(text(others)).scalar_one() and time.monotonic() < deadline:
            time.sleep(0.005)


def _broken(database: Database, files: Path) -> Iterator[str]:
    with database.read() as session:
        connection = session.connection()
        if connection.dialect.name == SQLITE and (found := connection.exec_driver_sql("PRAGMA integrity_check").scalar()) != "ok":
            yield f"integrity: {found}"
        if "audit_event" not in connection.dialect.get_table_names(connection):
            return
        if audit.verify(session) is not None:
            yield "the chain of audit events is broken"
        yield from (f"not what its hash says: {name}" for name in _wrong_hashes(session, files))


def _wrong_hashes(session: Session, files: Path) -> Iterator[str]:
    hashed = [
        *(
            (f"submission {row.id}", signed_text(row.content_hash, row.answers), row.answers_hash)
            for row in _all(session, Submission)
        ),
        *((f"release {row.id}", row.content.encode(), row.checksum) for row in _all(session, Release)),
        *((f"version {row.id}", row.document.encode(), row.content_hash) for row in _all(session, QuestionnaireVersion)),
    ]
    for economy, digest_of_file in session.connection().execute(text("SELECT economy, sha256 FROM stored_file")):
        path = files / key_of(economy, digest_of_file)
        hashed.append((f"file {path.name}", path.read_bytes() if path.exists() else b"", digest_of_file))
    return (name for name, content, wanted in hashed if sha256(content) != wanted)


def _all(session: Session, table: type[_Row]) -> Sequence[_Row]:
    return session.exec(select(table)).all()


@contextmanager
def _ready(run: Run, backend: str, name: str) -> Iterator[tuple[Database, Path, Act]]:
    folder = Path(tempfile.mkdtemp(prefix="var-", dir=run.folder))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        url = stack.enter_context(run.fresh(backend, folder))
        database = open_database(url, pool_size=2)
        stack.callback(database.dispose)
        if name == MIGRATE:
            _empty(database, url)
            yield database, folder / "files", lambda: migrate.upgrade(url)
        else:
            yield database, folder / "files", ACTS[name](Place(Scene(database), LocalObjects(folder / "files")))


def _empty(database: Database, url: URL) -> None:
    if url.get_backend_name() == SQLITE:
        database.dispose()
        Path(url.database or "").unlink()
        return
    with database.write() as session:
        session.connection().exec_driver_sql("DROP SCHEMA public CASCADE")
        session.connection().exec_driver_sql("CREATE SCHEMA public")


def tallies(backend: str, names: list[str], kills: int, seed: int, hear: Callable[[Tally], object]) -> bool:
    """Kill each act that often; tell whether all is well."""
    run, is_good = begin_run(), True
    try:
        for name in names:
            tally = kills_of(run, backend, name, kills, random.Random(f"{seed} {name}"))
            hear(tally)
            is_good &= not tally.faults
    finally:
        postgres.stop(run.folder)
        shutil.rmtree(run.folder, ignore_errors=True)
    return is_good


def _tell(tally: Tally) -> None:
    sys.stdout.write(f"{tally}\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line, run, and end with 1 where half of an act was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--act", action="append", choices=[*ACTS, MIGRATE])
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    given = parser.parse_args()
    backend = POSTGRESQL if given.postgresql else SQLITE
    with as_the_service(because="the program plays all parts"):
        is_good = tallies(backend, given.act or [*ACTS, MIGRATE], given.kills, given.seed, _tell)
    sys.exit(not is_good)


if __name__ == "__main__":
    main()
