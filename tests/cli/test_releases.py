"""Releases on the command line: publish, list, verify, take the record out, and compute again without the database."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from app.cli.console import opened_database
from app.config import Settings
from app.releases.bundle import write_bundle
from app.releases.readable import open_release
from tests.cli.conftest import Run
from tests.databases import only_sqlite
from tests.scenarios import APEC, answers_csv

WHERE = ("--questionnaire", "small", "--version", "2026.1", "--cycle", "2026")


@pytest.fixture
def cycle(command: Run, migrated: Settings, small: Path, tmp_path: Path) -> Run:
    """Sign reviews of sixteen economies, all shown to everybody."""
    answers = tmp_path / "answers.csv"
    answers.write_bytes(answers_csv(APEC[:16], [1 + (place + 2) % 5 for place in range(16)], B2="250", B3="100"))
    command("questionnaire", "publish", small)
    command("answers", "import", *WHERE, answers, "--submit", "--consent", "public")
    return command


@pytest.fixture
def released(cycle: Run) -> Run:
    cycle("release", "publish", "small", "2026", "--note", "The first.")
    return cycle


def test_publishing_says_the_number_and_the_checksum_and_the_list_has_both(cycle: Run) -> None:
    assert "No release is published yet." in cycle("release", "list").stdout

    said = cycle("release", "publish", "small", "2026").stdout

    assert said.startswith("Published small 2026.1.0, SHA-256 ")
    checksum = said.split()[-1].rstrip(".")
    assert "small 2026.1.0  20" in cycle("release", "list", "small").stdout
    assert checksum in cycle("release", "list").stdout


@only_sqlite
def test_verifying_counts_what_agrees(released: Run) -> None:
    assert released("release", "verify", "small", "latest").stdout.endswith("numbers agree, 0 do not.\n")
    assert "No patch is due." in released("release", "patch").stdout


@only_sqlite
def test_the_record_is_computed_again_without_the_database(
    released: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sealed.zip"
    assert "It stays inside." in released("release", "export", "small", "2026.1.0", "--sealed", file).stdout

    monkeypatch.setenv("READINESS_DATA_DIR", str(tmp_path / "nowhere"))
    said = released("release", "recompute", file).stdout

    assert said.endswith("numbers agree, 0 do not.\n")
    assert not (tmp_path / "nowhere").exists()


@only_sqlite
def test_a_number_that_was_changed_is_printed_and_ends_with_an_error(released: Run, tmp_path: Path) -> None:
    file, changed = tmp_path / "sealed.zip", tmp_path / "changed.zip"
    released("release", "export", "small", "2026.1.0", "--sealed", file)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace(b'"coverage":1.0', b'"coverage":0.9', 1) if name == "content.json" else part)

    said = released("release", "recompute", changed, code=1).stdout

    assert "coverage: published 0.9, computed 1.0" in said
    assert "1 do not." in said
    assert "does not have the checksum" in said


@only_sqlite
def test_refusals_say_what_to_do(released: Run, tmp_path: Path) -> None:
    file = tmp_path / "file.zip"
    file.write_bytes(b"no archive")

    assert "There is no such release" in released("release", "verify", "small", "2026.7.0", code=1).stderr
    assert "`readiness cycle list` shows them" in released("release", "publish", "small", "1999", code=1).stderr
    assert "exists already" in released("release", "export", "small", "latest", "--sealed", file, code=1).stderr
    assert "no bundle of a release" in released("release", "recompute", file, code=1).stderr
    assert "Check the path" in released("release", "recompute", tmp_path / "none.zip", code=1).stderr


@only_sqlite
def test_a_zip_file_of_something_else_is_refused(released: Run, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("scores.csv", "a,b\n1,2\n")
    (tmp_path / "other.zip").write_bytes(buffer.getvalue())

    said = released("release", "recompute", tmp_path / "other.zip", code=1).stderr

    assert "no bundle of a release" in said


@only_sqlite
def test_a_public_bundle_gives_what_follows_from_public_figures(released: Run, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(public_bundle())

    said = released("release", "recompute", bundle).stdout

    assert "numbers agree, 0 do not." in said
    assert ", since they are computed of answers, which are not public." in said
    assert "checksum" not in said
    assert "not every contributor is public" not in said  # peer groups too: the bundle says who is in them


@only_sqlite
def test_a_bundle_from_which_scores_were_withdrawn_is_computed_as_far_as_it_goes(released: Run, tmp_path: Path) -> None:
    bundle, changed = tmp_path / "bundle.zip", tmp_path / "changed.zip"
    bundle.write_bytes(public_bundle())
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace(b'"withdrawals": []', b'"withdrawals": [{}]') if name == "release.json" else part)

    assert "Not computed from public figures: 1, since scores were withdrawn" in released("release", "recompute", changed).stdout


def public_bundle() -> bytes:
    """Return the bundle of the newest release, as the service offers it."""
    with opened_database() as database, database.read() as session:
        return write_bundle(open_release(session, "small", "latest"), method=b"", base_url="https://readiness.example.org")
