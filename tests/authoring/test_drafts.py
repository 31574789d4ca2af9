"""Starting a draft, and letting it go."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.authoring import drafts
from app.domain.drafting.document import Address, Kind
from app.domain.questionnaire.document import Questionnaire
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from app.questionnaires import service as questionnaires
from tests.authoring.conftest import A1, Desk
from tests.scenarios import CODE, SMALL, VERSION


def test_a_draft_of_a_version_is_that_version_under_the_next_number(desk: Desk) -> None:
    opened = desk.open()

    assert (opened.entry.code, opened.entry.version, opened.entry.state) == (CODE, "2026.2", "open")
    assert opened.inspection.is_clean
    with desk.scene.database.read() as session:
        published = _published(desk)
        assert isinstance(opened.inspection.questionnaire, Questionnaire)
        assert opened.inspection.questionnaire.items == published.items
        assert opened.entry.based_on == published.content_hash
        assert [entry.id for entry in drafts.list_drafts(session, desk.ben)] == [desk.draft]


def test_a_draft_of_a_file_may_have_faults(desk: Desk) -> None:
    with desk.scene.database.write() as session:
        entry = drafts.start_from_file(session, desk.ana, SMALL.replace("text: Is there a law?", "text: ''").encode())

    with desk.scene.database.read() as session:
        opened = drafts.open_draft(session, desk.ana, entry.id)
    assert [problem.code for problem in opened.inspection.problems] == ["Q0_string_too_short", "version_taken"]


@pytest.mark.parametrize(
    ("raw", "code", "begins"),
    [
        (b"a: [", "Y2", "Line 1:"),
        (b"format: 1\nsections:\n  - title: x\n", "shapeless", "Line 3:"),
        (b"\xff\xfe\x00", "Y1", "The file"),
    ],
)
def test_a_file_that_cannot_be_taken_apart_is_refused_at_its_line(desk: Desk, raw: bytes, code: str, begins: str) -> None:
    with pytest.raises(Invalid) as refusal, desk.scene.database.write() as session:
        drafts.start_from_file(session, desk.ana, raw)

    (problem,) = refusal.value.problems
    assert (problem.field, problem.code) == ("file", code)
    assert problem.message.startswith(begins)
    assert desk.scene.count("draft") == 1


def test_a_blank_draft_says_what_is_missing(desk: Desk) -> None:
    with desk.scene.database.write() as session:
        entry = drafts.start_blank(session, desk.ana, "fresh", "2027.1", "A fresh start")

    with desk.scene.database.read() as session:
        opened = drafts.open_draft(session, desk.ana, entry.id)
    assert {problem.address.kind for problem in opened.inspection.problems} == {Kind.ABOUT, Kind.SECTION}


def test_only_administrators_see_and_start_drafts(desk: Desk) -> None:
    with desk.scene.database.read() as session:
        for refused in (drafts.list_drafts, lambda session, actor: drafts.open_draft(session, actor, desk.draft)):
            with pytest.raises(Forbidden):
                refused(session, desk.official)
    with pytest.raises(Forbidden), desk.scene.database.write() as session:
        drafts.start_from_version(session, desk.official, CODE, VERSION)


def test_a_discarded_draft_changes_no_more(desk: Desk) -> None:
    desk.discard(desk.ben)

    with pytest.raises(Conflict):
        desk.save(A1, text="Too late")
    with desk.scene.database.read() as session:
        assert drafts.list_drafts(session, desk.ana) == []
        with pytest.raises(NotFound):
            drafts.open_draft(session, desk.ana, uuid4())


def _published(desk: Desk) -> Questionnaire:
    with desk.scene.database.read() as session:
        return questionnaires.get_version(session, CODE, VERSION)


@pytest.mark.parametrize("title", [{"a": 1}, ["A", "B"], 7, True, None])
def test_a_title_that_is_no_text_is_empty_in_lists(desk: Desk, title: object) -> None:
    desk.save(Address(Kind.ABOUT), title=title)

    entry = desk.open().entry

    assert (entry.title, entry.code, entry.version) == ("", CODE, "2026.2")
    assert not desk.open().inspection.is_clean
