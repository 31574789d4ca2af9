"""Verifying an installation: what somebody changed who rules the database, and what it is held against."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.domain.signed_answers import signed_text
from app.infra.objects import LocalObjects
from app.keeping import queries, standing
from app.kit import ids
from app.reviews.tables import GUARD
from tests.databases import only_postgresql
from tests.scenarios import Scene

GONE = {
    "sqlite": {f"the trigger submission_{act} is gone" for act in ("no_update", "no_delete", "no_replace")},
    "postgresql": {f"the trigger submission_{act} is gone" for act in ("no_change", "no_truncate")},
}


def take_guard_away(session: Session) -> str:
    """Do what only somebody can who rules the database; return which database it is."""
    connection = session.connection()
    for statement in GUARD.dropping(connection.dialect.name):
        connection.exec_driver_sql(statement)
    return connection.dialect.name


def faults(scene: Scene, objects: LocalObjects) -> set[str]:
    with scene.database.read() as session:
        return {fault for finding in standing.verify(session, objects) for fault in finding.faults}


@pytest.mark.abuse("P11")
def test_a_signed_revision_is_held_against_the_record_and_not_only_against_the_hash_beside_it(
    scene: Scene, objects: LocalObjects
) -> None:
    assert faults(scene, objects) == set()

    with scene.database.write() as session:
        dialect = take_guard_away(session)
        row, *_others = queries.each_submission(session)
        row.answers += " "
        row.answers_hash = ids.sha256(signed_text(row.content_hash, row.answers))

    assert faults(scene, objects) == {f"revision {row.revision} of review {row.review_id} is not what was signed"} | GONE[dialect]


@pytest.mark.abuse("P11")
def test_a_signed_revision_that_is_gone_is_missed(scene: Scene, objects: LocalObjects) -> None:
    with scene.database.write() as session:
        dialect = take_guard_away(session)
        row, *_others = queries.each_submission(session)
        signed, row.revision = row.revision, 77

    assert faults(scene, objects) == {
        f"revision 77 of review {row.review_id} is not what was signed",
        f"revision {signed} of review {row.review_id} was signed and is gone",
        *GONE[dialect],
    }


@only_postgresql
@pytest.mark.abuse("P11")
def test_a_table_that_is_no_longer_kept_apart_by_economy_is_named(scene: Scene, objects: LocalObjects) -> None:
    with scene.database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE review NO FORCE ROW LEVEL SECURITY")
        session.connection().exec_driver_sql("DROP POLICY wall ON thread")

    assert faults(scene, objects) == {"row-level security of review is off", "row-level security of thread is off"}
