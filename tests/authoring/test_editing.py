"""Two administrators at one draft: each part has its own lock, every change is kept, and each can be taken back."""

from __future__ import annotations

import pytest

from app.authoring import editing
from app.authoring.editing import PartChanged
from app.domain.drafting.document import Address, Kind
from app.domain.drafting.edits import Place
from app.kit.errors import Conflict, Invalid, NotFound
from tests.authoring.conftest import A1, A2, Desk
from tests.scenarios import statements

Z1 = Address(Kind.ITEM, "Z1")
SECTION_A = Address(Kind.SECTION, "A")


def test_a_saved_part_is_there_with_who_changed_it(desk: Desk) -> None:
    saved = desk.save(A1, text="Is there a strategy?")

    assert desk.part(A1)["text"] == "Is there a strategy?"
    assert saved.etag == desk.etag(A1)
    (change,) = desk.changes()
    assert (change.number, change.act, change.address, change.by) == (1, "edited", A1, "Ana")
    assert desk.open().entry.changed_by == "Ana"


def test_two_people_on_two_parts_do_not_meet(desk: Desk) -> None:
    seen = {address: desk.etag(address) for address in (A1, A2)}

    desk.save(A1, text="One", seen=seen[A1])
    desk.save(A2, by=desk.ben, text="Two", seen=seen[A2])

    assert (desk.part(A1)["text"], desk.part(A2)["text"]) == ("One", "Two")


def test_the_second_of_two_on_one_part_is_told_and_nothing_is_overwritten(desk: Desk) -> None:
    seen = desk.etag(A1)
    desk.save(A1, by=desk.ben, text="Ben's words", seen=seen)

    with pytest.raises(PartChanged) as refusal:
        desk.save(A1, text="Ana's words", seen=seen)

    assert desk.part(A1)["text"] == "Ben's words"
    assert refusal.value.extra["changed_by"] == "Ben"
    assert refusal.value.extra["etag"] == desk.etag(A1)


def test_to_save_what_is_there_already_changes_nothing(desk: Desk) -> None:
    desk.save(A1, seen="whatever was seen")

    assert desk.changes() == []


def test_a_published_code_never_changes(desk: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        desk.save(A1, code="A9")

    assert [problem.code for problem in refusal.value.problems] == ["published_code"]


def test_a_new_item_may_be_renamed_but_not_to_a_code_that_is_taken(desk: Desk) -> None:
    desk.add("Z1", Place(0, "A"))

    desk.save(Z1, code="Z2")
    with pytest.raises(Invalid) as refusal:
        desk.save(Address(Kind.ITEM, "Z2"), code="a1")

    assert [problem.code for problem in refusal.value.problems] == ["code_taken"]
    assert desk.items()[0] == "Z2"


def test_items_are_added_duplicated_moved_and_retired(desk: Desk) -> None:
    before = desk.items()

    desk.add("Z1", Place(99, "A"))
    copy = desk.duplicate(Z1)
    desk.move(copy.address, Place(0, "A"))
    desk.retire(A1)

    assert desk.items()[0] == "Z1-2"
    assert set(desk.items()) == {*before, "Z1", "Z1-2"} - {"A1"}
    assert [change.act for change in desk.changes()] == ["retired", "moved", "duplicated", "added"]


def test_a_place_in_no_section_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.add("Z1", Place(0, "NONE"))


def test_nobody_retires_what_a_colleague_has_just_changed(desk: Desk) -> None:
    seen = desk.etag(A1)
    desk.save(A1, by=desk.ben, text="Keep this")

    with pytest.raises(PartChanged):
        desk.retire(A1, seen)

    assert "A1" in desk.items()


def test_every_kind_of_change_can_be_put_back(desk: Desk) -> None:
    begun = desk.open().document
    desk.save(A1, text="Other words")
    desk.move(A2, Place(0, "B"))
    desk.add("Z1", Place(0, "A"))
    desk.retire(SECTION_A)

    for number in (4, 3, 2, 1):
        desk.put_back(number)

    assert desk.open().document == begun
    assert [change.act for change in desk.changes()][:4] == ["restored"] * 4


def test_an_earlier_wording_comes_back_from_the_middle_of_the_history(desk: Desk) -> None:
    original = desk.part(A1)["text"]
    desk.save(A1, text="Second")
    desk.save(A1, by=desk.ben, text="Third")

    desk.put_back(1)

    assert desk.part(A1)["text"] == original
    assert [change.number for change in desk.changes(A1)] == [3, 2, 1]


def test_what_stands_in_the_way_of_putting_back_is_said(desk: Desk) -> None:
    desk.save(A1, text="Other words")
    desk.retire(A1)

    with pytest.raises(Conflict):
        desk.put_back(1)
    with pytest.raises(NotFound):
        desk.put_back(99)


def test_saving_a_part_takes_six_statements_whatever_the_size_of_the_draft(desk: Desk) -> None:
    part, seen = {**desk.part(A1), "text": "Counted"}, desk.etag(A1)

    with statements(desk.scene.database) as said, desk.scene.database.write() as session:
        editing.save_part(session, desk.ana, desk.draft, A1, part, seen)

    assert len([statement for statement in said if not statement.startswith(("BEGIN", "PRAGMA", "COMMIT"))]) <= 6
