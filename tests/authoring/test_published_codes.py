"""What is published keeps its meaning and its number, whatever way a draft comes by them."""

from __future__ import annotations

import pytest

from app.authoring import drafts, editing, publishing
from app.domain.drafting.document import Address, Kind
from app.domain.drafting.edits import Place
from app.kit.actor import COMMAND_LINE
from app.kit.errors import Conflict, Invalid
from app.questionnaires import service as questionnaires
from tests.authoring.conftest import A1, A2, Desk
from tests.scenarios import CODE, SMALL, VERSION, document

ABOUT = Address(Kind.ABOUT)
SECOND = SMALL.replace('version: "2026.1"', 'version: "2026.2"')
A4_TEXT = document().items["A4"].text
WITHOUT_A4 = SECOND[: SECOND.index("      - code: A4")] + SECOND[SECOND.index("  - code: B\n") :]


def _add(desk: Desk, **part: object) -> None:
    with desk.scene.database.write() as session:
        editing.add_part(session, desk.ana, desk.draft, Kind.ITEM, part, Place(0, "A"))


def _codes(refusal: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in refusal.value.problems]


def _problems(desk: Desk) -> list[tuple[str, str]]:
    return [(str(problem.address), problem.code) for problem in desk.open().inspection.problems]


def _publish(desk: Desk, source: str) -> None:
    desk.scene.publish(source)


def test_a_retired_code_cannot_become_a_question_of_another_type(desk: Desk) -> None:
    desk.retire(A1)

    with pytest.raises(Invalid) as refusal:
        _add(desk, code="A1", type="text", text="Describe it.")

    assert _codes(refusal) == [("code", "published_code")]
    assert "A1" not in desk.items()


