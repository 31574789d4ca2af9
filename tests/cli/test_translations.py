"""A language from one file: started, brought up to date, counted and checked from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.extraction import interface_messages
from app.config import Settings
from app.domain.questionnaire.translate import Message
from app.infra.catalogs import Catalogs, is_reviewed, read_catalog
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE
from app.questionnaires import translations
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


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("en", "English is the language"),
        ("EN", "English is the language"),
        ("KO", "Write ko."),
        ("zh-hant", "Write zh-Hant."),
        ("pt-br", "Write pt-BR."),
        ("ko@euro", "Write ko."),
    ],
)
def test_a_language_is_started_under_its_code_as_it_is_written_only(command: Run, folder: Path, code: str, says: str) -> None:
    assert says in command("translation", "start", code, code=1).stderr
    assert not folder.exists()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("fr", "`readiness translation start fr` makes one."),
        ("../other", "no language code"),
        ("en", "English is the language"),
        ("JA", "Write ja."),
    ],
)
def test_only_a_language_that_is_there_is_brought_up_to_date(command: Run, folder: Path, code: str, says: str) -> None:
    other = folder.parent / "other.po"
    other.write_text('msgid "Gone"\nmsgstr "Hilang"\n', encoding="utf-8")

    assert says in command("translation", "update", code, code=1).stderr
    assert other.read_text(encoding="utf-8") == 'msgid "Gone"\nmsgstr "Hilang"\n'
    assert not folder.exists()


@pytest.mark.parametrize("words", [("check",), ("coverage",), ("update",), ("update", "ko")])
@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (b'msgid "A"\nmsgstr "\xff"\n', "line 2 is not in UTF-8"),
        (b'<<<<<<< HEAD\nmsgid "A"\nmsgstr "B"\n', "line 1 cannot be read as PO"),
        (b'msgid "A"\nmsgtsr "B"\n', "line 2 cannot be read as PO"),
        (b'msgid "A"\nmsgstr "B\n', "line 2 cannot be read as PO"),
        (b'msgid ""\nmsgstr "Plural-Forms: nplurals=x; plural=0;"\n', "cannot be read as PO"),
    ],
    ids=["bytes", "conflict", "keyword", "quote", "header"],
)
def test_a_damaged_file_is_named_and_left_as_it_is(
    command: Run, folder: Path, words: tuple[str, ...], damage: bytes, says: str
) -> None:
    folder.mkdir()
    path = folder / "ko.po"
    path.write_bytes(damage)

    result = command("translation", *words, code=1)

    assert result.stderr.startswith(f"{path}: ")
    assert says in result.stderr
    assert path.read_bytes() == damage
    assert Catalogs(folder).get("ko").code == "en"  # the service goes on in English


@pytest.mark.parametrize("words", [("start", "ko"), ("update", "ko"), ("coverage",), ("check",)])
def test_a_file_in_place_of_the_folder_is_said(command: Run, folder: Path, words: tuple[str, ...]) -> None:
    folder.write_text("notes", encoding="utf-8")

    assert f"{folder} is a file, not a folder." in command("translation", *words, code=1).stderr


@pytest.mark.parametrize("word", ["coverage", "check", "update"])
def test_where_there_is_no_language_that_is_said(command: Run, folder: Path, word: str) -> None:
    assert command("translation", word).stdout == f"There are no languages beside English in {folder}.\n"
    assert not folder.exists()


@pytest.mark.parametrize("words", [("coverage",), ("start", "ko")])
def test_published_texts_need_a_database_and_make_none(command: Run, folder: Path, empty: Path, words: tuple[str, ...]) -> None:
    folder.mkdir()
    (folder / "id.po").write_text('msgid "A"\nmsgstr "B"\n', encoding="utf-8")

    assert "There is no database yet" in command("translation", *words, "--published", code=1).stderr
    assert not empty.exists()
    assert [path.name for path in folder.iterdir()] == ["id.po"]


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


@pytest.mark.parametrize("name", ["form.pdf", "FORM.PDF", "questions.xlsx"])
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


@pytest.fixture
def translated(migrated: Settings, database: Database, command: Run, small: Path) -> Settings:
    """Publish the small review and translate two of its texts on the desk."""
    command("questionnaire", "publish", small)
    message = Message("small A1", "text", "How far is the strategy?")
    unknown = Message("small A1", "text", "How near is the strategy?")
    with database.write() as session:
        for each, text in ((message, "¿Qué tan avanzada está?"), (unknown, "¿Qué tan cerca está?")):
            translations.write(session, COMMAND_LINE, "small", "es", each, text, is_known=False)
    return migrated


@pytest.mark.usefixtures("translated")
def test_what_was_translated_on_the_desk_is_taken_over_into_the_file(command: Run, folder: Path) -> None:
    started = command("translation", "take", "es").stdout
    again = command("translation", "take", "es").stdout

    catalog = read_catalog(folder / "es.po")
    found = catalog.get("How far is the strategy?", "small A1")
    assert found is not None
    assert found.string == "¿Qué tan avanzada está?"
    assert catalog.get("Save and continue") is not None
    assert "2 texts from the desk" in started
    assert "Nothing was written" in again


@pytest.mark.usefixtures("translated")
def test_a_text_of_the_desk_takes_the_place_of_that_of_the_file_and_all_else_stays(command: Run, folder: Path) -> None:
    command("translation", "start", "es", "--published")
    fill(folder / "es.po", "How far is the strategy?", "Del archivo")
    fill(folder / "es.po", "Is there a law?", "¿Hay una ley?")

    command("translation", "take", "es")

    texts = Catalogs(folder).texts("es")
    assert texts["small A1", "How far is the strategy?"] == "¿Qué tan avanzada está?"
    assert texts["small A2", "Is there a law?"] == "¿Hay una ley?"
    assert texts["small A1", "How near is the strategy?"] == "¿Qué tan cerca está?"


def test_there_is_nothing_to_take_over_without_a_database(command: Run, folder: Path, empty: Path) -> None:
    assert "no database yet" in command("translation", "take", "es", code=1).stderr
    assert not folder.exists()
    assert not empty.exists()
