"""One document, one hash: however it was written, stored or exported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from app.domain.questionnaire.check import check, read_document
from app.domain.questionnaire.document import Questionnaire, Scheme, read_canonical, version_order
from app.infra.yaml import read_yaml
from app.questionnaires.service import as_yaml
from tests import builders as make
from tests.domain.documents import wordy_documents

REAL_FILES = [make.READINESS_FILE, make.BIPA_FOLDER / "questionnaire.yaml"]

PUBLISHED_HASHES = [
    "9c7071a7c6b0613198d9fcdcc88999e8e152e45f8a617fd01d34e03e5a6c607b",
    "fbb95216177523c4a5cee1ac0a080e4d30bf9cca89687a05f1a5b6630c10b4f3",
]


def _reversed(content: object) -> object:
    """Turn the order of every mapping's keys round."""
    if isinstance(content, dict):
        return {key: _reversed(value) for key, value in reversed(content.items())}
    return [_reversed(value) for value in content] if isinstance(content, list) else content


def _from(content: object) -> Questionnaire:
    found = read_document(json.dumps(content))
    assert isinstance(found, Questionnaire), found
    return found


@pytest.mark.parametrize(("path", "content_hash"), [*zip(REAL_FILES, PUBLISHED_HASHES, strict=True)], ids=["readiness", "bipa"])
def test_a_field_that_the_format_gained_changes_no_hash_of_what_was_published_before(path: Path, content_hash: str) -> None:
    assert make.read_clean(path.read_bytes()).content_hash == content_hash


@pytest.mark.parametrize("path", REAL_FILES, ids=["readiness", "bipa"])
def test_the_order_of_keys_changes_no_hash(path: Path) -> None:
    content = read_yaml(path.read_bytes()).content

    assert _from(_reversed(content)).content_hash == _from(content).content_hash


@pytest.mark.parametrize("path", REAL_FILES, ids=["readiness", "bipa"])
def test_defaults_written_out_change_no_hash(path: Path) -> None:
    terse = make.read_clean(path.read_bytes())

    verbose = _from(terse.model_dump(mode="json", by_alias=True))

    assert verbose.content_hash == terse.content_hash
    assert verbose == terse


@pytest.mark.parametrize("path", REAL_FILES, ids=["readiness", "bipa"])
def test_a_real_file_survives_export_and_storage(path: Path) -> None:
    original = make.read_clean(path.read_bytes())

    exported = make.read_clean(as_yaml(original).encode())
    stored = read_canonical(original.canonical())

    assert exported == stored == original
    assert exported.content_hash == stored.content_hash == original.content_hash


def test_an_export_begins_as_an_author_begins() -> None:
    exported = as_yaml(make.small("conditions"))

    assert [line.split(":")[0] for line in exported.splitlines()[:5]] == ["format", "code", "version", "title", "summary"]
    assert "na_allowed" not in exported, "defaults are left out"


@pytest.mark.fuzz
@settings(max_examples=40)
@given(wordy_documents())
def test_any_document_survives_export_and_storage(document: Questionnaire) -> None:
    assert check(document) == ()

    exported = make.read_clean(as_yaml(document).encode())
    stored = read_canonical(document.canonical())

    assert exported == stored == document
    assert exported.content_hash == stored.content_hash == document.content_hash


def test_another_word_is_another_document() -> None:
    document = make.small("four_tiers")

    assert document.model_copy(update={"title": "Four Tiers"}).content_hash != document.content_hash


@pytest.mark.parametrize(
    ("written", "read"), [('"2/3"', 2 / 3), ("0.6666666666666666", 2 / 3), ('"1/2"', 0.5), ("0", 0), ("1", 1)]
)
def test_a_threshold_may_be_written_as_a_fraction(written: str, read: float) -> None:
    assert Scheme.model_validate_json(f'{{"minimum_coverage": {written}}}', strict=True).minimum_coverage == read


