"""The second wall: whatever a statement forgets, the database gives and takes only the rows of the scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from psycopg import sql
from sqlalchemy import ColumnElement, Delete, Table, Update, and_, bindparam, delete, func, insert, or_, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col
from structlog.testing import capture_logs
from typer.testing import CliRunner

from app.accounts import deps
from app.accounts.reach import reach_of
from app.cli import app, postgres, server
from app.cli.examining.database import examine_database
from app.cli.examining.findings import State
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.economies.tables import Cycle
from app.infra import scope, wall
from app.infra.db import Database, open_database
from app.kit.actor import Role
from app.main import connect_rooms, create_app
from app.reviews import queries
from app.reviews.tables import GUARD, Review
from tests.databases import Run, only_postgresql, only_sqlite
from tests.infra.walled_rows import fill, row, walled
from tests.scenarios import BASE_URL, Client, Scene

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
_REFUSED = f"{wall.REFUSAL}|row-level security|{GUARD.refusal}"
Browse = Callable[..., Client]


@pytest.fixture
def scene(database: Database) -> Scene:
    connect_rooms()
    scene = Scene(database).ready()
    for economy in ("AUS", "NZL"):
        scene.consent(economy, scene.submitted(economy), Audience.PRIVATE)
    return scene


@pytest.fixture
def browse(scene: Scene, settings: Settings) -> Browse:
    program = create_app(settings, scene.database)

    def signed_in(role: Role, economy: str, *, with_a_key: bool = True) -> Client:
        person = scene.person(role, economy)
        return Client(program).with_key(scene.key(person)) if with_a_key else Client(program).sign_in(scene.email(person))

    return signed_in


@pytest.fixture
def filled(database: Database) -> Scene:
    """Give two economies a row in every table behind the wall."""
    connect_rooms()
    scene = Scene(database).ready()
    for economy in ("AUS", "NZL"):
        scene.person(Role.COORDINATOR, economy)
        fill(database, economy)
    return scene


def counts(database: Database, of: scope.Scope) -> dict[str, int]:
    """Count the rows of every walled table, by statements that know nothing of economies."""
    with scope.reading(of), database.read() as session:
        tables = [SQLModel.metadata.tables[name] for name in wall.walled_tables()]
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def contents(database: Database) -> dict[str, list[str]]:
    """Return every row of every walled table."""
    with scope.reading(scope.EVERYTHING), database.read() as session:
        return {table.name: sorted(map(str, session.execute(select(table)))) for table, _put in walled()}


def rows_of(database: Database, table: Table, economy: str) -> ColumnElement[bool]:
    """Return the condition that names an economy's rows by their keys; there are some."""
    with scope.reading(scope.of_economy(economy)), database.read() as session:
        found = session.execute(select(*table.primary_key)).all()
    assert found, table.name
    return or_(*(and_(*(column == value for column, value in zip(table.primary_key, row, strict=True))) for row in found))


def touched(database: Database, statement: Update | Delete) -> int:
    """Try to write as New Zealand; a refusal of the wall touches nothing."""
    try:
        with scope.reading(scope.of_economy("NZL")), database.write() as session:
            return session.connection().execute(statement).rowcount
    except DBAPIError as refusal:
        assert wall.REFUSAL in str(refusal), statement  # noqa: PT017 - PostgreSQL does not even see such a row, SQLite refuses
        return 0


@pytest.mark.abuse("T22")
def test_a_statement_without_any_condition_finds_no_foreign_row_in_any_walled_table(filled: Scene) -> None:
    everything = counts(filled.database, scope.EVERYTHING)
    own, other = (counts(filled.database, scope.of_economy(economy)) for economy in ("AUS", "NZL"))
    nobodys = counts(filled.database, scope.NOTHING)

    assert [name for name in everything if not (own[name] and other[name])] == []
    assert {name: own[name] + other[name] for name in everything} == everything
    assert set(nobodys.values()) == {0}


@pytest.mark.abuse("T22")
def test_a_foreign_row_of_any_walled_table_can_be_neither_changed_nor_deleted(filled: Scene) -> None:
    before = contents(filled.database)

    for table, _put in walled():
        foreign, key = rows_of(filled.database, table, "AUS"), next(iter(table.primary_key))
        for statement in (update(table).values({key: key}), delete(table)):
            assert touched(filled.database, statement.where(foreign)) == 0, table.name

    assert contents(filled.database) == before


