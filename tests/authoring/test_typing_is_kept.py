"""What an author typed is never lost: not with the session, not with the part, not by a button beside the form."""

from __future__ import annotations

import pytest

from app.authoring import closing, publishing
from app.domain.drafting.document import Address, Kind
from app.domain.drafting.edits import Place
from tests.authoring.conftest import A1, Browse, Desk
from tests.authoring.forms import form_of, hidden_of
from tests.databases import only_sqlite
from tests.scenarios import CODE

pytestmark = only_sqlite


def _path(desk: Desk, rest: str = "") -> str:
    return f"/admin/drafts/{desk.draft}{rest}"


@pytest.mark.parametrize("part", ["item/A1", "section/A", "about"])
def test_what_was_typed_into_a_part_survives_the_end_of_the_session(desk: Desk, browse: Browse, part: str) -> None:
    browser = browse(desk.ana)
    browser.cookies.clear()

    ended = browser.post(_path(desk, f"/parts/{part}"), data={"csrf_token": "old", "code": "A1", "text": "An hour of words"})

    assert ended.status_code == 401
    assert "An hour of words" in ended.text
    assert "Sign in again" in ended.text


def test_a_form_with_a_one_time_code_is_still_never_shown_again(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    browser.cookies.clear()

    ended = browser.post(_path(desk, "/publish"), data={"csrf_token": "old", "one_time_code": "123456", "changes": "Words"})

    assert ended.status_code == 303
    assert "123456" not in ended.text


def test_the_words_of_a_question_that_a_colleague_retired_stay_on_the_page(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_path(desk, "/parts/item/A1"))) | {"text": ["An hour of words"]}
    desk.retire(A1, by=desk.ben)

    page = browser.post(_path(desk, "/parts/item/A1"), data=form)

    assert page.status_code == 409
    assert "Ben took Question A1 out of the draft" in page.text
    assert "An hour of words" in page.text
    browser.submit(_path(desk, "/history/1/put-back"))
    again = browser.post(_path(desk, "/parts/item/A1"), data=hidden_of(page))
    assert again.status_code == 303
    assert desk.part(A1)["text"] == "An hour of words"


def test_the_words_of_a_question_with_another_code_by_now_are_saved_under_it(desk: Desk, browse: Browse) -> None:
    desk.add("Z1", Place(0, "A"))
    browser = browse(desk.ana)
    form = form_of(browser.get(_path(desk, "/parts/item/Z1"))) | {"text": ["An hour of words"]}
    desk.save(Address(Kind.ITEM, "Z1"), by=desk.ben, code="Z9")

    page = browser.post(_path(desk, "/parts/item/Z1"), data=form)
    assert "Ben gave Question Z1 another code" in page.text
    clash = browser.post(_path(desk, "/parts/item/Z9"), data=hidden_of(page))
    done = clash if clash.status_code == 303 else browser.post(_path(desk, "/parts/item/Z9"), data=form_of(clash))

    assert done.status_code == 303
    assert desk.part(Address(Kind.ITEM, "Z9"))["text"] == "An hour of words"


def test_a_question_that_went_with_its_section_names_the_section(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_path(desk, "/parts/item/A1"))) | {"text": ["An hour of words"]}
    desk.retire(Address(Kind.SECTION, "A"), by=desk.ben)

    page = browser.post(_path(desk, "/parts/item/A1"), data=form).text

    assert "Ben changed Section A" in page
    assert "An hour of words" in page
    assert "/history/1/put-back" in page


@pytest.mark.parametrize("ending", ["discard", "publish"])
def test_the_words_in_a_draft_that_was_closed_meanwhile_stay_on_the_page(desk: Desk, browse: Browse, ending: str) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_path(desk, "/parts/item/A1"))) | {"text": ["An hour of words"]}
    with desk.scene.database.write() as session:
        if ending == "discard":
            closing.discard(session, desk.ben, desk.draft, 0)
        else:
            publishing.publish(session, desk.ben, desk.draft, 0, "Clearer words.")

    page = browser.post(_path(desk, "/parts/item/A1"), data=form)

    assert page.status_code == 409
    assert "An hour of words" in page.text
    assert ("was discarded" if ending == "discard" else f"/questionnaires/{CODE}/2026.2") in page.text


def test_what_never_was_there_is_still_not_found(desk: Desk, browse: Browse) -> None:
    assert browse(desk.ana).submit(_path(desk, "/parts/item/NONE"), text="Words").status_code == 404


def test_the_form_of_a_part_asks_before_it_is_left_and_arranging_says_that_it_does_not_save(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    page = browser.get(_path(desk, "/parts/item/A1"))
    form = form_of(page) | {"text": ["Mine"]}
    desk.save(A1, by=desk.ben, text="Theirs")

    clash = browser.post(_path(desk, "/parts/item/A1"), data=form).text

    assert "data-unsaved" in page.text
    assert "data-typed" not in page.text
    assert "what is typed above and not saved yet is lost" in page.text
    assert "data-typed" in clash
