"""A language from one file: started, brought up to date, counted and checked from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.extraction import interface_messages
from app.infra.catalogs import is_reviewed, read_catalog
from tests import builders as make
from tests.cli.conftest import Run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "languages"
    monkeypatch.setenv("READINESS_TRANSLATIONS_DIR", str(path))
    return path


def fill(path: Path, text: str, translation: str) -> None:
    """Translate one text of a file, as an editor does."""
    source = path.read_text(encoding="utf-8")
    entry = f'msgid "{text}"\nmsgstr ""'
    assert entry in source
    path.write_text(source.replace(entry, f'msgid "{text}"\nmsgstr "{translation}"'), encoding="utf-8")


def test_a_new_language_is_one_file_with_every_text(command: Run, folder: Path) -> None:
    command("translation", "start", "ko")

    catalog = read_catalog(folder / "ko.po")
    assert catalog.get("Save and continue") is not None
    assert catalog.get("Public sector capacity", "apec-ai-review B1") is not None
    assert any(message.context == "asean-us-ai AU-01" for message in catalog)
    assert "한국어" in command("translation", "coverage").stdout


def test_a_language_is_not_started_twice_and_not_under_a_made_up_code(command: Run, folder: Path) -> None:
    command("translation", "start", "ja")

    assert "exists already" in command("translation", "start", "ja", code=1).stderr
    assert "no language code" in command("translation", "start", "klingon", code=1).stderr
    assert "no language code" in command("translation", "start", "../ja", code=1).stderr
    assert [path.name for path in folder.iterdir()] == ["ja.po"]


def test_what_is_translated_is_counted_and_kept_when_the_file_is_brought_up_to_date(command: Run, folder: Path) -> None:
    command("translation", "start", "id")
    path = folder / "id.po"
    fill(path, "Save and continue", "Simpan dan lanjutkan")
    reviewed = "# Reviewed by: Seorang ahli\n"
    path.write_text(reviewed + path.read_text(encoding="utf-8") + '\nmsgid "Gone"\nmsgstr "Hilang"\n', encoding="utf-8")

    command("translation", "update", "id")

    kept = read_catalog(path)
    found = kept.get("Save and continue")
    assert found is not None
    assert found.string == "Simpan dan lanjutkan"
    assert kept.get("Gone") is None
    assert is_reviewed(kept)
    assert "interface: 1 of" in command("translation", "coverage").stdout
    before = path.read_bytes()
    command("translation", "update", "id")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "translation", "words"),
    [
        ("Saved {time}", "Masih {number} soal", "other placeholders"),
        ("Saved {time}", "Tersimpan", "other placeholders"),
        ("Saved {time}", "Tersimpan {time", "other placeholders"),
        ("Saved {time}", "Tersimpan {time} {}", "other placeholders"),
        ("Saved {time}", "<b>Tersimpan</b> {time}", "markup"),
        ("Weight, %%", "Bobot, %", "another number of %%"),
    ],
)
def test_a_translation_that_is_not_whole_is_named(command: Run, folder: Path, text: str, translation: str, words: str) -> None:
    command("translation", "start", "id")
    fill(folder / "id.po", text, translation)

    assert words in command("translation", "check", code=1).stdout


def test_every_form_of_a_number_is_looked_at(command: Run, folder: Path) -> None:
    command("translation", "start", "pl")
    path = folder / "pl.po"
    entry = 'msgid_plural "{days} days"\nmsgstr[0] ""\nmsgstr[1] ""\nmsgstr[2] ""'
    text = path.read_text(encoding="utf-8")
    assert entry in text
    forms = 'msgid_plural "{days} days"\nmsgstr[0] "{days} dzień"\nmsgstr[1] "{days} dni"\nmsgstr[2] "dni"'
    path.write_text(text.replace(entry, forms), encoding="utf-8")

    assert "other placeholders" in command("translation", "check", code=1).stdout


def test_a_file_that_is_not_up_to_date_is_named(command: Run, folder: Path) -> None:
    command("translation", "start", "id")
    path = folder / "id.po"
    path.write_text(path.read_text(encoding="utf-8").replace('msgid "Save and continue"', 'msgid "Save"'), encoding="utf-8")

    assert "not up to date" in command("translation", "check", code=1).stdout


def test_the_spanish_that_comes_with_the_program_is_whole(command: Run) -> None:
    counted = command("translation", "coverage").stdout

    interface = len(interface_messages(make.PROJECT / "app"))
    assert f"interface: {interface} of {interface} texts (100 %)" in counted
    assert "apec-ai-review: 1200 of 1200 texts (100 %)" in counted
    assert "not yet reviewed by a native expert" in counted
    command("translation", "check")


@pytest.mark.parametrize("name", ["form.pdf", "questions.xlsx"])
def test_a_form_is_written_in_a_language(command: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / name

    command("questionnaire", "form", make.READINESS_FILE, "--language", "es", "--output", path)

    assert path.stat().st_size > 50_000
    assert (
        "neither .pdf nor .xlsx"
        in command("questionnaire", "form", make.READINESS_FILE, "--output", tmp_path / "form.doc", code=1).stderr
    )
    assert (
        "no translation into ko"
        in command("questionnaire", "form", make.READINESS_FILE, "--language", "ko", "--output", path, code=1).stderr
    )


def test_style_is_checked_when_it_is_asked_for(command: Run, small: Path) -> None:
    command("questionnaire", "check", small)

    assert "S1" in command("questionnaire", "check", "--style", small, code=1).stderr
