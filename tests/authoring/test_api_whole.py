"""The whole of a draft over the API: out, compared, and in as one change."""

from __future__ import annotations

from io import BytesIO

import pytest
from httpx2 import Response
from openpyxl import load_workbook

from app.authoring.workbook.writing import MEDIA_TYPE as XLSX
from tests.authoring.conftest import A1, A2, Desk
from tests.authoring.programs import Program, fields, refused
from tests.databases import only_sqlite
from tests.scenarios import CODE, VERSION


def test_a_document_is_compared_then_taken_over_as_one_change(desk: Desk, ana: Program) -> None:
    content, seen = ana.get("/document").json(), ana.etag("/document")
    content["sections"][0]["items"][0]["text"] = "Is there a plan?"
    before = desk.open()

    tried = ana.put("/document?dry_run=true", content, seen)
    assert (tried.status_code, tried.json()["applied"], tried.json()["revision"]) == (200, False, 0)
    assert tried.json()["differences"] == [{"address": "item/A1", "difference": "edited", "fields": ["text"]}]
    assert desk.open() == before
    done = ana.put("/document", content, seen)

    assert (done.json()["applied"], done.json()["revision"], done.headers["etag"]) == (True, 1, '"r1"')
    assert done.json()["differences"] == tried.json()["differences"]
    assert desk.open().document.content() == content
    assert [(change.act, str(change.address)) for change in desk.changes()] == [("replaced", "whole")]
    assert ana.put("/document", content, '"r1"').json() | {"problems": []} == {
        "applied": True,
        "revision": 1,
        "differences": [],
        "problems": [],
        "is_older": False,
    }


def test_a_yaml_file_goes_out_and_comes_back_with_nothing_different(desk: Desk, ana: Program) -> None:
    file = ana.get("/document.yaml")
    kind = {"Content-Type": "application/yaml", "If-Match": file.headers["etag"]}

    assert file.headers["content-type"] == "application/yaml"
    assert ana.client.put(f"{ana.at}/document.yaml", content=file.content, headers=kind).json()["differences"] == []
    other = file.content.replace(b"How far is the strategy?", b"How far is the plan?")
    done = ana.client.put(f"{ana.at}/document.yaml", content=other, headers=kind)
    assert [one["address"] for one in done.json()["differences"]] == ["item/A1"]
    assert desk.part(A1)["text"] == "How far is the plan?"


def test_a_document_is_not_taken_over_where_the_draft_changed_since(desk: Desk, ana: Program) -> None:
    content, seen = ana.get("/document").json(), ana.etag("/document")
    desk.save(A2, by=desk.ben, text="Ben's words")

    for path in ("/document", "/document?dry_run=true"):
        found = refused(ana.put(path, content, seen), 412, "draft_changed")
        assert (found["changed_by"], found["revision"]) == ("Ben", 1)
    refused(ana.put("/document", content), 428, "etag_needed")
    assert desk.part(A2)["text"] == "Ben's words"


@only_sqlite
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"code": "another"}, ("file", "another_questionnaire")),
        ({"version": "2031.1"}, ("file", "another_version")),
        ({"sections": "none"}, ("document.sections", "shapeless")),
        ({"sections": [{"title": "no code"}]}, ("document.sections.0", "shapeless")),
    ],
)
def test_a_document_that_cannot_be_of_this_draft_is_refused(
    desk: Desk, ana: Program, change: dict[str, object], named: tuple[str, str]
) -> None:
    answer = ana.put("/document", desk.open().document.content() | change, ana.etag("/document"))

    assert fields(answer) == [named]
    assert desk.changes() == []


@only_sqlite
def test_a_document_with_unknown_fields_is_kept_and_they_are_named(desk: Desk, ana: Program) -> None:
    answer = ana.put("/document", desk.open().document.content() | {"colour": "red"}, ana.etag("/document"))

    (found,) = answer.json()["problems"]
    assert (found["address"], found["field"], found["code"]) == ("about", ["colour"], "Q0_extra_forbidden")


def sent(ana: Program, content: bytes, seen: str, query: str = "") -> Response:
    headers = {"Content-Type": XLSX, "If-Match": seen}
    return ana.client.put(f"{ana.at}/items.xlsx{query}", content=content, headers=headers)


def reworded(content: bytes, before: str, after: str) -> bytes:
    """Change a cell as a spreadsheet program does."""
    book = load_workbook(BytesIO(content))
    for row in book["items"].iter_rows():
        for cell in row:
            if cell.value == before:
                cell.value = after
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_of_items_goes_out_and_comes_back_compared_first(desk: Desk, ana: Program) -> None:
    file = ana.get("/items.xlsx")
    other = reworded(file.content, "How far is the strategy?", "How far is the plan?")

    assert (file.headers["content-type"], file.headers["etag"]) == (XLSX, '"r0"')
    assert sent(ana, file.content, '"r0"').json()["differences"] == []
    tried = sent(ana, other, '"r0"', "?dry_run=true").json()
    assert (tried["applied"], tried["is_older"], tried["differences"]) == (
        False,
        False,
        [{"address": "item/A1", "difference": "edited", "fields": ["text"]}],
    )
    assert desk.changes() == []
    done = sent(ana, other, '"r0"')

    assert (done.json()["applied"], done.headers["etag"]) == (True, '"r1"')
    assert desk.part(A1)["text"] == "How far is the plan?"
    refused(sent(ana, file.content, '"r0"'), 412, "draft_changed")
    assert sent(ana, file.content, '"r1"', "?dry_run=true").json()["is_older"] is True


@only_sqlite
def test_what_is_no_workbook_of_items_is_refused(desk: Desk, ana: Program) -> None:
    published = ana.client.get(f"/api/v1/questionnaires/{CODE}/versions/{VERSION}/items.xlsx")

    assert (published.status_code, published.headers["content-type"]) == (200, XLSX)
    assert fields(sent(ana, published.content, '"r0"')) == [("file", "another_version")]
    assert fields(sent(ana, b"PK\x03\x04 is no workbook", '"r0"')) == [("file", "file_unreadable")]
    refused(ana.put("/items.xlsx", {}, '"r0"'), 415, "unsupported_media")
    refused(sent(ana, b"#" * 1_000_001, '"r0"'), 413, "too_large")
    assert desk.changes() == []


@only_sqlite
def test_a_part_that_is_called_like_a_file_takes_json(desk: Desk, ana: Program) -> None:
    for code in ("items.xlsx", "document.yaml"):
        part = {"code": code, "type": "yes_no", "text": "Is there a plan?"}
        assert ana.post("/parts", {"kind": "item", "part": part, "section": "A"}).status_code == 201
        at = f"/parts/item/{code}"
        assert ana.put(at, {**part, "text": "Is there?"}, ana.etag(at)).status_code == 200
