"""Check, publish, compare and export from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.authoring.workbook.reading import read_items_workbook
from app.config import Settings
from app.domain.questionnaire.document import Questionnaire
from tests.cli.conftest import Run
from tests.databases import only_sqlite
from tests.scenarios import SMALL, document


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_clean_file_is_called_clean_and_named_by_its_hash(command: Run, small: Path) -> None:
    result = command("questionnaire", "check", small)

    assert result.stdout == f"{small}: clean. small 2026.1, 8 items, {document().content_hash}\n"
    assert result.stderr == ""


def test_each_fault_is_named_with_file_line_code_and_what_to_do(command: Run, small: Path) -> None:
    text = SMALL.replace("- code: A2", "- code: A1").replace("{lo: 0, hi: 1000}", "{lo: 7, hi: 7}")
    small.write_text(text, encoding="utf-8")

    result = command("questionnaire", "check", small, code=1)

    lines = result.stderr.splitlines()
    assert any(line.startswith(f"{small}:{line_of(text, 'type: yes_no') - 1}: Q101: ") for line in lines), lines
    assert any(line.startswith(f"{small}:{line_of(text, '{lo: 7')}: Q132: ") for line in lines), lines
    assert all(line.endswith(".") for line in lines)
    assert result.stdout == ""


def test_one_bad_file_among_good_ones_fails_the_check(command: Run, small: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("format: 1\n", encoding="utf-8")

    result = command("questionnaire", "check", small, bad, code=1)

    assert "clean" in result.stdout
    assert f"{bad}:" in result.stderr


def test_a_file_that_is_not_there_is_named(command: Run, tmp_path: Path) -> None:
    result = command("questionnaire", "check", tmp_path / "none.yaml", code=1)

    assert "cannot be read" in result.stderr
    assert "Traceback" not in result.output


def test_publishing_again_changes_nothing_and_a_change_is_refused(command: Run, migrated: Settings, small: Path) -> None:
    first = command("questionnaire", "publish", small)
    again = command("questionnaire", "publish", small)
    small.write_text(SMALL.replace("Who pays?", "Who pays for it?"), encoding="utf-8")

    refused = command("questionnaire", "publish", small, code=1)

    assert first.stdout == again.stdout == f"Published small 2026.1, {document().content_hash}\n"
    assert "published already, with other content" in refused.stderr
    assert command("questionnaire", "list").stdout.count("small 2026.1") == 1


def test_a_published_code_gets_no_other_type_by_a_file(command: Run, migrated: Settings, small: Path) -> None:
    command("questionnaire", "publish", small)
    other = SMALL.replace('version: "2026.1"', 'version: "2026.2"').replace(
        "code: A4\n        type: text", "code: A4\n        type: yes_no"
    )
    small.write_text(other, encoding="utf-8")

    refused = command("questionnaire", "publish", small, code=1)

    assert "A4 was published in 2026.1 as text" in " ".join(refused.stderr.split())
    assert "2026.2" not in command("questionnaire", "list").stdout


@only_sqlite
def test_of_several_files_all_are_published_or_none(command: Run, migrated: Settings, small: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(SMALL.replace("code: small", "code: other").replace("lo: 0", "lo: 1000"), encoding="utf-8")

    result = command("questionnaire", "publish", small, bad, code=1)

    assert "Nothing was published" in result.stderr
    assert command("questionnaire", "list").stdout == ""


def test_an_export_checks_clean_and_publishes_as_the_same(command: Run, migrated: Settings, small: Path, tmp_path: Path) -> None:
    command("questionnaire", "publish", small)
    exported = tmp_path / "exported.yaml"

    printed = command("questionnaire", "export", "small", "2026.1")
    command("questionnaire", "export", "small", "2026.1", "--output", exported)

    assert printed.stdout == exported.read_text(encoding="utf-8")
    assert document().content_hash in command("questionnaire", "check", exported).stdout
    assert document().content_hash in command("questionnaire", "publish", exported).stdout


@only_sqlite
@pytest.mark.parametrize(("kind", "begins"), [("codebook", "row,section,"), ("ddi", "<?xml"), ("yaml", "format: 1")])
def test_a_version_is_printed_in_the_formats_of_others(
    command: Run, migrated: Settings, small: Path, kind: str, begins: str
) -> None:
    command("questionnaire", "publish", small)

    printed = command("questionnaire", "export", "small", "2026.1", "--format", kind)

    assert printed.stdout.startswith(begins)


def test_a_form_for_collectors_is_written_to_a_file_and_never_to_the_terminal(
    command: Run, migrated: Settings, small: Path, tmp_path: Path
) -> None:
    command("questionnaire", "publish", small)
    form = tmp_path / "form.xlsx"

    refused = command("questionnaire", "export", "small", "2026.1", "--format", "xlsform", code=1)
    command("questionnaire", "export", "small", "2026.1", "--format", "xlsform", "--output", form)

    assert "--output" in refused.stderr
    assert form.read_bytes().startswith(b"PK")
    assert (
        "no translation"
        in command("questionnaire", "export", "small", "2026.1", "--format", "ddi", "--language", "xx", code=1).stderr
    )


def test_an_unknown_version_is_not_exported(command: Run, migrated: Settings) -> None:
    result = command("questionnaire", "export", "small", "2026.1", code=1)

    assert "no such questionnaire version" in result.stderr


@only_sqlite
def test_two_versions_are_compared_item_by_item(command: Run, migrated: Settings, small: Path, tmp_path: Path) -> None:
    command("questionnaire", "publish", small)
    later = tmp_path / "later.yaml"
    text = SMALL.replace('"2026.1"', '"2026.2"').replace("What else should a reader know?", "What else matters?")
    later.write_text(text.replace("minimum_coverage: 0.5", "minimum_coverage: 0.6"), encoding="utf-8")

    same = command("questionnaire", "diff", "small@2026.1", small)
    changed = command("questionnaire", "diff", "small@2026.1", later)

    assert same.stdout == "Nothing changed.\n"
    assert changed.stdout.startswith("A4: ")
    assert "scheme changed" in changed.stdout


@pytest.mark.parametrize("words", [("small@2026.9", "small@2026.1"), ("nowhere.yaml", "small@2026.1")])
@only_sqlite
def test_what_is_not_there_cannot_be_compared(command: Run, migrated: Settings, words: tuple[str, str]) -> None:
    assert "Traceback" not in command("questionnaire", "diff", *words, code=1).output


def test_the_committed_schema_is_that_of_the_format(command: Run) -> None:
    command("questionnaire", "schema", "--check", Path("docs/questionnaire.schema.json"))


@pytest.mark.parametrize("word", ["schema", "trace"])
def test_a_folder_is_nothing_to_compare_with(command: Run, small: Path, tmp_path: Path, word: str) -> None:
    files = [small] if word == "trace" else []

    assert command("questionnaire", word, *files, "--check", tmp_path, code=1).stderr.startswith(f"{tmp_path}: ")


def test_a_questionnaire_is_traced_once(command: Run, small: Path) -> None:
    assert "small 2026.1 is named twice" in command("questionnaire", "trace", small, small, code=1).stderr


def test_the_committed_contract_is_that_of_the_routes(command: Run) -> None:
    command("openapi", "--check", Path("docs/openapi.json"))


def test_the_items_of_a_version_are_written_to_a_workbook(command: Run, migrated: Settings, small: Path, tmp_path: Path) -> None:
    command("questionnaire", "publish", small)
    items = tmp_path / "items.xlsx"

    refused = command("questionnaire", "export", "small", "2026.1", "--format", "xlsx", code=1)
    command("questionnaire", "export", "small", "2026.1", "--format", "xlsx", "--output", items)

    assert "--output" in refused.stderr
    read = read_items_workbook(items.read_bytes()).document
    assert Questionnaire.model_validate_json(read.text()).content_hash == document().content_hash
