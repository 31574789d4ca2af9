"""A draft by file: out, edited elsewhere, and back in as one change that says what it does and can be undone."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

import pytest

from app.authoring import drafts, replacing
from app.authoring.editing import Changed
from app.authoring.replacing import DraftChanged, Proposal, packed, unpacked
from app.domain.drafting.difference import differences
from app.domain.drafting.document import Address, DraftDocument, Kind, etag_of, read_draft
from app.domain.drafting.edits import Place, insert, move, put, remove
from app.infra.yaml import read_yaml, write_yaml
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tests.authoring.conftest import A1, A2, Desk
from tests.builders import PROJECT

FILES = sorted(
    [*PROJECT.glob("questionnaires/*/*.yaml"), *PROJECT.glob("tests/questionnaires/*.yaml"), *PROJECT.glob("examples/*/*.yaml")]
)
WHOLE = Address(Kind.WHOLE)
Z1 = {"code": "Z1", "type": "yes_no", "text": "Is there a plan?"}


def _propose(desk: Desk, document: DraftDocument) -> Proposal:
    with desk.scene.database.write() as session:
        return replacing.propose(session, desk.ana, desk.draft, document)


def _replace(desk: Desk, document: DraftDocument, revision: int | None = None) -> Changed:
    seen = desk.open().entry.revision if revision is None else revision
    with desk.scene.database.write() as session:
        return replacing.replace(session, desk.ana, desk.draft, document, seen)


def _edited(desk: Desk) -> DraftDocument:
    """Return the draft as somebody changed it in a file: one part of each difference."""
    document = desk.open().document
    other = put(document, A1, {**dict(desk.part(A1)), "text": "Is there a strategy?"})
    return insert(remove(other, A2), Kind.ITEM, Z1, Place(0, "B"))


@pytest.mark.parametrize("path", FILES, ids=[path.parent.name + "-" + path.stem for path in FILES])
def test_what_is_downloaded_and_uploaded_again_differs_in_nothing(path: Path) -> None:
    document = read_draft(read_yaml(path.read_bytes()).content)

    again = drafts.read_file(write_yaml(document.content()).encode())

    assert differences(document, again) == ()
    assert unpacked(packed(document)) == document
    assert again == document


def test_odd_texts_and_wrong_values_come_back_as_they_were(desk: Desk) -> None:
    odd = {
        "text": "NO",
        "why": "line\r\n  two\t\n",
        "guidance": "=1+1 # no\u2028comment",
        "example": "2026-01-01",
        "weight": "heavy",
    }
    document = put(desk.open().document, A1, {**dict(desk.part(A1)), **odd, "core": False, "focus_area": None})

    assert drafts.read_file(write_yaml(document.content()).encode()) == document


def test_a_file_is_compared_part_by_part_and_changes_nothing_yet(desk: Desk) -> None:
    proposal = _propose(desk, move(_edited(desk), Address(Kind.SECTION, "B"), Place(0)))

    found = {(str(each.address), each.difference): each.fields for each in proposal.differences}
    assert found == {
        ("section/B", "moved"): (),
        ("item/Z1", "added"): (),
        ("item/A1", "edited"): ("text",),
        ("item/A2", "retired"): (),
    }
    assert desk.changes() == []


def test_whole_numbers_and_decimals_are_alike_and_flags_are_no_numbers(desk: Desk) -> None:
    document = desk.open().document
    one = put(document, A1, {**dict(desk.part(A1)), "weight": 2, "core": True})

    assert differences(one, put(document, A1, {**dict(desk.part(A1)), "weight": 2.0, "core": True})) == ()
    assert len(differences(one, put(document, A1, {**dict(desk.part(A1)), "weight": 2, "core": 1}))) == 1


def test_a_file_with_faults_is_shown_with_its_problems(desk: Desk) -> None:
    proposal = _propose(desk, put(desk.open().document, A1, {**dict(desk.part(A1)), "text": ""}))

    assert [problem.code for problem in proposal.inspection.problems] == ["Q0_string_too_short"]


def test_an_applied_file_is_one_change_of_the_whole_and_can_be_undone(desk: Desk) -> None:
    begun, wanted = desk.open().document, _edited(desk)

    done = _replace(desk, wanted)
    assert desk.open().document == wanted
    (listed,) = desk.changes(WHOLE)
    change = desk.change(listed.number)
    assert (listed.before, listed.after) == (None, None), "a list does not carry the whole draft twice"
    assert (change.number, change.act, change.by) == (done.revision, "replaced", "Ana")
    assert change.before is not None
    assert change.after is not None
    assert (read_draft(change.before.part), read_draft(change.after.part)) == (begun, wanted)

    desk.put_back(done.revision)
    assert desk.open().document == begun
    desk.put_back(done.revision + 1)
    assert desk.open().document == wanted


def test_undoing_a_file_never_throws_away_what_came_after_it(desk: Desk) -> None:
    done = _replace(desk, _edited(desk))
    desk.save(A1, by=desk.ben, text="Ben's words")

    with pytest.raises(Conflict):
        desk.put_back(done.revision)

    assert desk.part(A1)["text"] == "Ben's words"
    desk.put_back(done.revision + 1)
    desk.put_back(done.revision)
    assert "A2" in desk.items()


def test_a_file_is_not_applied_to_a_draft_that_changed_after_it_was_compared(desk: Desk) -> None:
    proposal = _propose(desk, _edited(desk))
    desk.save(A2, by=desk.ben, text="Ben's words")

    with pytest.raises(DraftChanged) as refusal:
        _replace(desk, proposal.document, proposal.entry.revision)

    assert "Ben" in refusal.value.detail
    assert desk.part(A2)["text"] == "Ben's words"


def test_a_file_that_says_what_the_draft_says_is_no_change(desk: Desk) -> None:
    assert _replace(desk, desk.open().document).revision == 0
    assert desk.changes() == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("code", "another", "another_questionnaire"),
        ("code", None, "another_questionnaire"),
        ("version", "2031.1", "another_version"),
    ],
)
def test_the_file_of_another_questionnaire_or_version_is_refused(desk: Desk, field: str, value: object, code: str) -> None:
    document = desk.open().document
    about = {**document.singles[Kind.ABOUT], field: value}
    other = put(document, Address(Kind.ABOUT), about)

    for step in (_propose, _replace):
        with pytest.raises(Invalid) as refusal:
            step(desk, other)
        assert [problem.code for problem in refusal.value.problems] == [code]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no base64!",
        base64.b64encode(b"no zlib").decode(),
        base64.b64encode(zlib.compress(b"[]")).decode(),
        base64.b64encode(zlib.compress(b'{"sections": "none"}')).decode(),
        base64.b64encode(zlib.compress(b"[" * 100_000)).decode(),
        base64.b64encode(zlib.compress(b" " * 20_000_000)).decode(),
        base64.b64encode(zlib.compress(b'{"sections": []}')[:-6]).decode(),
    ],
    ids=["empty", "no-base64", "no-zlib", "a-list", "shapeless", "deep", "bomb", "cut-off"],
)
def test_what_a_page_carried_is_read_as_strictly_as_a_file(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        unpacked(text)

    assert [problem.code for problem in refusal.value.problems] == ["file_not_whole"]


def test_the_whole_is_no_part_that_could_be_saved(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.save(WHOLE, seen=etag_of(desk.part(WHOLE)), title="Other")


def test_only_administrators_upload_and_only_into_open_drafts(desk: Desk) -> None:
    wanted = _edited(desk)
    with pytest.raises(Forbidden), desk.scene.database.write() as session:
        replacing.replace(session, desk.official, desk.draft, wanted, 0)
    desk.discard(desk.ben)

    for step in (_propose, _replace):
        with pytest.raises(Conflict):
            step(desk, wanted)
