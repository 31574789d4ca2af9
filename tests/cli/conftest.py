"""The command line, run as a person runs it, on a data folder of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from app.config import Settings
from tests.scenarios import SMALL

Run = Callable[..., Result]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `readiness` with these words, and what is typed into it; it must end with the given code."""

    def run(*words: str | Path, code: int = 0, typed: str | None = None) -> Result:
        result = CliRunner().invoke(app, [str(word) for word in words], input=typed, catch_exceptions=True)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    monkeypatch.setenv("READINESS_PASSWORD_MEMORY_KIB", "8")
    monkeypatch.setenv("READINESS_PASSWORD_ROUNDS", "1")
    monkeypatch.setenv("COLUMNS", "40")  # nothing that is copied may be wrapped to a narrow terminal
    return run


@pytest.fixture
def empty(command: Run, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the command line write into an empty folder."""
    folder = data_dir / "data"
    monkeypatch.setenv("READINESS_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def migrated(command: Run, database_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Let the command line use a migrated database."""
    monkeypatch.setenv("READINESS_DATA_DIR", str(database_settings.data_dir))
    if database_settings.database_url is not None:
        monkeypatch.setenv("READINESS_DATABASE_URL", database_settings.database_url)
    return database_settings


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Write the small review to a file."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path
