"""The demonstration's accounts: all or none, so that no password is lost that nobody saw."""

from __future__ import annotations

import pytest

from app.accounts import keys, service
from app.cli import demo
from app.config import Settings
from app.infra.db import database_url, open_database
from app.kit.actor import COMMAND_LINE, Role
from tests.cli.conftest import Run
from tests.databases import only_sqlite


class _StoppedError(Exception):
    pass


@pytest.fixture(autouse=True)
def without_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the ten seconds in which the data are loaded."""
    monkeypatch.setattr(demo, "_load", lambda _database, _settings: None)


def people(settings: Settings) -> list[str]:
    database = open_database(database_url(None, settings.data_dir), pool_size=2)
    with database.read() as session:
        found = [person.email for person in service.list_users(session, COMMAND_LINE)]
    database.dispose()
    return found


@only_sqlite
def test_a_demonstration_that_is_stopped_among_its_accounts_makes_them_all_the_next_time(
    command: Run, migrated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_words: object, **_options: object) -> None:
        raise _StoppedError

    with monkeypatch.context() as stopped, pytest.raises(_StoppedError):
        stopped.setattr(keys, "create_key", stop)
        command("demo", "--only-load")
    left = people(migrated)
    again = command("demo", "--only-load")

    assert left == []
    assert again.stdout.count("@demo.example") == len(people(migrated)) == len(Role)


@only_sqlite
def test_accounts_that_an_earlier_version_left_half_made_are_named(command: Run, migrated: Settings) -> None:
    words = ("analyst@demo.example", "--name", "Demo analyst", "--role", "analyst")
    command("user", "create", *words, "--password-stdin", typed="lantern orchid mosaic\n")

    result = command("demo", "--only-load")

    assert "there are only these: analyst." in result.stdout
    assert "readiness user set-password" in result.stdout
    assert people(migrated) == ["analyst@demo.example"]
