"""The audit chain grows only, and shows every change that was made behind its back."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.audit import service as audit
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Actor, Role

ANA = Actor(UUID(int=1), "Ana", Role.COORDINATOR, "NZL")
BEN = Actor(UUID(int=2), "Ben", Role.COORDINATOR, "CHL")


def record(database: Database, actor: Actor = ANA, **detail: str | int | None) -> None:
    with database.write() as session:
        audit.record(
            session, actor, "tests.done", target_kind="review", target_id=UUID(int=9), economy=actor.economy, detail=detail
        )


def run(database: Database, statement: str) -> None:
    with database.write() as session:
        session.connection().execute(text(statement))


def verify(database: Database) -> int | None:
    with database.read() as session:
        return audit.verify(session)


def without_triggers(database: Database, statement: str) -> None:
    if database.writer.dialect.name == "postgresql":
        run(database, "ALTER TABLE audit_event DISABLE TRIGGER USER")
    else:
        for name in ("update", "delete", "replace"):
            run(database, f"DROP TRIGGER audit_event_no_{name}")
    run(database, statement)


def test_events_are_numbered_without_gaps_and_chained(database: Database) -> None:
    for number in range(3):
        record(database, revision=number, note=None)

    with database.read() as session:
        events = audit.list_events(session, COMMAND_LINE)
        head = audit.head(session)

    assert [event.sequence for event in events] == [3, 2, 1]
    assert events[0].detail == {"revision": 2, "note": None}
    assert (events[0].actor_role, events[0].actor_user_id) == ("coordinator", ANA.user_id)
    assert events[0].at.utcoffset() is not None
    assert head.sequence == 3
    assert verify(database) is None


def test_an_empty_chain_is_whole(database: Database) -> None:
    assert verify(database) is None
    with database.read() as session:
        assert audit.head(session).sequence == 0


def test_what_is_rolled_back_leaves_no_event(database: Database) -> None:
    record(database)

    with pytest.raises(ZeroDivisionError), database.write() as session:
        audit.record(session, ANA, "tests.failed", target_kind="review", target_id="x")
        raise ZeroDivisionError
    record(database)

    with database.read() as session:
        assert [event.action for event in audit.list_events(session, COMMAND_LINE)] == ["tests.done", "tests.done"]
    assert verify(database) is None


@pytest.mark.abuse("L3")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor_name = 'Nobody' WHERE sequence = 1",
        "DELETE FROM audit_event WHERE sequence = 2",
        "DELETE FROM audit_event",
    ],
)
def test_an_event_is_neither_changed_nor_deleted(database: Database, statement: str) -> None:
    record(database)
    record(database)

    with pytest.raises(DBAPIError, match="append-only"):
        run(database, statement)

    assert verify(database) is None


@pytest.mark.abuse("L3")
def test_the_table_is_not_emptied_another_way(database: Database) -> None:
    record(database)
    is_postgres = database.writer.dialect.name == "postgresql"
    columns = "sequence, at, actor_name, actor_role, action, target_kind, target_id, detail, previous_hash, hash"
    replace = f"INSERT OR REPLACE INTO audit_event ({columns}) SELECT {columns} FROM audit_event"

    with pytest.raises(DBAPIError, match="append-only"):
        run(database, "TRUNCATE audit_event" if is_postgres else replace)


@pytest.mark.abuse("L3")
@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE audit_event SET actor_name = 'Nobody' WHERE sequence = 2", 2),
        ("UPDATE audit_event SET economy = NULL WHERE sequence = 3", 3),
        ('UPDATE audit_event SET detail = \'{"note":"b"}\' WHERE sequence = 1', 1),
        ("DELETE FROM audit_event WHERE sequence = 3", 3),
        ("DELETE FROM audit_event WHERE sequence = 1", 1),
        ("UPDATE audit_event SET hash = previous_hash WHERE sequence = 4", 4),
    ],
)
def test_tampering_behind_the_triggers_is_named_by_its_first_event(database: Database, statement: str, first_bad: int) -> None:
    for _ in range(4):
        record(database, note="a")

    without_triggers(database, statement)

    assert verify(database) == first_bad


@pytest.mark.abuse("L3")
def test_a_cut_end_shows_against_a_head_kept_elsewhere(database: Database) -> None:
    record(database)
    record(database)
    with database.read() as session:
        kept = audit.head(session)

    without_triggers(database, "DELETE FROM audit_event WHERE sequence = 2")

    with database.read() as session:
        assert audit.verify(session) is None
        assert audit.head(session) != kept
        assert not audit.has_head(session, kept)


def test_a_coordinator_reads_the_events_of_the_own_economy_only(database: Database) -> None:
    record(database, ANA)
    record(database, BEN)
    contributor = Actor(BEN.user_id, "Ben", Role.CONTRIBUTOR, "CHL")

    with database.read() as session:
        seen = [event.economy for event in audit.list_events(session, ANA)]
        own = [event.actor_user_id for event in audit.list_events(session, contributor)]
        older = [event.sequence for event in audit.list_events(session, COMMAND_LINE, before=2)]

    assert seen == ["NZL"]
    assert own == [BEN.user_id]
    assert older == [1]


def test_many_who_record_at_once_make_one_chain(database: Database) -> None:
    def record_five() -> None:
        for _ in range(5):
            record(database)

    writers = [threading.Thread(target=record_five) for _ in range(4)]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with database.read() as session:
        assert audit.head(session).sequence == 20
    assert verify(database) is None
