"""From an empty folder to scores: migrate, publish, import, score; and what is said when something is wrong."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import Settings
from app.infra.db import only_server
from tests.cli.conftest import Run
from tests.databases import only_sqlite
from tests.scenarios import PROJECT, SMALL, answers_csv

WHERE = ("--questionnaire", "small", "--version", "2026.1", "--cycle", "2026")
INDEX = ("--questionnaire", "bipa", "--version", "2024.1", "--cycle", "2024")
BIPA = PROJECT / "examples" / "bipa2024"


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_bytes(answers_csv(("AUS", "CHL"), [2, 5], B3="33.3"))
    return path


def scores(text: str) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["economy"], row["node"]): row for row in csv.DictReader(io.StringIO(text))}


def test_an_empty_folder_is_migrated_published_imported_and_scored(command: Run, empty: Path, small: Path, answers: Path) -> None:
    command("migrate")
    command("questionnaire", "publish", small)
    imported = command("answers", "import", *WHERE, answers, "--submit", "--consent", "public")
    scored = command("score", *WHERE, "--series", "self", "--format", "csv")

    assert imported.stdout == "Imported 8 answers of 2 reviews; submitted 2.\n"
    assert scored.stdout.splitlines()[0] == "economy,node,score,coverage,reason"
    found = scores(scored.stdout)
    assert list(found) == [(economy, node) for economy in ("AUS", "CHL") for node in ("ALL", "A", "B")]
    assert float(found["AUS", "B"]["score"]) == pytest.approx((50 + 33.3) / 2, abs=1e-12)
    assert (found["AUS", "A"]["score"], found["CHL", "A"]["score"]) == ("12.5", "50.0")
    assert {path.name.split(".")[0] for path in empty.iterdir()} <= {"readiness", "server"}


def test_scores_are_printed_with_full_precision(command: Run, migrated: Settings, small: Path, answers: Path) -> None:
    command("questionnaire", "publish", small)
    command("answers", "import", *WHERE, answers)

    found = scores(command("score", *WHERE).stdout)

    for row in found.values():
        assert repr(float(row["score"])) == row["score"]
        assert repr(float(row["coverage"])) == row["coverage"]
    assert scores(command("score", *WHERE, "--series", "evidence_supported").stdout).keys() == found.keys()


def test_a_missing_score_is_empty_and_has_a_reason(command: Run, migrated: Settings, small: Path, answers: Path) -> None:
    answers.write_text("economy,item,state,value\nAUS,A1,answered,3\nAUS,A2,declined,\nAUS,B1,declined,\n", encoding="utf-8")
    command("questionnaire", "publish", small)
    command("answers", "import", *WHERE, answers)

    found = scores(command("score", *WHERE).stdout)

    assert found["AUS", "B"]["score"] == ""
    assert found["AUS", "B"]["reason"] != ""


def test_faulty_rows_are_named_and_nothing_is_stored(command: Run, migrated: Settings, small: Path, answers: Path) -> None:
    command("questionnaire", "publish", small)
    answers.write_bytes(answers.read_bytes() + b"\nXXX,A1,answered,3,,\nAUS,Z9,answered,3,,\n")

    result = command("answers", "import", *WHERE, answers, "--submit", code=1)

    lines = result.stderr.splitlines()
    assert lines[0].startswith("2 rows cannot be read, so nothing was imported")
    assert [line.split(": ")[:2] for line in lines[1:]] == [["row 10", "unknown_economy"], ["row 11", "unknown_item"]]
    assert "no such cycle" in command("score", *WHERE, code=1).stderr


def test_scores_under_a_later_version_say_in_every_row_that_they_are_cast_back(
    command: Run, migrated: Settings, small: Path, answers: Path, tmp_path: Path
) -> None:
    later = tmp_path / "later.yaml"
    later.write_text(
        SMALL.replace('version: "2026.1"', 'version: "2027.1"').replace("points: 50", "points: 60"), encoding="utf-8"
    )
    command("questionnaire", "publish", small)
    command("questionnaire", "publish", later)
    command("answers", "import", *WHERE, answers, "--submit")

    plain, cast = command("score", *WHERE), command("score", *WHERE, "--backcast-to", "2027.1")

    assert plain.stdout.splitlines()[0] == "economy,node,score,coverage,reason"
    header = "economy,node,score,coverage,reason,is_backcast,answered_version,scored_version,carried"
    assert cast.stdout.splitlines()[0] == header
    found = scores(cast.stdout)
    assert found.keys() == scores(plain.stdout).keys()
    labels = {tuple(row[name] for name in header.split(",")[5:]) for row in found.values()}
    assert labels == {("true", "2026.1", "2027.1", "1.0")}
    assert float(found["AUS", "B"]["score"]) == pytest.approx((60 + 33.3) / 2)
    assert "no official score" in cast.stderr
    assert "2027.1" in cast.stderr
    assert plain.stderr == ""
    assert "Name a later one" in command("score", *WHERE, "--backcast-to", "2026.1", code=1).stderr


@only_sqlite
def test_an_incomplete_review_is_named(command: Run, migrated: Settings, small: Path, answers: Path) -> None:
    answers.write_text("economy,item,state,value\nAUS,A1,answered,3\n", encoding="utf-8")
    command("questionnaire", "publish", small)

    result = command("answers", "import", *WHERE, answers, "--submit", code=1)

    assert "AUS: 2 items are still blank or incomplete: A2, B1" in result.stderr


@only_sqlite
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--questionnaire", "none", "--version", "2026.1", "--cycle", "2026"), "no such questionnaire version"),
        (("--questionnaire", "small", "--version", "2026.9", "--cycle", "2026"), "no such questionnaire version"),
        (("--questionnaire", "small", "--version", "2026.1", "--cycle", "a b"), "Write a code"),
    ],
)
def test_what_is_unknown_is_said(
    command: Run, migrated: Settings, small: Path, answers: Path, words: tuple[str, ...], says: str
) -> None:
    command("questionnaire", "publish", small)

    assert says in command("answers", "import", *words, answers, code=1).stderr


@only_sqlite
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--questionnaire", "none", "--version", "2026.1", "--cycle", "2026"), "no such cycle"),
        (("--questionnaire", "small", "--version", "2026.9", "--cycle", "2026"), "no such questionnaire version"),
        (("--questionnaire", "small", "--version", "2026.1", "--cycle", "2099"), "no such cycle"),
    ],
)
def test_scores_of_what_is_unknown_are_refused(
    command: Run, migrated: Settings, small: Path, answers: Path, words: tuple[str, ...], says: str
) -> None:
    command("questionnaire", "publish", small)
    command("answers", "import", *WHERE, answers)

    refused = command("score", *words, code=1)

    assert says in refused.stderr
    assert refused.stdout == ""


@only_sqlite
def test_an_import_may_be_told_to_replace(command: Run, migrated: Settings, small: Path, answers: Path) -> None:
    command("questionnaire", "publish", small)

    assert "Imported 8 answers" in command("answers", "import", *WHERE, answers, "--replace").stdout


@only_sqlite
def test_a_file_that_cannot_be_read_is_said(command: Run, migrated: Settings, tmp_path: Path) -> None:
    assert "cannot be read" in command("answers", "import", *WHERE, tmp_path / "none.csv", code=1).stderr
    assert "cannot be read" in command("answers", "import", *WHERE, tmp_path, code=1).stderr


def test_nothing_runs_on_a_database_that_is_not_migrated(command: Run, empty: Path, small: Path) -> None:
    for words in (("questionnaire", "publish", small), ("score", *WHERE), ("questionnaire", "list")):
        assert "Run `readiness migrate` first" in command(*words, code=1).stderr


@pytest.mark.parametrize(
    "words", [("score", "--questionnaire", "x"), ("answers", "import"), ("nothing",), ("score", *WHERE, "--series", "x")]
)
def test_a_typing_error_is_told_apart_from_a_refusal(command: Run, empty: Path, words: tuple[str, ...]) -> None:
    assert "Usage" in command(*words, code=2).output


def test_a_wrong_setting_is_named(command: Run, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_POOL_SIZE", "many")

    assert "pool_size" in command("migrate", code=1).stderr.lower()


def test_the_data_folder_moves_everything_that_is_written(command: Run, empty: Path, small: Path, tmp_path: Path) -> None:
    """Run from a folder of its own, as a program of its own: nothing appears there."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(elsewhere),
        "READINESS_DATA_DIR": str(empty),
        "PYTHONPATH": str(PROJECT),
    }

    for words in (["migrate"], ["questionnaire", "publish", str(small)]):
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", *words], cwd=elsewhere, env=environment, capture_output=True, check=False, text=True
        )
        assert done.returncode == 0, done.stderr

    assert list(elsewhere.iterdir()) == []
    assert (empty / "readiness.db").exists()


