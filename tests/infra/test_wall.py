"""The second wall: whatever a statement forgets, the database gives and takes only the rows of the scope."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col

from app.accounts.reach import reach_of
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.economies.tables import Cycle
from app.infra import scope, wall
from app.infra.db import Database
from app.kit.actor import Role
from app.main import connect_rooms, create_app
from app.reviews import queries
from app.reviews.tables import Review
from tests.databases import only_postgresql, only_sqlite
from tests.scenarios import Client, Scene

# Tables with an economy that stand in front of the wall, and why.
PUBLIC = {
    "user": "a person is recognised before anybody knows whose rows they may read",
    "invitation": "whoever opens a link is nobody yet",
    "mail": "mails to people of no economy, and to those whom another economy asks, are queued by officials",
    "audit_event": "one chain runs through all economies, and every act reads its end; it holds no answer and no address",
    "group_member": "who is in a group is published",
    "reference_figure": "published figures of other institutions",
    "release_withdrawal": "what was withdrawn from a release is published with it",
}
Browse = Callable[[Role, str], Client]


@pytest.fixture
def scene(database: Database) -> Scene:
    connect_rooms()
    scene = Scene(database).ready()
    for economy in ("AUS", "NZL"):
        scene.consent(economy, scene.submitted(economy), Audience.PRIVATE)
    return scene


@pytest.fixture
def browse(scene: Scene, settings: Settings) -> Browse:
    app = create_app(settings, scene.database)

    def signed_in(role: Role, economy: str) -> Client:
        client = Client(app)
        client.headers["Authorization"] = f"Bearer {scene.key(scene.person(role, economy))}"
        return client

    return signed_in


def counts(database: Database, of: scope.Scope) -> dict[str, int]:
    """Count the rows of every walled table, by statements that know nothing of economies."""
    with scope.reading(of), database.read() as session:
        tables = [SQLModel.metadata.tables[name] for name in wall.walled_tables()]
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@pytest.mark.abuse("T22")
def test_a_statement_without_any_condition_finds_no_foreign_row_in_any_walled_table(scene: Scene) -> None:
    everything = counts(scene.database, scope.EVERYTHING)
    own, other = (counts(scene.database, scope.of_economy(economy)) for economy in ("AUS", "NZL"))
    nobodys = counts(scene.database, scope.NOTHING)

    assert {name: own[name] + other[name] for name in everything} == everything
    assert set(nobodys.values()) == {0}
    filled = {"review", "answer", "answer_revision", "submission", "score_sheet", "consent"}
    assert all(own[name] and other[name] for name in filled)


@pytest.mark.abuse("T22")
def test_what_lies_outside_of_the_scope_can_be_neither_changed_nor_added(scene: Scene) -> None:
    before = counts(scene.database, scope.EVERYTHING)
    kept = scene.rows("SELECT id, state, updated_at FROM review ORDER BY id")

    for statement in (
        "UPDATE review SET state = 'closed' WHERE economy = 'AUS'",
        "UPDATE answer SET comment = 'changed' WHERE review_id IN (SELECT id FROM review WHERE economy = 'AUS')",
        "DELETE FROM shared_score WHERE economy = 'AUS'",
        "UPDATE review SET economy = 'AUS' WHERE economy = 'NZL'",
        (
            "INSERT INTO link_check (economy, url_hash, url, state, moved_to, fails, due_at) "
            "VALUES ('AUS', 'h', 'u', 'new', '', 0, '2026-01-01')"
        ),
    ):
        try:
            with scope.reading(scope.of_economy("NZL")), scene.database.write() as session:
                assert session.connection().execute(text(statement)).rowcount == 0  # PostgreSQL does not even see such a row
        except DBAPIError as refusal:
            assert any(words in str(refusal) for words in (wall.REFUSAL, "row-level security"))  # noqa: PT017 - either is right

    assert counts(scene.database, scope.EVERYTHING) == before
    assert scene.rows("SELECT id, state, updated_at FROM review ORDER BY id") == kept


@pytest.mark.abuse("T22")
def test_a_page_whose_statement_forgot_the_economy_is_still_not_found(
    scene: Scene, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful = (
        select(Review, Cycle).join(Cycle, col(Cycle.id) == col(Review.cycle_id)).where(col(Review.id) == bindparam("review"))
    )
    monkeypatch.setattr(queries, "_WITH_CYCLE", forgetful)
    review = scene.rows("SELECT id FROM review WHERE economy = 'AUS'")[0][0]
    address = f"/api/v1/reviews/{str(review).replace('-', '')}"

    own = browse(Role.COORDINATOR, "AUS").get(address)
    foreign = browse(Role.COORDINATOR, "NZL").get(address)

    assert (own.status_code, foreign.status_code) == (200, 404)


@only_postgresql
@pytest.mark.abuse("T22")
def test_plain_sql_of_the_programs_role_finds_no_foreign_row(scene: Scene) -> None:
    assert not wall.is_passed_by(scene.database.writer)
    with scope.reading(scope.of_economy("NZL")), scene.database.write() as session:
        for name in wall.walled_tables():
            whole = session.connection().execute(text(f'SELECT * FROM "{name}"'))
            assert not {"AUS"} & {value for row in whole for value in row if isinstance(value, str)}, name
    with scene.database.look_up() as session:  # no transaction, so no scope
        assert session.connection().execute(text("SELECT count(*) FROM review")).scalar_one() == 0


@only_sqlite
def test_a_scope_that_nobody_named_is_none(scene: Scene) -> None:
    with scope.reading(scope.NOTHING), scene.database.read() as session:
        assert session.scalars(select(Review)).all() == []


def test_every_table_with_an_economy_stands_behind_the_wall_or_says_why_not() -> None:
    tables = {table.name for table in SQLModel.metadata.sorted_tables if "economy" in table.c}

    assert tables - wall.walled_tables().keys() == PUBLIC.keys()


def test_every_table_below_a_walled_one_stands_behind_the_wall() -> None:
    walled = wall.walled_tables().keys()
    below = {
        table.name for table in SQLModel.metadata.sorted_tables for key in table.foreign_keys if key.column.table.name in walled
    }

    assert below <= walled


@only_postgresql
def test_the_policies_of_the_database_are_those_that_the_tables_ask_for(scene: Scene) -> None:
    found = "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY tablename, policyname"
    held = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname"
    with scene.database.write() as session:
        connection = session.connection()
        of_migrations = connection.execute(text(found)).all()
        assert sorted(connection.execute(text(held)).scalars()) == sorted(wall.walled_tables())
        for table, policy, *_ in of_migrations:
            connection.execute(text(f'DROP POLICY "{policy}" ON "{table}"'))
        for name, asked in wall.walled_tables().items():
            for statement in wall.policies(name, asked):
                connection.exec_driver_sql(statement)
        of_tables = connection.execute(text(found)).all()
        session.rollback()

    assert of_migrations == of_tables


@only_sqlite
def test_officials_reach_their_economy_and_analysts_nothing_but_what_is_published(scene: Scene) -> None:
    assert reach_of(scene.person(Role.APPROVER, "AUS")) == scope.of_economy("AUS")
    assert reach_of(scene.person(Role.ANALYST, "")) == reach_of(scene.person(Role.PEER_REVIEWER, "")) == scope.NOTHING
    assert reach_of(scene.person(Role.SECRETARIAT, "")) == scope.EVERYTHING
