"""A draft taken apart, edited part by part, and put together again."""

from __future__ import annotations

import json

import pytest

from app.domain.drafting import edits
from app.domain.drafting.document import Address, DraftDocument, Kind, Shapeless, etag_of, read_address, read_draft
from app.domain.drafting.edits import Place
from app.domain.drafting.problems import inspect
from tests.builders import READINESS_FILE
from tests.scenarios import document

A1, A2 = Address(Kind.ITEM, "A1"), Address(Kind.ITEM, "A2")


@pytest.fixture
def draft() -> DraftDocument:
    return read_draft(document().model_dump(mode="json", by_alias=True, exclude_defaults=True))


@pytest.mark.parametrize("source", [READINESS_FILE.read_text(encoding="utf-8"), None], ids=["apec", "small"])
def test_what_is_taken_apart_is_the_same_when_it_is_put_together(source: str | None) -> None:
    whole = document() if source is None else document(source)

    draft = read_draft(json.loads(whole.canonical()))

    inspection = inspect(draft)
    assert inspection.is_clean
    assert inspection.questionnaire is not None
    assert inspection.questionnaire.content_hash == whole.content_hash
    assert [address.code for address in draft.addresses() if address.kind is Kind.ITEM] == list(whole.items)


def test_every_part_is_found_under_the_address_that_it_has(draft: DraftDocument) -> None:
    for address in draft.addresses():
        assert draft.find(address) is not None
        assert read_address(str(address)) == address


@pytest.mark.parametrize("text", ["", "item", "item/", "about/x", "person/A1", "item A1"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert read_address(text) is None


def test_a_part_that_is_put_in_place_changes_nothing_else(draft: DraftDocument) -> None:
    part = draft.find(A1)
    assert part is not None

    changed = edits.put(draft, A1, {**part, "text": "Is there a strategy?"})

    others = [address for address in draft.addresses() if address != A1]
    assert all(changed.find(address) == draft.find(address) for address in others)
    assert changed.find(A1) == {**part, "text": "Is there a strategy?"}


def test_an_item_moves_within_its_section_and_to_another(draft: DraftDocument) -> None:
    within = edits.move(draft, A1, Place(1, "A"))
    across = edits.move(draft, A1, Place(0, "B"))

    assert _codes(within)[:2] == ["A2", "A1"]
    assert _codes(across)[:1] == ["A2"]
    found = edits.standing(across, A1)
    assert found is not None
    assert found.place == Place(0, "B")


def test_a_section_moves_and_goes_with_its_items(draft: DraftDocument) -> None:
    section = Address(Kind.SECTION, "A")

    moved, gone = edits.move(draft, section, Place(1)), edits.remove(draft, section)

    assert [address.code for address in moved.addresses() if address.kind is Kind.SECTION] == ["B", "A"]
    assert sorted(_codes(moved)) == sorted(_codes(draft))
    assert all(code.startswith("B") for code in _codes(gone))


def test_a_problem_stands_at_its_part_and_field(draft: DraftDocument) -> None:
    part = draft.find(A1)
    assert part is not None
    broken = edits.put(draft, A1, {**part, "text": ""})

    (problem,) = inspect(broken).problems

    assert (problem.address, problem.field, problem.code) == (A1, ("text",), "Q0_string_too_short")
    assert inspect(broken).at(A2) == ()


def test_a_condition_on_an_item_that_is_gone_is_a_problem_of_the_item_that_has_it(draft: DraftDocument) -> None:
    problems = inspect(edits.remove(draft, A2)).problems

    assert Address(Kind.ITEM, "A3") in {problem.address for problem in problems}


def test_an_etag_changes_with_the_content_and_not_with_the_order_of_fields() -> None:
    assert etag_of({"code": "A", "text": "x"}) == etag_of({"text": "x", "code": "A"})
    assert etag_of({"code": "A", "text": "x"}) != etag_of({"code": "A", "text": "y"})


def test_a_free_code_is_the_wanted_one_or_the_next_with_a_number(draft: DraftDocument) -> None:
    assert edits.free_code(draft, Kind.ITEM, "Z9") == "Z9"
    assert edits.free_code(draft, Kind.ITEM, "a1") == "a1-2"


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ([], ()),
        ({"sections": {}}, ("sections",)),
        ({"sections": [{"title": "No code"}]}, ("sections", 0)),
        ({"sections": [{"code": "A", "items": ["x"]}]}, ("sections", 0, "items", 0)),
        ({"sections": [{"code": "A", "items": [{"code": "1"}, {"code": "1"}]}]}, ()),
        ({"sections": [], "scheme": "none"}, ("scheme",)),
    ],
)
def test_what_has_no_parts_is_refused_at_its_place(content: object, path: tuple[str | int, ...]) -> None:
    with pytest.raises(Shapeless) as refusal:
        read_draft(content)

    assert refusal.value.path == path


def _codes(draft: DraftDocument) -> list[str]:
    return [address.code for address in draft.addresses() if address.kind is Kind.ITEM]
