"""A file of the wrong kind is called what it is, and a file that was chosen counts."""

from __future__ import annotations

import pytest
from httpx2 import Response

from tests.authoring.conftest import Browse, Desk
from tests.databases import only_sqlite
from tests.scenarios import Client

pytestmark = only_sqlite


def _start(browser: Client, choice: str, name: str, content: bytes, published: str = "") -> Response:
    fields = {"csrf_token": browser.token(), "from": choice, "published": published}
    return browser.post("/admin/drafts/start", data=fields, files={"file": (name, content, "application/octet-stream")})


WRONG = [
    ("report.pdf", b"%PDF-1.7\n%\xe2\xe3", "This is a PDF. A YAML file is needed here."),
    ("items.xlsx", b"PK\x03\x04\x14\x00\xff", "This is a workbook (XLSX), a document (DOCX) or a compressed file."),
    ("photo.png", b"\x89PNG\r\n\x1a\n", "This is a picture."),
    ("empty.yaml", b"", "The file is empty."),
    ("blank.yaml", b" \n", "The file is empty."),
]


@pytest.mark.parametrize(("name", "content", "words"), WRONG)
def test_a_wrong_file_is_called_what_it_is(desk: Desk, browse: Browse, name: str, content: bytes, words: str) -> None:
    page = _start(browse(desk.ana), "file", name, content)

    assert page.status_code == 422
    assert words in page.text
    assert "Line 1" not in page.text
    assert "UTF-8" not in page.text


@pytest.mark.parametrize(("name", "content", "words"), [WRONG[0], WRONG[3]])
def test_an_upload_into_a_draft_says_the_same(desk: Desk, browse: Browse, name: str, content: bytes, words: str) -> None:
    browser = browse(desk.ana)

    page = browser.post(
        f"/admin/drafts/{desk.draft}/upload",
        data={"csrf_token": browser.token()},
        files={"file": (name, content, "application/octet-stream")},
    )

    assert page.status_code == 422
    assert words in page.text


def test_a_file_that_was_chosen_counts_though_its_radio_was_not_pressed(desk: Desk, browse: Browse) -> None:
    browser = browse(desk.ana)
    file = browser.get(f"/admin/drafts/{desk.draft}/file.yaml").content

    assert _start(browser, "version", "draft.yaml", file).status_code == 303
    assert "Choose the version" in _start(browser, "version", "", b"").text