def test_a_second_server_on_one_folder_is_refused(empty: Path) -> None:
    """P9."""
    with only_server(empty):
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", "serve", "--port", "8765"],
            cwd=PROJECT,
            env={"PATH": os.environ["PATH"], "HOME": str(empty), "READINESS_DATA_DIR": str(empty)},
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )

    assert done.returncode == 1
    assert "Another server already uses this data folder" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.oracle
@only_sqlite
def test_the_index_of_120_economies_comes_out_as_published(command: Run, migrated: Settings) -> None:
    """At least 96 in 100 of 6,098 published values exactly, none by more than one unit of its last digit."""
    command("questionnaire", "publish", BIPA / "questionnaire.yaml")
    command("answers", "import", *INDEX, BIPA / "answers.csv", "--submit", "--consent", "public")
    found = scores(command("score", *INDEX).stdout)

    with (BIPA / "published.csv").open(encoding="utf-8", newline="") as file:
        published = {(row["economy"], row["node"]): float(row["value"]) for row in csv.DictReader(file)}

    assert len(published) == 6_098
    differences = {key: round(abs(float(found[key]["score"]) - value), 9) for key, value in published.items()}
    assert sum(difference == 0 for difference in differences.values()) >= 0.96 * len(published)
    assert max(differences.values()) <= 0.01
    assert all(row["score"] or row["reason"] for row in found.values())


@pytest.mark.timeout(240)
@only_sqlite
def test_the_demonstration_loads_once_and_keeps_its_data(command: Run, migrated: Settings) -> None:
    first = command("demo", "--only-load")
    database = Path(migrated.data_dir) / "readiness.db"
    before = scores(command("score", "--questionnaire", "apec-ai-review", "--version", "2026.1", "--cycle", "2026").stdout)

    again = command("demo", "--only-load")

    assert "passwords are shown this once" in first.stdout
    for role in ("contributor", "coordinator", "approver", "administrator", "secretariat", "analyst"):
        assert f"{role}@demo.example" in first.stdout
    assert "rdy_" in first.stdout
    assert "loaded already" in again.stdout
    assert "readiness user set-password" in again.stdout
    assert "@demo.example" not in again.stdout
    assert len({economy for economy, _ in before}) == 21
    after = command("score", "--questionnaire", "apec-ai-review", "--version", "2026.1", "--cycle", "2026").stdout
    assert scores(after) == before
    assert database.exists()