def test_a_question_does_not_change_its_type_under_a_published_code(desk: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        desk.save(A2, type="text")

    assert _codes(refusal) == [("code", "published_code")]


def test_a_code_that_an_earlier_version_retired_never_comes_back_as_another_question(desk: Desk) -> None:
    _publish(desk, WITHOUT_A4)
    desk.retire(Address(Kind.ITEM, "A4"))

    with pytest.raises(Invalid) as refusal:
        _add(desk, code="A4", type="text", text="Something else?")

    assert _codes(refusal) == [("code", "published_code")]
    _add(desk, code="A4", type="text", text=A4_TEXT)
    assert "A4" in desk.items()


def test_a_new_question_is_not_renamed_to_a_code_that_was_published_as_another(desk: Desk) -> None:
    desk.retire(A1)
    desk.add("Z1", Place(0, "A"))

    with pytest.raises(Invalid) as refusal:
        desk.save(Address(Kind.ITEM, "Z1"), code="A1")

    assert _codes(refusal) == [("code", "published_code")]


def test_a_file_that_gives_a_published_code_another_type_is_named_at_the_part_and_not_published(desk: Desk) -> None:
    raw = SECOND.replace("code: A4\n        type: text", "code: A4\n        type: yes_no").encode()
    assert raw != SECOND.encode()
    with desk.scene.database.write() as session:
        desk.draft = drafts.start_from_file(session, desk.ana, raw).id

    assert ("item/A4", "published_code") in _problems(desk)
    with pytest.raises(Invalid), desk.scene.database.write() as session:
        publishing.publish(session, desk.ana, desk.draft, 0, "New.")


def test_the_publisher_itself_refuses_another_type(desk: Desk) -> None:
    other = document(SECOND.replace("code: A4\n        type: text", "code: A4\n        type: yes_no"))

    with pytest.raises(Conflict) as refusal, desk.scene.database.write() as session:
        questionnaires.publish(session, COMMAND_LINE, other)

    assert refusal.value.code == "published_code"
    assert "A4" in refusal.value.detail


def test_a_question_that_is_redefined_within_its_type_is_published(desk: Desk) -> None:
    desk.save(A1, text="Something stricter?", lineage={"change": "redefined"})
    desk.save(ABOUT, changes="Stricter.")

    with desk.scene.database.write() as session:
        entry = publishing.publish(session, desk.ana, desk.draft, 2)

    assert entry.version == "2026.2"


def test_the_code_of_the_questionnaire_stays_in_a_draft_of_its_next_version(desk: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        desk.save(ABOUT, code="other")

    assert _codes(refusal) == [("code", "fixed_code")]


def test_a_draft_that_was_not_started_from_a_version_may_have_another_code(desk: Desk) -> None:
    with desk.scene.database.write() as session:
        desk.draft = drafts.start_blank(session, desk.ana, "pilot", "2026.1", "Pilot").id

    desk.save(ABOUT, code="pilot-2")

    assert desk.open().entry.code == "pilot-2"


def test_a_missing_code_is_called_missing_also_of_a_published_question(desk: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        desk.save(A1, code="")

    assert _codes(refusal) == [("code", "missing")]


@pytest.mark.parametrize("code", ["B 1", "é1", "#x", "..", "-1", "a/b", "a" * 65])
def test_a_code_that_the_format_does_not_know_is_not_stored(desk: Desk, code: str) -> None:
    for kind, place in ((Kind.ITEM, Place(0, "A")), (Kind.SECTION, Place(0)), (Kind.NODE, Place(0))):
        with pytest.raises(Invalid) as refusal, desk.scene.database.write() as session:
            editing.add_part(session, desk.ana, desk.draft, kind, {"code": code, "type": "text"}, place)
        assert _codes(refusal) == [("code", "code")]


def test_a_number_that_is_published_is_a_problem_at_the_version(desk: Desk) -> None:
    _publish(desk, SECOND)

    (problem,) = desk.open().inspection.problems

    assert (problem.address, problem.field, problem.code) == (ABOUT, ("version",), "version_taken")
    assert "2026.3" in problem.message


def test_the_next_free_number_is_taken_by_one_press(desk: Desk) -> None:
    _publish(desk, SECOND)

    with desk.scene.database.write() as session:
        editing.take_next_number(session, desk.ana, desk.draft)

    assert desk.open().entry.version == "2026.3"
    assert _problems(desk) == []
    assert [change.act for change in desk.changes()] == ["edited"]


def test_a_draft_whose_number_is_taken_is_compared_with_the_newest(desk: Desk) -> None:
    _publish(desk, SECOND)

    with desk.scene.database.read() as session:
        found = publishing.compare(session, desk.open())

    assert found is not None
    assert found.before.version == "2026.2"


def test_a_published_draft_has_no_problem_with_itself(desk: Desk) -> None:
    desk.save(ABOUT, changes="New.")
    with desk.scene.database.write() as session:
        publishing.publish(session, desk.ana, desk.draft, 1)

    assert desk.open().inspection.is_clean
    with desk.scene.database.read() as session:
        found = publishing.compare(session, desk.open())
    assert found is not None
    assert found.before.version == VERSION


def test_the_next_version_tells_the_world_to_cite_the_next_version(desk: Desk) -> None:
    source = SECOND.replace("summary: ", "citation: Small Review 2026.2, not 2026.20 and not 12026.2\nsummary: ", 1)
    assert "citation" in source
    _publish(desk, source)

    with desk.scene.database.write() as session:
        desk.draft = drafts.start_from_version(session, desk.ana, CODE, "2026.2").id

    assert desk.part(ABOUT)["citation"] == "Small Review 2026.3, not 2026.20 and not 12026.2"


def test_a_draft_that_skips_a_version_says_so(desk: Desk) -> None:
    assert desk.open().skipped == ()
    _publish(desk, SECOND)

    assert desk.open().skipped == ("2026.2",)


def test_a_copy_never_gets_a_code_that_was_published(desk: Desk) -> None:
    _publish(desk, SECOND.replace("code: A4", "code: A1-2"))

    copy = desk.duplicate(A1)

    assert copy.address.code == "A1-3"
