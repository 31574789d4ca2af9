"""The pages of drafts, as administrators and others meet them."""

from __future__ import annotations

import pytest
from httpx2 import Response

from app.domain.drafting.document import Address, Kind
from app.questionnaires import service as questionnaires
from tests.authoring.conftest import A1, Browse, Desk
from tests.authoring.forms import form_of
from tests.databases import only_sqlite
from tests.scenarios import CODE, PASSWORD, Client

pytestmark = only_sqlite


def _path(desk: Desk, rest: str = "") -> str:
    return f"/admin/drafts/{desk.draft}{rest}"


def _start(browser: Client, choice: str, published: str = "", content: bytes = b"") -> Response:
    """Send the form that starts a draft; a browser sends a file without a name where none was chosen."""
    file = ("draft.yaml" if content else "", content, "application/yaml")
    fields = {"csrf_token": browser.token(), "from": choice, "published": published}
    return browser.post("/admin/drafts/start", data=fields, files={"file": file})


def test_a_draft_is_started_from_a_version_and_leads_to_its_outline(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    done = _start(browser, "version", f"{CODE} 2026.1")

    assert done.status_code == 303
    page = browser.get(done.headers["location"])
    assert "No problems" in page.text
    assert "4 questions" in page.text


def test_nothing_is_started_from_nothing(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    for choice, words in (("version", "Choose the version"), ("file", "Choose the YAML file")):
        page = _start(browser, choice)
        assert page.status_code == 422
        assert words in page.text


def test_a_form_that_is_saved_untouched_changes_nothing(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    for address in desk.open().document.addresses():
        form = form_of(browser.get(_path(desk, f"/parts/{address}")))

        done = browser.post(_path(desk, f"/parts/{address}"), data=form)

        assert done.status_code == 303, address
    after = desk.open().inspection.questionnaire
    assert after is not None
    with desk.scene.database.read() as session:
        assert after.items == questionnaires.get_version(session, CODE, "2026.1").items


def test_a_problem_stands_beside_its_field_and_on_the_outline(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_path(desk, "/parts/item/A1"))) | {"text": [""], "weight": ["heavy"]}

    done = browser.post(_path(desk, "/parts/item/A1"), data=form)

    page = browser.get(done.headers["location"]).text
    assert 'id="text-error"' in page
    assert 'value="heavy"' in page
    assert "2 problems here" in page
    assert "2 problems to correct" in browser.get(_path(desk)).text


def test_the_second_of_two_sees_both_and_keeps_what_was_typed(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_path(desk, "/parts/item/A1"))) | {"text": ["Ana's words"]}
    desk.save(A1, by=desk.ben, text="Ben's words")

    page = browser.post(_path(desk, "/parts/item/A1"), data=form)

    assert page.status_code == 409
    assert "Ben changed this part while you were working on it" in page.text
    assert "Ben&#39;s words" in page.text
    assert "Ana&#39;s words" in page.text
    again = browser.post(_path(desk, "/parts/item/A1"), data=form_of(page))
    assert again.status_code == 303
    assert desk.part(A1)["text"] == "Ana's words"


def test_a_question_is_added_moved_doubled_and_retired_by_buttons(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    added = browser.submit(_path(desk, "/parts"), kind="item", code="Z1", type="yes_no", section="A")
    browser.submit(_path(desk, "/parts/item/Z1"), act="up")
    copy = browser.submit(_path(desk, "/parts/item/Z1"), act="duplicate")
    moved = browser.submit(_path(desk, "/parts/item/Z1"), act="move", section="B")
    browser.submit(_path(desk, "/parts/item/A1"), act="retire", seen=desk.etag(A1))

    assert added.headers["location"].endswith("/parts/item/Z1")
    assert copy.headers["location"].endswith("/parts/item/Z1-2")
    assert moved.status_code == 303
    assert desk.items()[-1] == "Z1"
    assert "A1" not in desk.items()


def test_a_code_that_is_taken_is_refused_in_words(desk: Desk, browse: Browse) -> None:
    page = browse(desk.ana).submit(_path(desk, "/parts"), kind="item", code="A1", type="yes_no", section="A")

    assert page.status_code == 422
    assert "Another part has the code A1 already" in page.text
    assert 'value="A1"' in page.text


def test_what_cannot_be_added_is_said_at_its_ownform_of(desk: Desk, browse: Browse) -> None:
    page = browse(desk.ana).submit(_path(desk, "/parts"), kind="section", code="A")

    assert page.status_code == 422
    assert 'href="#code-section"' in page.text
    assert 'id="code-section-error"' in page.text


def test_a_change_is_undone_from_the_history(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="Other words")
    browser = browse(desk.ben)
    assert "Undo change 1" in browser.get(_path(desk, "/history")).text

    browser.submit(_path(desk, "/history/1/put-back"))

    assert desk.part(A1)["text"] == "How far is the strategy?"


def test_a_draft_with_problems_cannot_be_published(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="")
    browser = browse(desk.ana)

    assert "1 problem to correct first" in browser.get(_path(desk, "/publish")).text
    refused = browser.submit(_path(desk, "/publish"), current_password=PASSWORD, revision="1")

    assert refused.status_code == 422
    assert desk.open().entry.state == "open"


def test_publishing_asks_for_the_password_and_makes_the_version(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="How far is the strategy of your economy?")
    browser = browse(desk.ana)
    assert "Clarified" in browser.get(_path(desk, "/publish")).text

    wrong = browser.submit(_path(desk, "/publish"), current_password="wrong", revision="1", changes="Clearer words.")
    done = browser.submit(_path(desk, "/publish"), current_password=PASSWORD, revision="1", changes="Clearer words.")

    assert wrong.status_code == 422
    assert done.headers["location"] == f"/questionnaires/{CODE}/2026.2"
    assert desk.open().entry.state == "published"
    with desk.scene.database.read() as session:
        assert questionnaires.get_version(session, CODE, "2026.1").items["A1"].text == "How far is the strategy?"
        assert questionnaires.get_version(session, CODE, "2026.2").items["A1"].text.endswith("your economy?")


def test_nobody_publishes_what_a_colleague_has_changed_meanwhile(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    desk.save(A1, by=desk.ben, text="Changed meanwhile")

    refused = browser.submit(_path(desk, "/publish"), current_password=PASSWORD, revision="0")

    assert refused.status_code == 409
    assert desk.open().entry.state == "open"


def test_the_file_of_a_draft_starts_another_that_is_the_same(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="")
    browser = browse(desk.ana)
    file = browser.get(_path(desk, "/file.yaml"))

    done = _start(browser, "file", content=file.content)

    assert file.headers["content-disposition"] == f'attachment; filename="{CODE}-2026.2-draft.yaml"'
    assert done.status_code == 303
    assert "1 problem to correct" in browser.get(done.headers["location"]).text


def test_a_discarded_draft_leaves_the_list(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    browser.submit(_path(desk, "/discard"), revision="0")

    assert "No drafts yet" in browser.get("/admin/drafts").text


@pytest.mark.parametrize("rest", ["", "/parts/item/A1", "/history", "/publish", "/file.yaml"])
def test_officials_see_nothing_of_drafts(desk: Desk, browse: Browse, rest: str) -> None:
    assert browse(desk.official).get(_path(desk, rest)).status_code == 403


@pytest.mark.parametrize("rest", ["/parts/item/NONE", "/parts/person/A1", "/parts/item", "/parts/about/x"])
def test_what_is_not_there_is_not_found(desk: Desk, browse: Browse, rest: str) -> None:
    assert browse(desk.ana).get(_path(desk, rest)).status_code == 404


def test_the_scheme_and_clauses_have_forms_of_their_own(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    form = form_of(browser.get(_path(desk, "/parts/scheme"))) | {"decimals": ["2"]}

    browser.post(_path(desk, "/parts/scheme"), data=form)

    assert desk.part(Address(Kind.SCHEME))["decimals"] == 2
