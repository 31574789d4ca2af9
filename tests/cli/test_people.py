"""Accounts from the command line: made with a password that is shown once."""

from __future__ import annotations

import pytest

from app.config import Settings
from tests.cli.conftest import Run


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
