"""A person who asks for it is erased everywhere; old drafts are deleted whole; nothing else changes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Text, event
from sqlmodel import AutoString, SQLModel

from app.accounts import service as accounts
from app.audit import service as audit
from app.audit.wanted import Wanted
from app.evidence import contents
from app.infra.db import Database
from app.infra.objects import LocalObjects
from app.keeping import erasing, retention, standing
from app.keeping.persons import GONE_WITH_THE_PERSON, KEPT, NAMES, NO_NAMES
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Conflict
from tests.scenarios import Scene

NAME = "Wilhelmina Unmistakable"
SOUNDS_LIKE_A_NAME = ("_by", "author", "name", "email", "email_hash", "recipient", "by")


def test_no_column_that_may_hold_a_name_is_forgotten() -> None:
    known = {(one.table, one.column) for one in (*NAMES, *KEPT)} | NO_NAMES
    found = {
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, AutoString | Text)
        and (column.name in SOUNDS_LIKE_A_NAME or column.name.endswith(("_by", "_name")))
    }

    assert found - known - {(table, column) for table, column in found if table in GONE_WITH_THE_PERSON} == set()


def everything(database: Database) -> str:
    """Return every value of every row."""
    with database.reader.connect() as connection:
        return "\n".join(
            str(tuple(row)) for table in SQLModel.metadata.sorted_tables for row in connection.execute(table.select())
        )


@pytest.mark.abuse("L4")
def test_whoever_is_erased_is_gone_everywhere_and_the_record_stays_whole(scene: Scene, objects: LocalObjects) -> None:
    # given: she signs in, answers, signs, has a key and an invitation
    person = scene.person(Role.APPROVER, "USA", NAME)
    email = scene.email(person)
    review = scene.start("USA")
    scene.fill(review, "USA")
    scene.hand_over(review, "USA")
    scene.people[(Role.APPROVER, "USA", "")] = person
    scene.sign(review, "USA")
    scene.key(person)
    events = scene.count("audit_event")
    assert NAME in everything(scene.database)

    # when it is asked for two times
    with scene.database.write() as session:
        erased = erasing.erase(session, COMMAND_LINE, email.upper())
    with scene.database.write() as session:
        again = erasing.erase(session, COMMAND_LINE, email)

    # then
    rest = everything(scene.database)
    assert NAME not in rest
    assert email not in rest
    assert erased.pseudonym in rest
    assert (erased.remaining, again.pseudonym) == ((), "")
    assert scene.count("audit_event") == events + 1
    with scene.database.read() as session:
        assert audit.verify(session) is None
        signed = audit.list_events(session, COMMAND_LINE, wanted=Wanted(who=erased.pseudonym))
        assert "reviews.submitted" in {event.action for event in signed}
        assert [finding for finding in standing.verify(session, objects) if finding.faults] == []
    with pytest.raises(Conflict), scene.database.write() as session:
        accounts.enable_user(session, COMMAND_LINE, UUID(str(person.user_id)))


@pytest.mark.abuse("L4")
def test_a_name_that_two_people_have_stays_where_it_may_be_the_others(scene: Scene) -> None:
    first = scene.person(Role.CONTRIBUTOR, "USA", NAME)
    second = scene.person(Role.CONTRIBUTOR, "CAN", NAME)
    assert first != second
    review = scene.start("USA")
    scene.save(first, review, "A1", "4")

    with scene.database.write() as session:
        erased = erasing.erase(session, COMMAND_LINE, scene.email(first))

    assert dict(erased.remaining) == {"answer.saved_by": 1}
    assert scene.rows("SELECT count(*) FROM answer_revision WHERE saved_by = :name", name=NAME) == [(0,)]


def test_the_last_administrator_is_not_erased(scene: Scene) -> None:
    administrator = scene.person(Role.ADMINISTRATOR)

    with pytest.raises(Conflict), scene.database.write() as session:
        erasing.erase(session, COMMAND_LINE, scene.email(administrator))


@pytest.mark.abuse("L4")
def test_a_draft_that_nobody_touched_for_years_goes_with_its_rows_and_files_and_a_signed_one_stays(
    scene: Scene, objects: LocalObjects
) -> None:
    signed, answers = scene.count("submission"), scene.count("answer")
    drafts = scene.rows("SELECT id FROM review WHERE state = 'draft'")
    in_time, late = clock.now() + timedelta(days=700), clock.now() + timedelta(days=800)
    assert len(drafts) == 1

    # when it runs: before two years nothing happens; after them it may be run as often as one likes
    assert retention.end_old_drafts(scene.database, 2, now=in_time) == 0
    ended = [retention.end_old_drafts(scene.database, 2, now=late) for _ in range(2)]
    contents.sweep(scene.database, objects, now=late)

    # then
    assert ended == [1, 0]
    assert scene.rows("SELECT id FROM review WHERE state = 'draft'") == []
    assert scene.count("submission") == signed
    assert scene.count("answer") == answers - 1
    assert list(objects.each()) == []  # the file was named by the draft alone
    with scene.database.read() as session:
        assert audit.verify(session) is None
        assert [finding for finding in standing.verify(session, objects) if finding.faults] == []
        assert audit.list_events(session, COMMAND_LINE)[0].action == "reviews.draft_deleted"


@pytest.mark.abuse("L4")
def test_a_deletion_that_is_stopped_half_way_leaves_the_draft_whole(scene: Scene) -> None:
    answers = scene.count("answer")
    late = clock.now() + timedelta(days=800)

    def stop(*_: object) -> None:
        raise InterruptedError

    event.listen(scene.database.writer, "commit", stop)
    with pytest.raises(InterruptedError):
        retention.end_old_drafts(scene.database, 2, now=late)
    event.remove(scene.database.writer, "commit", stop)

    assert scene.count("answer") == answers
    assert retention.end_old_drafts(scene.database, 2, now=late) == 1
