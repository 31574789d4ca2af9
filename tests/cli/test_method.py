"""The method report as a file: Markdown, the same every time, naming no economy."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import Settings
from tests.cli.conftest import Run
from tests.scenarios import APEC, answers_csv

WHERE = ("--questionnaire", "small", "--version", "2026.1", "--cycle", "2026")


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_bytes(answers_csv(APEC, [1 + place % 5 for place in range(len(APEC))]))
    return path


def test_a_report_is_written_with_all_its_parts(
    command: Run, migrated: Settings, small: Path, answers: Path, tmp_path: Path
) -> None:
    command("questionnaire", "publish", small)
    command("answers", "import", *WHERE, answers, "--submit", "--consent", "peers")
    file = tmp_path / "report.md"

    written = command("method", "report", *WHERE, "--output", file)
    printed = command("method", "report", *WHERE)

    text = file.read_text(encoding="utf-8")
    assert written.stdout == ""
    assert printed.stdout == text
    assert text.startswith("# How the method behaves: ")
    assert text.count("\n## ") == 8
    assert "21 of 21 economies" in text
    assert "| A1 | " in text
    assert [code for code in APEC if code in text] == []


def test_private_answers_give_no_report_of_them(command: Run, migrated: Settings, small: Path, answers: Path) -> None:
    command("questionnaire", "publish", small)
    command("answers", "import", *WHERE, answers, "--submit")

    text = command("method", "report", *WHERE).stdout

    assert "0 of 21 economies" in text
    assert "\n## " not in text


def test_an_unknown_cycle_is_named(command: Run, migrated: Settings, small: Path) -> None:
    command("questionnaire", "publish", small)

    refused = command("method", "report", *WHERE, code=1)

    assert "There is no such cycle." in refused.stderr


def test_a_folder_that_is_not_there_is_named(command: Run, migrated: Settings, small: Path, answers: Path) -> None:
    command("questionnaire", "publish", small)
    command("answers", "import", *WHERE, answers)

    refused = command("method", "report", *WHERE, "--output", "/nowhere/report.md", code=1)

    assert "/nowhere/report.md" in refused.stderr
