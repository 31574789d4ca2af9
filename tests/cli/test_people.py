"""Accounts from the command line: made with a link that works once, or with a password that a program hands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from typer.testing import Result

from app.accounts import invitations, queries, service
from app.accounts.invitations import InvitationUnusable
from app.accounts.second_step import factors
from app.accounts.second_step.tables import Authenticator
from app.accounts.sessions import Lifetime
from app.accounts.signing_in import password_reset
from app.accounts.signing_in.password_reset import ResetUnusable
from app.audit import service as audit
from app.config import Settings
from app.infra.db import Database, database_url, open_database
from app.infra.passwords import Passwords, Turn
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Role
from tests.cli.conftest import Run
from tests.databases import only_sqlite

ANA = ("ana@example.org", "--name", "Ana", "--role", "coordinator", "--economy", "NZL")
ANALYST = ("ana@example.org", "--name", "Ana", "--role", "analyst")
PASSWORD = "lantern orchid mosaic"


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    database = open_database(database_url(settings.database_url, settings.data_dir), pool_size=2)
    yield database
    database.dispose()


def passwords() -> Passwords:
    return Passwords(memory_kib=8, rounds=1)


def token_in(result: Result, under: str) -> str:
    """Return the token of the one link that was printed."""
    found = re.findall(rf"^http://127\.0\.0\.1:8000/{under}/(\S+)$", result.stdout, re.MULTILINE)
    assert len(found) == 1, result.stdout
    return str(found[0])


def fits(database: Database, password: str) -> bool:
    with database.read() as session:
        user = queries.find_user_by_email(session, "ana@example.org")
    assert user is not None
    with passwords().turn() as turn:
        return turn.verify(password, user.password_hash).is_right


def test_a_new_person_gets_a_link_that_works_once_and_ends(command: Run, migrated: Settings) -> None:
    made = command("user", "create", *ANA)

    token = token_in(made, "invitations")
    accept = partial(invitations.accept_invitation, name="Ana", password=PASSWORD, repeated=PASSWORD, passwords=passwords())
    accept = partial(accept, user_agent="", lifetime=Lifetime(timedelta(hours=1), timedelta(hours=12)))
    with opened(migrated) as database:
        with database.read() as session:
            waiting = invitations.get_open(session, token)
            assert service.list_users(session, COMMAND_LINE) == []
        signed_in = accept(database, token)
        with pytest.raises(InvitationUnusable):
            accept(database, token)
        assert fits(database, PASSWORD)
    assert timedelta() < waiting.expires_at - clock.now() <= timedelta(days=7)
    assert (signed_in.actor.role, signed_in.actor.economy) == (Role.COORDINATOR, "NZL")
    assert "already" in command("user", "create", *ANA, code=1).stderr


def test_the_link_of_a_person_who_is_created_again_replaces_the_one_before(command: Run, migrated: Settings) -> None:
    first = token_in(command("user", "create", *ANA), "invitations")
    second = token_in(command("user", "create", *ANA), "invitations")

    with opened(migrated) as database, database.read() as session:
        assert invitations.get_open(session, second).email == "ana@example.org"
        with pytest.raises(InvitationUnusable):
            invitations.get_open(session, first)


def test_a_program_hands_in_a_password_where_it_says_so_and_it_is_never_printed(command: Run, migrated: Settings) -> None:
    made = command("user", "create", *ANA, "--password-stdin", typed=f"{PASSWORD}\n")
    again = command("user", "create", *ANA, "--password-stdin", typed=f"{PASSWORD}\n", code=1)

    with opened(migrated) as database:
        assert fits(database, PASSWORD)
    assert "ana@example.org" in made.stdout
    assert PASSWORD not in made.output + again.output
    assert "already an account" in again.stderr


@pytest.mark.parametrize("typed", ["", "\n", "short\n", "password password\n", "ana ana ana ana\n", "peanutbutter\n"])
@pytest.mark.abuse("A5")
def test_a_password_that_is_handed_in_follows_the_same_rules(command: Run, migrated: Settings, typed: str) -> None:
    refused = command("user", "create", *ANA, "--password-stdin", typed=typed, code=1)

    assert refused.stderr.strip().endswith(".")
    assert "Traceback" not in refused.output
    with opened(migrated) as database, database.read() as session:
        assert service.list_users(session, COMMAND_LINE) == []


@pytest.mark.parametrize(
    "words",
    [
        ("ana@example.org", "--name", "Ana", "--role", "coordinator"),
        ("ana@example.org", "--name", "Ana", "--role", "coordinator", "--economy", "XXX"),
        ("ana@example.org", "--name", "Ana", "--role", "analyst", "--economy", "NZL"),
        ("no address", "--name", "Ana", "--role", "analyst"),
        ("ana@example.org", "--name", "", "--role", "analyst"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_words(command: Run, migrated: Settings, words: tuple[str, ...]) -> None:
    result = command("user", "create", *words, code=1)

    assert result.stderr.strip().endswith(".")
    assert "Traceback" not in result.output


def test_who_forgot_a_password_gets_a_link_that_works_once_for_half_an_hour(command: Run, migrated: Settings) -> None:
    command("user", "create", *ANALYST, "--password-stdin", typed=f"{PASSWORD}\n")

    token = token_in(command("user", "set-password", "ana@example.org"), "password-reset")

    choose = partial(password_reset.reset, new="walnut harbour violin", repeated="walnut harbour violin", passwords=passwords())
    with opened(migrated) as database:
        assert fits(database, PASSWORD)
        choose(database, token)
        assert fits(database, "walnut harbour violin")
        with pytest.raises(ResetUnusable):
            choose(database, token)
        with database.read() as session:
            actions = [event.action for event in audit.list_events(session, COMMAND_LINE)]
    assert "accounts.password_link_made" in actions
    assert "Nobody has the mail address" in command("user", "set-password", "bob@example.org", code=1).stderr


def test_a_link_for_a_password_ends_after_half_an_hour(command: Run, migrated: Settings) -> None:
    command("user", "create", *ANALYST, "--password-stdin", typed=f"{PASSWORD}\n")
    token = token_in(command("user", "set-password", "ana@example.org"), "password-reset")

    with (
        opened(migrated) as database,
        time_machine.travel(clock.now() + timedelta(minutes=30), tick=False),
        database.read() as session,
        pytest.raises(ResetUnusable),
    ):
        password_reset.check(session, token)


def test_a_disabled_person_gets_no_link(command: Run, migrated: Settings) -> None:
    command("user", "create", *ANALYST, "--password-stdin", typed=f"{PASSWORD}\n")
    with opened(migrated) as database, database.write() as session:
        user_id = service.find_user_id(session, COMMAND_LINE, "ana@example.org")
        assert user_id is not None
        service.disable_user(session, COMMAND_LINE, user_id)

    refused = command("user", "set-password", "ana@example.org", code=1)

    assert "disabled" in refused.stderr
    assert "http" not in refused.output


def test_a_new_password_that_a_program_hands_in_works_from_then_on(command: Run, migrated: Settings) -> None:
    command("user", "create", *ANALYST, "--password-stdin", typed=f"{PASSWORD}\n")

    done = command("user", "set-password", "ana@example.org", "--password-stdin", typed="walnut harbour violin\n")

    with opened(migrated) as database:
        assert fits(database, "walnut harbour violin")
    assert "walnut" not in done.output


@pytest.mark.abuse("A5")
def test_a_new_password_that_the_world_knows_is_refused_and_the_one_before_works_on(command: Run, migrated: Settings) -> None:
    command("user", "create", *ANALYST, "--password-stdin", typed=f"{PASSWORD}\n")

    refused = command("user", "set-password", "ana@example.org", "--password-stdin", typed="peanutbutter\n", code=1)

    assert "Use several words that do not belong together." in refused.stderr
    with opened(migrated) as database:
        assert fits(database, PASSWORD)


def test_a_lost_second_step_is_taken_away_and_what_is_not_there_refused_in_words(command: Run, migrated: Settings) -> None:
    command(
        "user", "create", "ana@example.org", "--name", "Ana", "--role", "administrator", "--password-stdin", typed=f"{PASSWORD}\n"
    )
    database = open_database(database_url(migrated.database_url, migrated.data_dir), pool_size=2)

    without = command("user", "reset-second-step", "ana@example.org", code=1)
    with database.write() as session:
        user_id = service.find_user_id(session, COMMAND_LINE, "ana@example.org")
        assert user_id is not None
        session.add(Authenticator(user_id=user_id, sealed_secret="x", created_at=clock.now(), confirmed_at=clock.now()))
    done = command("user", "reset-second-step", "ana@example.org")

    assert "no second step" in without.stderr
    assert "Traceback" not in without.output
    assert "password alone" in done.stdout
    assert "Nobody has the mail address" in command("user", "reset-second-step", "bob@example.org", code=1).stderr
    with database.read() as session:
        assert not factors.read(session, user_id).has_any
    database.dispose()


@only_sqlite
def test_no_password_is_hashed_while_others_wait_to_write(
    command: Run, migrated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another connection takes the write lock during every hash; it would have to wait five seconds in vain."""
    database = open_database(database_url(None, migrated.data_dir), pool_size=2)
    hash_now = Turn.hash

    def hash_while_somebody_writes(turn: Turn, password: str) -> str:
        with database.write() as session:
            service.list_users(session, COMMAND_LINE)
        return hash_now(turn, password)

    monkeypatch.setattr(Turn, "hash", hash_while_somebody_writes)

    command("user", "create", *ANALYST, "--password-stdin", typed=f"{PASSWORD}\n")
    command("user", "set-password", "ana@example.org", "--password-stdin", typed=f"{PASSWORD}\n")
    with database.write() as session:
        wanted = [
            service.NewPerson(f"{name}@example.org", name, Role.ANALYST, None, "lantern orchid mosaic") for name in ("bob", "eve")
        ]
        service.create_users(session, COMMAND_LINE, wanted, passwords=Passwords(memory_kib=8, rounds=1))
    database.dispose()
