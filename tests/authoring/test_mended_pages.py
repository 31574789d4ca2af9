"""What a harsh stranger met on the pages of drafts, and never meets again."""

from __future__ import annotations

import re

from app.authoring import drafts, editing
from app.domain.drafting.document import Address, Kind
from app.domain.drafting.edits import Place
from tests.authoring.conftest import A1, A2, Browse, Desk
from tests.scenarios import CODE, PASSWORD, SMALL, VERSION

ABOUT = Address(Kind.ABOUT)
SECOND = SMALL.replace('version: "2026.1"', 'version: "2026.2"')


def _path(desk: Desk, rest: str = "") -> str:
    return f"/admin/drafts/{desk.draft}{rest}"


def _value(page: str, name: str, *, behind: str = "") -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page[page.index(behind) :])
    assert found is not None
    return found[1]


def test_discarding_asks_first_and_names_who_changed_it_last(desk: Desk, browse: Browse) -> None:
    desk.save(A1, by=desk.ben, text="Ben's words")
    browser = browse(desk.ana)

    page = browser.get(_path(desk, "/discard")).text

    assert "last changed by Ben" in page
    assert "1 change" in page
    assert desk.open().entry.state == "open"


def test_a_draft_that_changed_meanwhile_is_not_discarded_unseen(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    seen = _value(browser.get(_path(desk, "/discard")).text, "revision")
    desk.save(A1, by=desk.ben, text="Ben's words")

    answer = browser.submit(_path(desk, "/discard"), revision=seen)

    assert answer.status_code == 409
    assert "Ben changed this draft since you read it" in answer.text
    assert _value(answer.text, "revision") == "1"
    assert desk.open().entry.state == "open"


def test_a_discarded_draft_is_listed_and_opened_again(desk: Desk, browse: Browse) -> None:
    desk.discard(desk.ben)
    browser = browse(desk.ana)

    assert _path(desk) in browser.get("/admin/drafts").text
    assert "This draft was discarded" in browser.get(_path(desk)).text
    browser.submit(_path(desk, "/reopen"))

    assert desk.open().entry.state == "open"
    desk.save(A1, text="On we go.")


def test_a_part_of_a_closed_draft_says_so_and_takes_no_words(desk: Desk, browse: Browse) -> None:
    desk.discard(desk.ana)

    page = browse(desk.ana).get(_path(desk, "/parts/item/A1")).text

    assert "This draft was discarded" in page
    assert re.search(r"<fieldset[^>]* disabled", page)


def test_a_published_draft_leads_to_its_version(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    browser.submit(_path(desk, "/publish"), revision="0", changes="New.", current_password=PASSWORD)

    page = browser.get(_path(desk, "/parts/item/A1")).text

    assert "This draft is published" in page
    assert f'href="/questionnaires/{CODE}/2026.2"' in page


def test_an_undo_that_cannot_be_is_said_beside_the_change_with_what_came_since(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="Other words")
    desk.retire(A1)

    answer = browse(desk.ana).submit(_path(desk, "/history/1/put-back"))

    assert answer.status_code == 409
    assert "Not undone" in answer.text
    assert _path(desk, "/history/2") in answer.text


def test_a_second_undo_says_that_nothing_changed(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="Other words")
    browser = browse(desk.ana)
    browser.submit(_path(desk, "/history/1/put-back"))

    browser.submit(_path(desk, "/history/1/put-back"))

    assert "this is undone already" in browser.get(_path(desk, "/history")).text
    assert len(desk.changes()) == 2


def test_a_stale_publication_is_said_on_the_page_and_keeps_the_note(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    desk.save(A1, by=desk.ben, text="Ben's words")

    answer = browser.submit(_path(desk, "/publish"), revision="0", changes="My note", current_password=PASSWORD)

    assert answer.status_code == 409
    assert "A colleague changed this draft" in answer.text
    assert "My note" in answer.text
    assert _value(answer.text, "revision") == "1"


def test_a_stale_retirement_is_said_on_the_page_of_the_part(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    page = browser.get(_path(desk, "/parts/section/A")).text
    seen = _value(page, "seen", behind='id="arrange"')
    desk.save(A1, by=desk.ben, text="Fresh words")

    answer = browser.submit(_path(desk, "/parts/section/A"), act="retire", seen=seen)

    assert "with its 4 questions" in page
    assert answer.status_code == 409
    assert "Ben changed this part, or a question in it" in answer.text
    assert "A1" in desk.items()


def test_what_stays_as_it_was_is_not_called_saved_or_moved(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    browser.submit(_path(desk, "/parts/item/A1"), act="up", seen=desk.etag(A1))

    assert "Nothing was changed" in browser.get(_path(desk, "/parts/item/A1")).text
    assert 'value="up"' not in browser.get(_path(desk, "/parts/item/A1")).text
    assert 'value="up"' in browser.get(_path(desk, "/parts/item/A2")).text


def test_a_copy_of_a_section_says_that_its_questions_stay(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    answer = browser.submit(_path(desk, "/parts/section/A"), act="duplicate")

    assert "without its questions" in browser.get(answer.headers["location"]).text


def test_a_code_that_cannot_be_an_address_of_the_web_is_still_opened(desk: Desk, browse: Browse) -> None:
    raw = SMALL.replace("code: A4", 'code: "#x 1?"').encode()
    with desk.scene.database.write() as session:
        desk.draft = drafts.start_from_file(session, desk.ana, raw).id
    browser = browse(desk.ana)

    page = browser.get(_path(desk)).text

    assert "/parts/item/%23x%201%3F" in page
    assert browser.get(_path(desk, "/parts/item/%23x%201%3F")).status_code == 200


def test_a_taken_number_is_said_with_a_button_for_the_next(desk: Desk, browse: Browse) -> None:
    desk.scene.publish(SECOND)
    browser = browse(desk.ana)

    for rest in ("", "/parts/about"):
        page = browser.get(_path(desk, rest)).text
        assert "version_taken" in page
        assert "Make it 2026.3" in page
    browser.submit(_path(desk, "/number"))

    assert desk.open().entry.version == "2026.3"


def test_a_draft_that_skips_a_version_warns_on_its_page_in_the_list_and_before_publishing(desk: Desk, browse: Browse) -> None:
    desk.scene.publish(SECOND)
    browser = browse(desk.ana)

    assert "without what 2026.2 changed" in browser.get("/admin/drafts").text
    for rest in ("", "/publish"):
        assert "This draft was started before 2026.2" in browser.get(_path(desk, rest)).text


def test_drafts_of_one_name_are_told_apart(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="")
    with desk.scene.database.write() as session:
        drafts.start_from_version(session, desk.ben, CODE, VERSION)

    page = browse(desk.ana).get("/admin/drafts").text

    assert "Started by Ana" in page
    assert "Started by Ben" in page
    assert "1 change · 1 problem" in page


def test_other_parts_that_change_are_listed_before_publishing(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    assert "Nothing changes but the number." in browser.get(_path(desk, "/publish")).text

    desk.save(Address(Kind.SECTION, "A"), title="Other rules")
    desk.move(Address(Kind.SECTION, "B"), Place(0))

    page = browser.get(_path(desk, "/publish")).text
    assert "Other parts that change" in page
    assert "No question changes, and other parts do." in page


def test_the_author_s_word_counts_where_it_is_stricter_and_stands_beside_ours(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="Reworded?", lineage={"change": "rescored"})
    desk.save(A2, type="yes_no", evidence={"required_from": 2}, text="Reworded?", lineage={"change": "redefined"})
    desk.save(Address(Kind.ITEM, "B1"), weight=2, lineage={"change": "editorial"})

    page = browse(desk.ana).get(_path(desk, "/publish")).text

    assert "Rescored" in page
    assert "Redefined" in page
    assert "Rescored; its author says: Editorial" in page


def test_a_text_that_names_an_earlier_version_is_named_before_publishing(desk: Desk, browse: Browse) -> None:
    desk.save(ABOUT, citation="Small Review, version 2026.1")

    page = browse(desk.ana).get(_path(desk, "/publish")).text

    assert "/parts/about#citation" in page
    assert "names version 2026.1" in page


def test_a_question_added_under_a_published_code_is_refused_in_words(desk: Desk, browse: Browse) -> None:
    desk.retire(A1)

    answer = browse(desk.ana).submit(_path(desk, "/parts"), kind="item", code="A1", type="text", section="A")

    assert answer.status_code == 422
    assert "was published in 2026.1 with another kind of answer" in answer.text


def test_a_question_moved_out_of_a_section_that_goes_is_not_lost_by_an_undo(desk: Desk, browse: Browse) -> None:
    with desk.scene.database.write() as session:
        editing.add_part(session, desk.ana, desk.draft, Kind.SECTION, {"code": "Z", "title": "Z", "items": []}, Place(99))
    desk.add("Z1", Place(0, "Z"))
    desk.move(Address(Kind.ITEM, "Z1"), Place(0, "A"))
    desk.retire(Address(Kind.SECTION, "Z"))
    browser = browse(desk.ana)

    answer = browser.submit(_path(desk, "/history/3/put-back"))

    assert answer.status_code == 409
    assert browser.get(_path(desk, "/parts/item/Z1")).status_code == 200
