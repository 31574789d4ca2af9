"""Migrations on a database with rows: up and down, and nothing is lost on the way."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import URL

from app.accounts import invitations, keys
from app.accounts.scopes import READS
from app.domain.answers import Answer, AnswerState
from app.domain.reading import RawAnswer
from app.economies import service as economies
from app.economies import time_zones
from app.evidence.service import Described
from app.infra import migrate
from app.infra.db import Database, open_database
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Role
from app.reviews import attaching, evidence_queries
from app.reviews.service import get_for
from tests.scenarios import Scene

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def downgrade(url: URL, revision: str, folder: Path = MIGRATIONS) -> None:
    """Take a database back to a revision."""
    opened = open_database(url, pool_size=2)
    with opened.writer.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    opened.dispose()


def test_a_new_database_is_what_the_tables_say(fresh_url: URL) -> None:
    assert migrate.differences(fresh_url) == []


def test_economies_and_invitations_survive_the_coming_of_time_zones(database: Database, fresh_url: URL) -> None:
    with database.write() as session:
        economies.rename(
            session, COMMAND_LINE, "NZL", short_name="Aotearoa", formal_name="Aotearoa", list_name="Aotearoa", abbreviation="NZ"
        )
        invitations.invite(session, COMMAND_LINE, email="a@example.org", name="A", role="contributor", economy="NZL")

    downgrade(fresh_url, "0005")
    migrate.upgrade(fresh_url)

    assert migrate.differences(fresh_url) == []
    with database.read() as session:
        entry, zone = time_zones.get_for(session, COMMAND_LINE, "NZL")
        assert (entry.short_name, zone) == ("Aotearoa", "Pacific/Auckland")
        assert [one.email for one in invitations.list_open(session, COMMAND_LINE)] == ["a@example.org"]


def test_answers_from_before_options_could_be_left_out_stay_what_they_were(database: Database, fresh_url: URL) -> None:
    scene = Scene(database).ready()
    review = scene.start()
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A2", "yes")
    scene.save(scene.person(Role.CONTRIBUTOR), review, "A3", RawAnswer(value=("privacy",), comment="Since May."))

    downgrade(fresh_url, "0002")
    migrate.upgrade(fresh_url)

    assert migrate.differences(fresh_url) == []
    assert scene.opened(review).answers["A3"] == Answer(AnswerState.ANSWERED, ("privacy",), comment="Since May.")


def test_a_piece_that_was_attached_twice_stays_attached_once(database: Database, fresh_url: URL) -> None:
    scene = Scene(database).ready()
    review, official = scene.start(), scene.person(Role.CONTRIBUTOR)
    with database.write() as session:
        act = attaching.add_link(session, official, review, "A2", Described("The act"), "https://example.org/act")
        attaching.choose(session, official, review, "A1", shown=[], ticked=[act])
        row = get_for(session, official, review)
    downgrade(fresh_url, "0011")
    with database.write() as session:
        for _ in range(2):
            evidence_queries.attach(session, row, "A2", [act], official, clock.now())
        first = scene.rows("SELECT min(added_at) FROM answer_evidence WHERE item = 'A2'")

    migrate.upgrade(fresh_url)

    assert migrate.differences(fresh_url) == []
    assert scene.rows("SELECT added_at FROM answer_evidence WHERE item = 'A2' AND removed_at IS NULL") == first
    assert scene.count("answer_evidence") == 4
    assert [piece.title for piece in scene.opened(review).attached["A2"]] == ["The act"]
    assert [piece.title for piece in scene.opened(review).attached["A1"]] == ["The act"]


def test_a_revision_that_was_begun_for_a_reason_still_says_it(database: Database, fresh_url: URL) -> None:
    scene = Scene(database).ready()
    review = scene.submitted()
    scene.reopen(review, reason="A law was passed.")
    scene.hand_over(review)
    scene.sign(review)

    downgrade(fresh_url, "0012")
    migrate.upgrade(fresh_url)

    assert migrate.differences(fresh_url) == []
    assert scene.rows("SELECT reopen_reason FROM submission ORDER BY revision") == [("",), ("A law was passed.",)]


def test_people_keep_their_accounts_when_the_role_of_peer_reviewers_comes_and_goes(database: Database, fresh_url: URL) -> None:
    """Rows that refer to a person outlive the new check of roles: sessions, submissions, the histories of answers."""
    scene = Scene(database).ready()
    review = scene.submitted()
    reviewer = scene.person(Role.PEER_REVIEWER)
    before = scene.rows('SELECT id, email, role FROM "user" WHERE role != :role ORDER BY email', role="peer_reviewer")

    downgrade(fresh_url, "0005")
    without = scene.rows('SELECT role, is_disabled FROM "user" WHERE name = :name', name=reviewer.name)
    migrate.upgrade(fresh_url)

    assert migrate.differences(fresh_url) == []
    assert [(role, bool(is_disabled)) for role, is_disabled in without] == [("analyst", True)]
    rows = scene.rows('SELECT id, email, role FROM "user" WHERE name != :name ORDER BY email', name=reviewer.name)
    assert rows == before
    assert scene.opened(review).is_signed
    scene.person(Role.PEER_REVIEWER, name="Another")


def test_keys_from_before_there_were_scopes_go_on_reading(database: Database, fresh_url: URL) -> None:
    scene = Scene(database)
    secret = scene.key(scene.person(Role.ANALYST))

    downgrade(fresh_url, "0017")
    migrate.upgrade(fresh_url)

    assert migrate.differences(fresh_url) == []
    with database.read() as session:
        identity = keys.find_identity(session, secret)
    assert identity is not None
    assert identity.scopes == READS
