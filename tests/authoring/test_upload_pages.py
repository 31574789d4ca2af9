"""The pages on which a file replaces a draft."""

from __future__ import annotations

import re

from httpx2 import Response

from tests.authoring.conftest import A1, A2, Browse, Desk
from tests.databases import only_sqlite
from tests.scenarios import Client

pytestmark = only_sqlite


def _path(desk: Desk, rest: str = "") -> str:
    return f"/admin/drafts/{desk.draft}{rest}"


def _upload(browser: Client, desk: Desk, content: bytes) -> Response:
    file = ("draft.yaml" if content else "", content, "application/yaml")
    return browser.post(_path(desk, "/upload"), data={"csrf_token": browser.token()}, files={"file": file})


def _apply(browser: Client, desk: Desk, page: Response) -> Response:
    hidden = dict(re.findall(r'<input type="hidden" name="(revision|content)" value="([^"]*)"', page.text))
    return browser.post(_path(desk, "/replace"), data={"csrf_token": browser.token(), **hidden})


def test_a_download_that_comes_back_untouched_differs_in_nothing(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    assert "Upload a file" in browser.get(_path(desk)).text
    assert browser.get(_path(desk, "/upload")).status_code == 200

    page = _upload(browser, desk, browser.get(_path(desk, "/file.yaml")).content)

    assert page.status_code == 200
    assert "Nothing differs" in page.text
    assert "Apply the file" not in page.text


def test_an_edited_file_is_seen_applied_and_undone(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    words = str(desk.part(A1)["text"])
    file = browser.get(_path(desk, "/file.yaml")).text.replace(words, "Is there <b>a strategy</b>?")

    page = _upload(browser, desk, file.encode())
    assert "Question A1" in page.text
    assert desk.changes() == []
    done = _apply(browser, desk, page)

    assert done.status_code == 303
    assert desk.part(A1)["text"] == "Is there <b>a strategy</b>?"
    history = browser.get(_path(desk, "/history")).text
    assert "The whole draft" in history
    change = browser.get(_path(desk, "/history/1")).text
    assert "Edited: 1" in change
    assert "&lt;b&gt;" in change
    browser.post(_path(desk, "/history/1/put-back"), data={"csrf_token": browser.token()})
    assert desk.part(A1)["text"] == words


def test_a_draft_that_changed_meanwhile_is_compared_again(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    file = browser.get(_path(desk, "/file.yaml")).text.replace(str(desk.part(A1)["text"]), "Is there a strategy?")
    page = _upload(browser, desk, file.encode())
    desk.save(A2, by=desk.ben, text="Ben's words")

    again = _apply(browser, desk, page)

    assert again.status_code == 409
    assert "Ben changed this draft" in again.text
    assert "Question A2" in again.text
    assert desk.part(A2)["text"] == "Ben's words"
    assert _apply(browser, desk, again).status_code == 303


def test_a_file_with_faults_is_shown_with_them_and_may_be_applied(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    file = browser.get(_path(desk, "/file.yaml")).text.replace(str(desk.part(A1)["text"]), "''")

    page = _upload(browser, desk, file.encode())

    assert "With this file the draft has 1 problem" in page.text
    assert _apply(browser, desk, page).status_code == 303


def test_what_cannot_be_taken_is_refused_beside_the_field(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    file = browser.get(_path(desk, "/file.yaml")).text

    for content, words in (
        (b"", "Choose the file."),
        (b"a: [", "Line 1:"),
        (file.replace("2026.2", "2026.1").encode(), "This file is version 2026.1"),
        (re.sub(r"^code: .*$", "code: other", file, count=1, flags=re.MULTILINE).encode(), "questionnaire other"),
    ):
        page = _upload(browser, desk, content)
        assert page.status_code == 422
        assert words in page.text
    lost = browser.post(_path(desk, "/replace"), data={"csrf_token": browser.token(), "revision": "0", "content": "cut"})
    assert lost.status_code == 422
    assert "did not arrive whole" in lost.text


def test_the_whole_has_no_page_of_its_own_and_others_see_none(desk: Desk, browse: Browse) -> None:
    assert browse(desk.ana).get(_path(desk, "/parts/whole")).status_code == 404
    assert browse(desk.official).get(_path(desk, "/upload")).status_code == 403


def test_a_clean_draft_goes_out_in_the_formats_of_others_and_one_with_problems_does_not(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    assert "Codebook (DDI)" in browser.get(_path(desk)).text

    for name, begins in (("xlsform.xlsx", b"PK"), ("codebook.csv", b"row,section"), ("ddi.xml", b"<?xml")):
        file = browser.get(_path(desk, f"/export/{name}"))
        assert file.status_code == 200
        assert file.content.startswith(begins)
        assert file.headers["content-disposition"] == f'attachment; filename="small-2026.2-draft-{name}"'
    assert browser.get(_path(desk, "/export/other.zip")).status_code == 404
    desk.save(A1, text="")
    assert browser.get(_path(desk, "/export/ddi.xml")).status_code == 409
    assert "Codebook (DDI)" not in browser.get(_path(desk)).text
