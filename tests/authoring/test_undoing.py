"""Undoing one change takes back what that change did, and nothing that others did since."""

from __future__ import annotations

import pytest

from app.authoring import editing
from app.domain.drafting.document import Address, Kind
from app.domain.drafting.edits import Place
from app.kit.errors import Conflict
from tests.authoring.conftest import A1, A2, Desk

Z1 = Address(Kind.ITEM, "Z1")
SECTION_A, SECTION_Z = Address(Kind.SECTION, "A"), Address(Kind.SECTION, "Z")


def _add_section(desk: Desk) -> None:
    with desk.scene.database.write() as session:
        part = {"code": "Z", "title": "Later", "items": []}
        editing.add_part(session, desk.ana, desk.draft, Kind.SECTION, part, Place(99))


def test_a_question_never_goes_with_the_section_that_it_came_from(desk: Desk) -> None:
    """Given a question that moved out of a section which is gone since, its move cannot be undone, and it stays."""
    _add_section(desk)
    desk.add("Z1", Place(0, "Z"))
    desk.move(Z1, Place(0, "A"))
    desk.retire(SECTION_Z)

    with pytest.raises(Conflict):
        desk.put_back(3)

    assert "Z1" in desk.items()
    assert len(desk.changes()) == 4


def test_a_question_never_goes_with_a_section_that_has_another_code_now(desk: Desk) -> None:
    _add_section(desk)
    desk.add("Z1", Place(0, "Z"))
    desk.move(Z1, Place(0, "A"))
    desk.save(SECTION_Z, code="Y")

    with pytest.raises(Conflict):
        desk.put_back(3)

    assert "Z1" in desk.items()


def test_undoing_takes_back_only_the_fields_that_the_change_altered(desk: Desk) -> None:
    original = desk.part(A1)
    desk.save(A1, text="Other words")
    desk.save(A1, by=desk.ben, why="Because Ben says so.")

    desk.put_back(1)

    assert desk.part(A1) == {**original, "why": "Because Ben says so."}
    after = desk.change(3).after
    assert after is not None
    assert after.part == desk.part(A1)


def test_a_field_that_was_added_goes_again_and_one_that_was_emptied_comes_back(desk: Desk) -> None:
    desk.save(A1, why="First reason.")
    desk.save(A1, by=desk.ben, text="Ben's words")

    desk.put_back(1)

    assert "why" not in desk.part(A1)
    assert desk.part(A1)["text"] == "Ben's words"


def test_a_list_that_was_edited_since_is_not_overwritten(desk: Desk) -> None:
    clauses = Address(Kind.CLAUSES)
    desk.save(clauses, clauses=[{"code": "c1", "text": "One"}])
    desk.save(clauses, by=desk.ben, clauses=[{"code": "c1", "text": "One"}, {"code": "c2", "text": "Ben's"}])

    with pytest.raises(Conflict):
        desk.put_back(1)

    assert desk.part(clauses)["clauses"] == [{"code": "c1", "text": "One"}, {"code": "c2", "text": "Ben's"}]


def test_what_is_undone_already_makes_no_further_change(desk: Desk) -> None:
    desk.save(A1, text="Other words")
    desk.put_back(1)

    again = desk.put_back(1)

    assert not again.is_new
    assert [change.act for change in desk.changes()] == ["restored", "edited"]


def test_undoing_an_undone_move_moves_again(desk: Desk) -> None:
    desk.move(A2, Place(0, "B"))
    moved = desk.items()
    desk.put_back(1)

    desk.put_back(2)

    assert desk.items() == moved


def test_a_section_with_questions_that_came_later_does_not_go_by_an_undo(desk: Desk) -> None:
    _add_section(desk)
    desk.add("Z1", Place(0, "Z"))

    with pytest.raises(Conflict) as refusal:
        desk.put_back(1)

    assert "Z1" in refusal.value.detail
    assert "Z1" in desk.items()


def test_a_section_without_later_questions_goes_by_an_undo(desk: Desk) -> None:
    _add_section(desk)

    desk.put_back(1)

    assert desk.open().document.find(SECTION_Z) is None


def test_an_edit_of_a_section_is_undone_and_undone_again(desk: Desk) -> None:
    desk.save(SECTION_A, title="Other title")
    edited = desk.part(SECTION_A)
    desk.put_back(1)

    desk.put_back(2)

    assert desk.part(SECTION_A) == edited
    assert "A1" in desk.items()


def test_a_section_is_not_retired_over_the_fresh_words_of_a_colleague(desk: Desk) -> None:
    """The etag of retiring is that of a section with its questions."""
    seen = desk.standing_etag(SECTION_A)
    desk.save(A1, by=desk.ben, text="Fresh words")

    with pytest.raises(editing.PartChanged) as refusal:
        desk.retire(SECTION_A, seen)

    assert refusal.value.extra["changed_by"] == "Ben"
    assert "A1" in desk.items()
