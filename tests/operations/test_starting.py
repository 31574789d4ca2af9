"""What the program refuses at its start, and what the doctor says; every refusal names the setting and what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from app.cli import app as command_line
from app.cli import starting
from app.cli.doctor import examine
from app.cli.examining.database import skew
from app.cli.examining.findings import State
from app.config import Settings
from app.infra import stamps
from app.infra.db import Database
from app.kit import clock
from tests.databases import only_sqlite
from tests.scenarios import PROJECT

PUBLIC = {"base_url": "https://readiness.example.org", "development": False}
REFUSED = [
    ({"secret_key": "short"}, "READINESS_SECRET_KEY"),
    ({"secret_key": ""}, "READINESS_SECRET_KEY"),
    ({"secret_key": "abcabcabc" * 5}, "READINESS_SECRET_KEY"),
    ({"data_dir": ""}, "READINESS_DATA_DIR"),
    ({"data_dir": " "}, "READINESS_DATA_DIR"),
    ({"translations_dir": ""}, "READINESS_TRANSLATIONS_DIR"),
    ({"extra_hosts": ("*",)}, "READINESS_EXTRA_HOSTS"),
    ({"extra_hosts": ("https://other.example",)}, "READINESS_EXTRA_HOSTS"),
    ({"extra_hosts": ("",)}, "READINESS_EXTRA_HOSTS"),
    ({"trusted_proxies": "*"}, "READINESS_TRUSTED_PROXIES"),
    ({"trusted_proxies": "127.0.0.1, proxy"}, "READINESS_TRUSTED_PROXIES"),
    ({"base_url": "http://readiness.example.org", "development": False}, "READINESS_BASE_URL"),
    ({"base_url": "https://name:word@readiness.example.org"}, "READINESS_BASE_URL"),
    ({"oidc_issuer": "http://issuer.example", "oidc_client_id": "us"}, "READINESS_OIDC_ISSUER"),
    (
        {"oidc_issuer": "https://issuer.example", "oidc_client_id": "us", "oidc_client_secret": " "},
        "READINESS_OIDC_CLIENT_SECRET",
    ),
    ({"traces_url": "collector:4318"}, "READINESS_TRACES_URL"),
    ({"rate_large_day": 1}, "READINESS_RATE_LARGE_DAY"),
]
DANGEROUS = [
    ({"base_url": "https://readiness.example.org"}, "READINESS_DEVELOPMENT"),
    ({**PUBLIC, "password_memory_kib": 8}, "READINESS_PASSWORD_MEMORY_KIB"),
    ({**PUBLIC, "trusted_proxies": "0.0.0.0/0"}, "READINESS_TRUSTED_PROXIES"),
    ({**PUBLIC, "database_url": "postgresql://readiness:postgres@db/readiness"}, "READINESS_DATABASE_URL"),
]


@pytest.mark.abuse("H1")
@pytest.mark.parametrize(("given", "named"), REFUSED)
def test_a_setting_that_is_weak_or_open_to_all_is_refused_by_its_name(given: dict[str, object], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Settings.model_validate(given)


@pytest.mark.abuse("H1")
@pytest.mark.parametrize(("given", "named"), DANGEROUS)
def test_what_is_fit_for_one_desk_only_does_not_start_on_a_public_address(given: dict[str, object], named: str) -> None:
    reasons = list(starting.dangers(Settings.model_validate(given)))

    assert len(reasons) == 1
    assert reasons[0].startswith(named)
    assert "postgres@" not in reasons[0]


def test_a_public_server_as_the_guide_sets_it_up_starts() -> None:
    settings = Settings.model_validate({**PUBLIC, "trusted_proxies": "127.0.0.1,10.0.0.0/8"})

    assert list(starting.dangers(settings)) == []


def test_a_misspelled_setting_is_told_from_a_name_that_others_write() -> None:
    names = ["READINESS_DATABSE_URL", "READINESS_PORT_8000_TCP_ADDR", "READINESS_DATA_DIR", "READINESS_CHROMIUM", "PATH"]

    found = dict(starting.unknown_names(names))

    assert found == {"READINESS_DATABSE_URL": "READINESS_DATABASE_URL", "READINESS_PORT_8000_TCP_ADDR": None}


@pytest.mark.abuse("H1")
def test_the_server_does_not_start_with_a_misspelled_setting(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setenv("READINESS_DATA_DIR", str(data_dir / "new"))
    monkeypatch.setenv("READINESS_TRUSTED_PROXY", "10.0.0.1")

    ended = CliRunner().invoke(command_line, ["serve", "--port", "1"])

    with pytest.raises(SystemExit):
        starting.refuse_bad_start(Settings(data_dir=data_dir), os.environ)
    assert ended.exit_code == 1
    assert not (data_dir / "new").exists()


@pytest.mark.abuse("H2")
@only_sqlite
def test_a_folder_that_everybody_may_write_into_is_refused_and_files_are_made_private(database: Database, data_dir: Path) -> None:
    with database.read() as session:
        session.connection()
    assert (data_dir / "readiness.db").stat().st_mode & 0o077 == 0
    data_dir.chmod(0o777)

    with pytest.raises(SystemExit):
        starting.refuse_bad_start(Settings(data_dir=data_dir), [])

    data_dir.chmod(0o700)
    starting.refuse_bad_start(Settings(data_dir=data_dir), [])


@only_sqlite
def test_a_folder_of_languages_that_is_not_there_is_refused_and_found(database_settings: Settings, data_dir: Path) -> None:
    settings = database_settings.model_copy(update={"translations_dir": data_dir / "nowhere"})

    with pytest.raises(SystemExit):
        starting.refuse_bad_start(settings, [])

    assert _states(settings)["settings"] is State.FAIL


@pytest.mark.abuse("H7")
def test_packages_older_than_is_safe_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(starting.old_packages()) == []
    monkeypatch.setattr(starting, "FLOORS", {"starlette": ("999.0", "of a test"), "no-such-package": ("1", "of a test")})

    assert [reason.split()[2] for reason in starting.old_packages()] == ["starlette", "no-such-package"]


@pytest.mark.abuse("H7")
def test_the_floors_are_those_of_the_project() -> None:
    project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")

    assert [name for name, (floor, _) in starting.FLOORS.items() if f'"{name}>={floor}' not in project] == []


def _private(settings: Settings) -> None:
    """Make the test's copy of a database as the program makes its own."""
    for path in settings.data_dir.glob("readiness.db*"):
        path.chmod(0o600)


