"""Accounts from the command line: made with a password that is shown once."""

from __future__ import annotations

import pytest

from app.accounts import service
from app.accounts.second_step import factors
from app.accounts.second_step.tables import Authenticator
from app.config import Settings
from app.infra.db import database_url, open_database
from app.infra.passwords import Passwords, Turn
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Role
from tests.cli.conftest import Run
from tests.databases import only_sqlite


def test_an_account_is_made_with_a_password_that_is_shown_once(command: Run, migrated: Settings) -> None:
    words = ("user", "create", "ana@example.org", "--name", "Ana", "--role", "coordinator", "--economy", "NZL")

    made = command(*words)
    again = command(*words, code=1)

    email, password = made.stdout.split()
    assert email == "ana@example.org"
    assert len(password) >= 15
    assert "already an account" in again.stderr
    assert password not in again.output


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


def test_a_new_password_is_printed_and_works_from_then_on(command: Run, migrated: Settings) -> None:
    command("user", "create", "ana@example.org", "--name", "Ana", "--role", "analyst")

    email, password = command("user", "set-password", "ana@example.org").stdout.split()

    assert (email, len(password)) == ("ana@example.org", 20)
    assert "Nobody has the mail address" in command("user", "set-password", "bob@example.org", code=1).stderr


def test_a_lost_second_step_is_taken_away_and_what_is_not_there_refused_in_words(command: Run, migrated: Settings) -> None:
    command("user", "create", "ana@example.org", "--name", "Ana", "--role", "administrator")
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

    command("user", "create", "ana@example.org", "--name", "Ana", "--role", "analyst")
    command("user", "set-password", "ana@example.org")
    with database.write() as session:
        wanted = [
            service.NewPerson(f"{name}@example.org", name, Role.ANALYST, None, "lantern orchid mosaic") for name in ("bob", "eve")
        ]
        service.create_users(session, COMMAND_LINE, wanted, passwords=Passwords(memory_kib=8, rounds=1))
    database.dispose()
