"""A log that grows, and commits that are not flushed, are said; an answer of 200 leaves after its commit is on the disk."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.infra.db import SQLITE as ENGINE
from app.infra.db import Database
from app.infra.durable import LONG_LOG_BYTES, fold_log, warn_if_not_flushed, warn_of_long_log
from app.infra.pools import MeasuredPool
from tests.databases import only_postgresql, only_sqlite
from tests.fault.stage import stage

STRACE = shutil.which("strace")


@pytest.mark.abuse("D7")
@only_sqlite
def test_a_log_that_grows_because_somebody_reads_for_long_is_told_until_it_is_cut(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = ENGINE.connect(database.writer.url.database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM audit_event").fetchone()
    with database.write() as session:
        session.connection().exec_driver_sql("CREATE TABLE large (content BLOB)")
        session.connection().exec_driver_sql(f"INSERT INTO large VALUES (zeroblob({LONG_LOG_BYTES}))")

    is_long = warn_of_long_log(database)
    reader.close()
    for _ in range(2):  # the first brings it into the file, the second begins it anew
        with database.write() as session:
            session.connection().exec_driver_sql("DELETE FROM large")
            session.connection().exec_driver_sql("INSERT INTO large VALUES (1)")

    assert is_long
    assert "database_log_is_long" in "".join(capsys.readouterr())
    assert not warn_of_long_log(database)


@only_sqlite
def test_what_was_committed_is_brought_into_the_file_beside_those_who_save(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("CREATE TABLE kept (words TEXT)")
        session.connection().exec_driver_sql("INSERT INTO kept VALUES ('here')")
    with database.write() as session:  # somebody is in the middle of a save
        session.connection().exec_driver_sql("INSERT INTO kept VALUES ('not yet')")
        fold_log(database)
        without_log = shutil.copy(str(database.writer.url.database), tmp_path / "without-log.db")

    with closing(ENGINE.connect(without_log)) as connection:
        assert connection.execute("SELECT words FROM kept").fetchall() == [("here",)]


@only_sqlite
def test_who_folds_the_log_takes_no_connection_from_people(database: Database) -> None:
    with ExitStack() as stack:
        for _ in range(5):  # all connections for reading
            stack.enter_context(database.read()).connection()

        fold_log(database)

    pool = database.reader.pool
    assert isinstance(pool, MeasuredPool)
    assert pool.timeouts == 0


@pytest.mark.abuse("P2")
@only_postgresql
def test_a_postgresql_that_does_not_flush_is_told_of(database: Database) -> None:
    url = database.writer.url.set(query={**database.writer.url.query, "options": "-c synchronous_commit=off"})
    loose = create_engine(url)

    found = warn_if_not_flushed(loose)
    loose.dispose()

    assert "synchronous_commit" in found


@pytest.mark.abuse("P2")
@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
@pytest.mark.timeout(120)
def test_every_answer_to_a_save_leaves_after_its_commit_is_on_the_disk(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with stage("sqlite") as opened:
        opened.writers = opened.writers[:1]
        calls = "trace=fdatasync,fsync,sendto,sendmsg,write,writev"
        command = [str(STRACE), "-f", "-o", str(trace), "-e", calls, "-p", str(opened.nursery.server)]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as watching:
            time.sleep(1)
            if watching.poll() is not None:
                pytest.skip("another process may not be watched here")
            with opened.saving():
                opened.wait_for(10)
            watching.send_signal(signal.SIGINT)

    flushes, answers = 0, 0
    for line in trace.read_text().splitlines():
        flushes += bool(re.search(r"f(data)?sync.*= 0$", line))
        if "HTTP/1.1 200" in line:
            answers += 1
            assert flushes > 0, f"answer {answers}"
            flushes = 0
    assert answers >= 10
