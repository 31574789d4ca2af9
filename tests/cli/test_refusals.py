"""Whatever is wrong around the program is said in one sentence, with exit code 1 and without a traceback."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from app.config import Settings
from app.infra.db import database_url, open_database
from tests.cli.conftest import Run
from tests.databases import only_sqlite

STARTS = [("migrate",), ("serve", "--port", "8791"), ("demo", "--only-load"), ("questionnaire", "list")]


@pytest.mark.parametrize("words", STARTS)
@pytest.mark.parametrize("folder", ["/dev/null", "/dev/null/inside", "/proc/nowhere"])
def test_a_data_folder_that_cannot_be_is_said(
    command: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], folder: str
) -> None:
    monkeypatch.setenv("READINESS_DATA_DIR", folder)

    result = command(*words, code=1)

    assert folder in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.strip().endswith(".")


@pytest.mark.parametrize("words", STARTS)
def test_a_file_that_is_no_database_is_said_and_kept(command: Run, empty: Path, words: tuple[str, ...]) -> None:
    empty.mkdir()
    (empty / "readiness.db").write_bytes(b"rubbish " * 1_000)

    result = command(*words, code=1)

    assert "not a database" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert (empty / "readiness.db").read_bytes() == b"rubbish " * 1_000


@pytest.mark.parametrize("words", STARTS)
@pytest.mark.parametrize("address", ["nonsense", "mysql://ana:secret@x/y"])
def test_an_address_of_no_postgresql_is_said_and_not_repeated(
    command: Run, empty: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], address: str
) -> None:
    monkeypatch.setenv("READINESS_DATABASE_URL", address)

    result = command(*words, code=1)

    assert "READINESS_DATABASE_URL is not the address of a PostgreSQL database" in result.stderr
    assert "secret" not in result.output


@pytest.mark.parametrize("value", ["one.example.org,other.example.org", ""])
def test_hosts_that_are_no_list_are_refused_by_the_name_of_their_setting(
    command: Run, empty: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("READINESS_EXTRA_HOSTS", value)

    result = command("migrate", code=1)

    assert result.stderr == (
        'READINESS_EXTRA_HOSTS cannot be read. It is a list, written as JSON such as ["one.example.org", "other.example.org"]; '
        "or unset it.\n"
    )


@pytest.mark.parametrize("name", ["READINESS_MAIL_PORT", "READINESS_POOL_SIZE", "READINESS_CHECK_LINKS"])
def test_an_empty_setting_is_called_empty(command: Run, empty: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")

    result = command("migrate", code=1)

    assert result.stderr == f"{name} is empty. Give it a value, or unset it for its default.\n"


@only_sqlite
def test_a_place_that_cannot_be_written_is_said(command: Run, migrated: Settings, small: Path) -> None:
    command("questionnaire", "publish", small)

    result = command("questionnaire", "export", "small", "2026.1", "--output", "/nonexistent/x", code=1)

    assert result.stderr.startswith("/nonexistent/x: ")


@only_sqlite
def test_what_is_unknown_is_said_in_words_of_the_command_line(command: Run, migrated: Settings) -> None:
    result = command("questionnaire", "export", "small", "2026.9", code=1)

    assert result.stderr == (
        "There is no such questionnaire version. `readiness questionnaire list` shows those that are published.\n"
    )


@pytest.mark.parametrize(
    ("host", "says"),
    [("nohost.invalid", "is not known"), ("203.0.113.7", "not an address of this machine"), ("127.0.0.1", "Something else")],
)
def test_an_address_that_cannot_be_listened_on_is_told_apart_from_a_taken_one(
    command: Run, empty: Path, host: str, says: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1] if host == "127.0.0.1" else 8792

        result = command("serve", "--host", host, "--port", str(port), code=1)

    assert says in result.stderr
    assert ("listens" in result.stderr) == (host == "127.0.0.1")


@only_sqlite
def test_the_audit_record_is_proved_whole_or_its_first_fault_is_named(command: Run, migrated: Settings, small: Path) -> None:
    command("questionnaire", "publish", small)
    command("user", "create", "ana@example.org", "--name", "Ana", "--role", "analyst")

    whole = command("audit", "verify")
    database = open_database(database_url(None, migrated.data_dir), pool_size=2)
    with database.write() as session:
        session.connection().exec_driver_sql("DROP TRIGGER audit_event_no_update")
        session.connection().exec_driver_sql("UPDATE audit_event SET actor_name = 'Eve' WHERE sequence = 2")
    database.dispose()
    broken = command("audit", "verify", code=1)

    assert whole.stdout.startswith("The audit record is whole: 2 events")
    assert "event 2" in broken.stderr