def _states(settings: Settings, environment: tuple[str, ...] = ()) -> dict[str, State]:
    return {finding.name: finding.state for finding in examine(settings, list(environment))}


def test_the_doctor_finds_nothing_to_mend_in_a_sound_service(database_settings: Settings) -> None:
    stamps.put(database_settings.data_dir, stamps.BACKUP)
    _private(database_settings)

    states = _states(database_settings)

    durable = {"durability"} if database_settings.database_url else set()  # the tests' own server flushes nothing
    assert {name for name, state in states.items() if state is State.FAIL} == durable
    assert states["backup"] is State.OK


@only_sqlite
def test_the_doctor_names_what_is_broken(database_settings: Settings) -> None:
    _private(database_settings)
    (database_settings.data_dir / "secret.key").write_bytes(b"x" * 32)
    (database_settings.data_dir / "secret.key").chmod(0o644)
    given = {"mail_host": "127.0.0.1", "mail_port": 9, "mail_from": "a@example.org", "oidc_issuer": "http://127.0.0.1:9"}

    states = _states(database_settings.model_copy(update=given), ("READINESS_DATABSE_URL",))

    assert {name for name, state in states.items() if state is State.FAIL} == {"settings", "modes", "mail", "issuer"}


def test_the_doctor_tells_a_clock_that_went_astray() -> None:
    ours = clock.now()

    states = [skew(ours.replace(year=ours.year + years), ours).state for years in (0, 1)]

    assert states == [State.OK, State.FAIL]


@only_sqlite
def test_the_doctor_ends_with_one_where_something_has_to_be_mended(
    monkeypatch: pytest.MonkeyPatch, database_settings: Settings
) -> None:
    _private(database_settings)
    monkeypatch.setenv("READINESS_DATA_DIR", str(database_settings.data_dir))
    well = CliRunner().invoke(command_line, ["doctor", "--json"])
    monkeypatch.setenv("READINESS_DATABASE_URL", "postgresql://127.0.0.1:9/nothing")
    ill = CliRunner().invoke(command_line, ["doctor"])

    assert (well.exit_code, ill.exit_code) == (0, 1)
    assert {"name", "state", "says", "advice"} == set(json.loads(well.output)[0])
    assert "fail  database" in ill.output
