"""How sure the scores of a cycle are, on the command line: rows by code, and a sentence for what cannot be done."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from app.config import Settings
from tests.cli.conftest import Run
from tests.databases import only_sqlite
from tests.scenarios import SMALL, answers_csv

WHERE = ("--questionnaire", "small", "--version", "2026.1", "--cycle", "2026")
FEW = ("--replicates", "50")


@pytest.fixture
def cycle(command: Run, migrated: Settings, small: Path, tmp_path: Path) -> Run:
    """Sign the reviews of three economies, of which the first by code scores in the middle."""
    answers = tmp_path / "answers.csv"
    answers.write_bytes(answers_csv(("PER", "AUS", "CHL"), [1, 3, 5], B3="33.3"))
    command("questionnaire", "publish", small)
    command("answers", "import", *WHERE, answers, "--submit")
    return command


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_ranges_come_by_code_and_the_same_every_time(cycle: Run) -> None:
    first = cycle("method", "uncertainty", *WHERE, *FEW)
    again = cycle("method", "uncertainty", *WHERE, *FEW, "--release", "small-2026", "--series", "self", "--format", "csv")

    assert first.stdout == again.stdout
    rows = table(first.stdout)
    assert [(row["economy"], row["node"]) for row in rows] == [(e, n) for e in ("AUS", "CHL", "PER") for n in ("ALL", "A", "B")]
    assert {(row["release"], row["replicates"]) for row in rows} == {("small-2026", "50")}
    assert all(float(row["q05"]) <= float(row["q95"]) for row in rows)
    scores = table(cycle("score", *WHERE).stdout)
    assert [row["score"] for row in rows] == [row["score"] for row in scores]


def test_it_says_to_keep_the_output_inside(cycle: Run) -> None:
    said = cycle("method", "uncertainty", *WHERE, *FEW).stderr

    assert "keep the output inside" in said
    assert "release small-2026, seed " in said


def test_json_holds_the_same_rows_and_what_made_them(cycle: Run) -> None:
    rows = table(cycle("method", "uncertainty", *WHERE, *FEW).stdout)

    document = json.loads(cycle("method", "uncertainty", *WHERE, *FEW, "--format", "json").stdout)

    assert document["made_with"]["release"] == "small-2026"
    assert [repr(row["q95"]) for row in document["rows"]] == [row["q95"] for row in rows]


def test_pairs_are_a_matrix_of_probabilities(cycle: Run) -> None:
    rows = table(cycle("method", "uncertainty", *WHERE, *FEW, "--pairs", "A").stdout)

    assert list(rows[0]) == ["economy", "other", "probability"]
    assert [(row["economy"], row["other"]) for row in rows] == [
        (one, other) for one in ("AUS", "CHL", "PER") for other in ("AUS", "CHL", "PER") if one != other
    ]
    assert {row["probability"] for row in rows if row["economy"] == "PER"} == {"0.0"}


def test_factors_come_with_their_intervals(cycle: Run) -> None:
    found = cycle("method", "uncertainty", *WHERE, "--sobol", "ALL")

    rows = table(found.stdout)
    assert list(rows[0]) == ["output", "factor", "first", "first_low", "first_high", "total", "total_low", "total_high"]
    assert len(rows) == 4 * 6
    assert "samples 1024" in found.stderr


def test_another_release_draws_otherwise(cycle: Run) -> None:
    one, other = (table(cycle("method", "uncertainty", *WHERE, *FEW, "--release", name).stdout) for name in ("2026-a", "2026-b"))

    assert one[0]["seed"] != other[0]["seed"]
    assert one[0]["q05"] != other[0]["q05"]


@only_sqlite
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--pairs", "A", "--sobol", "A"), "Choose --pairs or --sobol"),
        (("--sobol", "A", "--replicates", "50"), "Leave --replicates out"),
        (("--replicates", "0"), "At least one replicate is needed"),
        (("--pairs", "Z"), "There is no Z. Choose from: A, ALL, B."),
        (("--sobol", "Z"), "There is no Z. Choose from: A, ALL, B."),
        (("--series", "evidence_supported"), "Choose the series self"),
    ],
)
def test_what_cannot_be_done_is_said(cycle: Run, words: tuple[str, ...], says: str) -> None:
    refused = cycle("method", "uncertainty", *WHERE, *words, code=1)

    assert says in refused.stderr
    assert refused.stdout == ""


@only_sqlite
def test_a_cycle_without_signed_reviews_is_said(command: Run, migrated: Settings, small: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_bytes(answers_csv(("AUS",)))
    command("questionnaire", "publish", small)
    command("answers", "import", *WHERE, answers)

    assert "nothing to compute" in command("method", "uncertainty", *WHERE, code=1).stderr
    assert "no such cycle" in command("method", "uncertainty", *WHERE[:-1], "2099", code=1).stderr


@only_sqlite
def test_relative_scales_are_refused(command: Run, migrated: Settings, tmp_path: Path) -> None:
    relative, answers = tmp_path / "relative.yaml", tmp_path / "answers.csv"
    relative.write_text(SMALL.replace("goalposts: {lo: 0, hi: 1000}", "normalisation: {method: min_max}"), encoding="utf-8")
    answers.write_bytes(answers_csv(("AUS",)))
    command("questionnaire", "publish", relative)
    command("answers", "import", *WHERE, answers, "--submit", "--consent", "public")

    assert "fixed scales" in command("method", "uncertainty", *WHERE, code=1).stderr