@pytest.mark.parametrize(
    "written",
    ['"2/0"', '"0.8"', '"two thirds"', '"1e999999999"', '"4/3"', '"-1/3"', "1.01", "-0.01", '""', '"٢/٣"', "true", "null"],
)
def test_what_is_no_share_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        Scheme.model_validate_json(f'{{"minimum_coverage": {written}}}', strict=True)


@pytest.mark.parametrize("code", ["A", "A-01", "b.i.1", "9", "x_y", "A" * 64])
def test_codes_are_letters_digits_dots_hyphens_and_underscores(code: str) -> None:
    assert make.yes_no(code).code == code


@pytest.mark.abuse("I8")
@pytest.mark.parametrize(
    "code", ["", "../x", "__proto__", ".x", "-x", "a b", "a/b", "é", "A" * 65, "A" * 10_000, "x\n", "x\x00", "\uff11", "a\u202eb"]
)
def test_other_codes_are_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        make.yes_no(code)


@pytest.mark.abuse("I11")
@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf"), 1e308, 5e-324])
def test_a_weight_that_no_sum_could_carry_is_refused(weight: float) -> None:
    with pytest.raises(ValidationError):
        make.yes_no("A-01", weight=weight)


@pytest.mark.abuse("I11")
@pytest.mark.parametrize("goalpost", [float("nan"), float("inf"), -float("inf"), 1e308])
def test_a_goalpost_whose_distance_could_overflow_is_refused(goalpost: float) -> None:
    with pytest.raises(ValidationError):
        make.number("A-01", hi=goalpost)


@pytest.mark.parametrize("words", ["", "   ", "\n\t", "\u00a0", "a\x00b", "a\x07b", "a\u202eb", "a" * 4_001])
def test_a_text_is_words_and_nothing_hidden(words: str) -> None:
    with pytest.raises(ValidationError):
        make.yes_no("A-01", text=words)


def test_outer_blanks_of_a_text_are_dropped() -> None:
    assert make.yes_no("A-01", text="  Is there a strategy?\n").text == "Is there a strategy?"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://example.org", "//example.org", "https:// example.org", "example.org"]
)
def test_a_source_is_a_web_address(address: str) -> None:
    content = make.one_item(make.yes_no("A-01")).model_dump(mode="json", by_alias=True) | {"source_url": address}

    assert not isinstance(read_document(json.dumps(content)), Questionnaire)


@pytest.mark.abuse("I10")
def test_no_list_is_longer_than_anybody_could_answer() -> None:
    too_many = [make.yes_no(f"A-{k}") for k in range(501)]

    with pytest.raises(ValidationError):
        make.section("A", *too_many)


def test_a_document_finds_its_parts_by_code() -> None:
    document = make.small("four_tiers")

    assert document.section("PAGE") is document.sections[0]
    assert document.section("NOWHERE") is None
    assert list(document.items) == ["I1", "I2", "I3", "I4", "NOTE"]
    assert list(document.nodes) == ["INDEX", "DOMAIN", "THEME", "OTHER"]
    assert document.node_of(document.sections[0], document.items["I1"]) == "THEME"
    assert document.node_of(document.sections[0], document.items["NOTE"]) is None


def test_an_item_scores_in_the_node_of_its_page_unless_it_names_another() -> None:
    document = make.one_item(make.yes_no("A-01"))

    assert document.node_of(document.sections[0], document.items["A-01"]) == "A"


def test_versions_are_ordered_by_their_numbers() -> None:
    assert sorted(["2026.10", "2025.99", "2026.9", "2026.1"], key=version_order) == ["2025.99", "2026.1", "2026.9", "2026.10"]


def test_a_document_does_not_change() -> None:
    document = make.one_item(make.yes_no("A-01"))

    with pytest.raises(ValidationError):
        document.title = "Another"  # type: ignore[misc]  # that it is refused is the point