@pytest.mark.abuse("T22")
def test_no_row_of_a_foreign_economy_can_be_added_to_any_walled_table(filled: Scene) -> None:
    before = contents(filled.database)

    for table, _put in walled():
        with scope.reading(scope.of_economy("AUS")), filled.database.read() as session:
            planned = row(session, table, "AUS", turn=1)
        with (
            pytest.raises(DBAPIError, match=_REFUSED),
            scope.reading(scope.of_economy("NZL")),
            filled.database.write() as session,
        ):
            session.execute(insert(table).values(planned))

    assert contents(filled.database) == before


@pytest.mark.abuse("T22")
def test_no_own_row_can_be_handed_to_a_foreign_economy(filled: Scene) -> None:
    before = contents(filled.database)

    for table, put in walled():
        own = rows_of(filled.database, table, "NZL")
        with scope.reading(scope.of_economy("AUS")), filled.database.read() as session:
            above = session.scalar(select(SQLModel.metadata.tables[put.parent].c.id)) if put.parent else None
        theirs = {put.column: above} if put.parent else dict.fromkeys(put.columns, "AUS")
        with (
            pytest.raises(DBAPIError, match=_REFUSED),
            scope.reading(scope.of_economy("NZL")),
            filled.database.write() as session,
        ):
            session.execute(update(table).values(theirs).where(own))

    assert contents(filled.database) == before


@pytest.mark.abuse("T22")
@pytest.mark.parametrize("with_a_key", [True, False], ids=["a key", "a session"])
def test_a_page_whose_statement_forgot_the_economy_is_still_not_found(
    scene: Scene, browse: Browse, monkeypatch: pytest.MonkeyPatch, *, with_a_key: bool
) -> None:
    forgetful = (
        select(Review, Cycle).join(Cycle, col(Cycle.id) == col(Review.cycle_id)).where(col(Review.id) == bindparam("review"))
    )
    monkeypatch.setattr(queries, "_WITH_CYCLE", forgetful)
    review = UUID(str(scene.rows("SELECT id FROM review WHERE economy = 'AUS'")[0][0]))
    address = f"/api/v1/reviews/{review}" if with_a_key else f"/reviews/{review}/check"
    stranger = browse(Role.COORDINATOR, "NZL", with_a_key=with_a_key)

    own = browse(Role.COORDINATOR, "AUS", with_a_key=with_a_key).get(address)
    foreign = stranger.get(address)
    monkeypatch.setattr(deps, "reach_of", lambda _actor: scope.EVERYTHING)
    without_the_wall = stranger.get(address)

    assert (own.status_code, foreign.status_code) == (200, 404)
    assert without_the_wall.status_code == 200  # so it was the wall that answered


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


@pytest.fixture
def passing(run: Run, database: Database) -> Iterator[Database]:
    """Open the database as a role that row-level security does not hold, as a server's owner is."""
    name = f"passing_{uuid4().hex}"
    created = sql.SQL("CREATE ROLE {} LOGIN BYPASSRLS IN ROLE {}")
    postgres.administer(run.folder, created.format(sql.Identifier(name), sql.Identifier(database.writer.url.username or "")))
    opened = open_database(database.writer.url.set(username=name), pool_size=2)
    yield opened
    opened.dispose()
    postgres.administer(run.folder, sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@only_postgresql
def test_a_role_that_passes_the_wall_is_named_by_servers_and_workers_and_by_the_doctor(
    passing: Database,
    database_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    url = passing.writer.url.render_as_string(hide_password=False)
    settings = database_settings.model_copy(update={"database_url": url})

    found = {finding.name: finding.state for finding in examine_database(settings)}
    with capture_logs() as at_start:
        server.refuse_unready(passing.writer.url)
    monkeypatch.setenv("READINESS_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("READINESS_DATABASE_URL", url)
    monkeypatch.setenv("READINESS_BASE_URL", BASE_URL)
    worked = CliRunner().invoke(app, ["worker", "--once"])

    assert wall.is_passed_by(passing.writer)
    assert found["account"] is State.WARN
    assert "row_level_security_is_bypassed" in {entry["event"] for entry in at_start}
    assert worked.exit_code == 0, worked.output
    assert "row_level_security_is_bypassed" in worked.output + "".join(capfd.readouterr())


@only_postgresql
def test_an_ordinary_role_is_not_complained_of(database: Database, database_settings: Settings) -> None:
    with capture_logs() as logged:
        server.refuse_unready(database.writer.url)

    found = {finding.name: finding.state for finding in examine_database(database_settings)}
    assert "row_level_security_is_bypassed" not in {entry["event"] for entry in logged}
    assert found["account"] is State.OK
