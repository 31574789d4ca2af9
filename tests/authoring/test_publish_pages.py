"""Publishing with open eyes, and the workbook of items, as administrators meet them."""

from __future__ import annotations

import io

import openpyxl
from httpx2 import Response

from app.questionnaires import service as questionnaires
from tests.authoring.conftest import A1, A2, Browse, Desk
from tests.databases import only_sqlite
from tests.scenarios import APEC, CODE, PASSWORD, VERSION, Client, answers_csv

pytestmark = only_sqlite


def _path(desk: Desk, rest: str = "") -> str:
    return f"/admin/drafts/{desk.draft}{rest}"


def _publish(browser: Client, desk: Desk, note: str) -> Response:
    revision = str(desk.open().entry.revision)
    return browser.submit(_path(desk, "/publish"), current_password=PASSWORD, revision=revision, changes=note)


def _upload(browser: Client, desk: Desk, content: bytes) -> Response:
    file = ("items.xlsx", content, "application/octet-stream")
    return browser.post(_path(desk, "/upload"), data={"csrf_token": browser.token()}, files={"file": file})


def _with(content: bytes, sheet: str, cell: str, value: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    book[sheet][cell].value = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_page_says_what_a_change_touches_and_what_it_means_and_names_nobody(desk: Desk, browse: Browse) -> None:
    desk.scene.import_(answers_csv(APEC[:6], B2="100", B3="50"))
    desk.scene.save(desk.official, desk.scene.start("NZL"), "A1", "4")
    desk.save(A1, text="How far is the national strategy?")

    page = browse(desk.ana).get(_path(desk, "/publish")).text

    assert "Answers in open reviews" in page
    assert "fewer than 5" in page
    assert "It asks the same in clearer words." in page
    assert "Open reviews: fewer than 5." in page
    for economy in ("New Zealand", "Australia", "NZL", "AUS"):
        assert economy not in page


def test_a_note_is_asked_for_where_a_version_stands_before(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    refused = _publish(browser, desk, " \r\n ")

    assert refused.status_code == 422
    assert "Say in a sentence or two what is new" in refused.text
    assert desk.open().entry.state == "open"
    assert desk.changes() == []


def test_the_note_is_a_change_in_the_history_and_stands_with_the_version(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    desk.save(A1, text="How far is the national strategy?")
    begun = desk.open().entry.revision

    done = _publish(browser, desk, "Clearer words.\r\nNothing else.")

    assert done.status_code == 303
    assert next((change.number, str(change.address)) for change in desk.changes()) == (begun + 1, "about")
    with desk.scene.database.read() as session:
        assert questionnaires.get_version(session, CODE, "2026.2").changes == "Clearer words.\nNothing else."
        assert questionnaires.list_changes(session) == {(CODE, "2026.2"): "Clearer words.\nNothing else."}
    assert "Clearer words." in browser.get(done.headers["location"]).text
    assert "New: Clearer words." in browser.get("/questionnaires").text
    assert "What is new" not in browser.get(f"/questionnaires/{CODE}/{VERSION}").text


def test_a_note_that_cannot_be_stored_is_refused_and_nothing_is_kept(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)

    refused = _publish(browser, desk, "x" * 20_001)

    assert refused.status_code == 422
    assert "Shorten this text" in refused.text
    assert desk.changes() == []


def test_the_estimate_has_its_own_page_with_its_label(desk: Desk, browse: Browse) -> None:
    desk.scene.import_(answers_csv(APEC[:12], [2 + k % 4 for k in range(12)], B2="100", B3="50"))
    desk.save(A2, weight=3)
    browser = browse(desk.ana)
    assert "/publish/what-if" in browser.get(_path(desk, "/publish")).text

    page = browser.get(_path(desk, "/publish/what-if")).text

    assert "An estimate from answers that stay as they are. It is never stored and never published." in page
    assert "No score moves here" in page
    assert "The smallest and the largest change are never shown" in page
    assert "Smallest and largest" not in page
    assert browse(desk.official).get(_path(desk, "/publish/what-if")).status_code == 403
    desk.save(A1, text="")
    assert browser.get(_path(desk, "/publish/what-if")).status_code == 409


def test_items_go_out_and_come_back_without_a_difference(desk: Desk, browse: Browse) -> None:
    desk.save(A1, text="", weight="heavy")
    browser = browse(desk.ana)
    file = browser.get(_path(desk, "/export/items.xlsx"))

    assert file.headers["content-disposition"] == 'attachment; filename="small-2026.2-items.xlsx"'
    assert "Nothing differs" in _upload(browser, desk, file.content).text


def test_an_edited_workbook_is_compared_and_an_older_one_named_as_such(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    file = _with(browser.get(_path(desk, "/export/items.xlsx")).content, "items", "F3", "How far is it?")
    desk.save(A2, by=desk.ben, text="Ben's words")

    page = _upload(browser, desk, file).text

    assert "Question A1" in page
    assert "made from something else than the draft as it is now" in page
    assert "It was downloaded after change 0 of the draft, which now has 1." in page
    assert desk.part(A2)["text"] == "Ben's words"


def test_a_version_s_items_are_taken_with_the_draft_s_number_and_another_questionnaire_s_never(
    desk: Desk, browse: Browse
) -> None:
    browser = browse(desk.ana)
    file = browser.get(f"/questionnaires/{CODE}/{VERSION}/items.xlsx").content

    assert "This file is version 2026.1" in _upload(browser, desk, file).text
    taken = _upload(browser, desk, _with(file, "about", "B4", "2026.2"))
    assert taken.status_code == 200
    hidden = openpyxl.load_workbook(io.BytesIO(file)).sheetnames[-1]
    foreign = _upload(browser, desk, _with(_with(file, "about", "B4", "2026.2"), hidden, "B3", "other"))
    assert foreign.status_code == 422
    assert "This file is the questionnaire other" in foreign.text


def test_a_bad_cell_is_named_on_the_page(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    file = _with(browser.get(_path(desk, "/export/items.xlsx")).content, "items", "F3", "=1+1")

    refused = _upload(browser, desk, file)

    assert refused.status_code == 422
    assert "Sheet items, row 3, column F: The cell holds a formula." in refused.text
