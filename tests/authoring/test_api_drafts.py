"""Drafts over the API: they are started, read and let go."""

from __future__ import annotations

import pytest
from httpx2 import Response

from app.authoring import drafts
from tests.authoring.conftest import A1, Desk
from tests.authoring.programs import Program, fields, refused
from tests.databases import only_sqlite
from tests.scenarios import CODE, SMALL, VERSION


def test_a_draft_starts_from_a_version_from_a_file_and_blank(desk: Desk, ana: Program) -> None:
    at = "/api/v1/drafts"
    answers = [
        ana.client.post(at, json={"start": "version", "code": CODE, "version": VERSION}),
        ana.client.post(at, json={"start": "blank", "code": "pilot", "version": "2026.1", "title": "Pilot"}),
        ana.client.post(f"{at}.yaml", content=SMALL.encode(), headers={"Content-Type": "application/yaml"}),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    found = [answer.json() for answer in answers]
    assert [(one["code"], one["version"], one["state"]) for one in found] == [
        (CODE, "2026.2", "open"),
        ("pilot", "2026.1", "open"),
        (CODE, VERSION, "open"),
    ]
    assert all(ana.client.get(answer.headers["location"]).json()["id"] == answer.json()["id"] for answer in answers)
    listed = ana.client.get(at).json()
    assert {one["id"] for one in listed["data"]} == {str(desk.draft), *(one["id"] for one in found)}
    assert listed["next"] is None


@only_sqlite
@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, ("body", "union_tag_not_found")),
        ({"start": "moon"}, ("body", "union_tag_invalid")),
        ({"start": "version", "code": CODE}, ("body.version.version", "missing")),
        ({"start": "blank", "code": "x", "version": "1", "title": "t", "colour": 1}, ("body.blank.colour", "extra_forbidden")),
    ],
)
def test_what_a_start_lacks_or_has_too_much_is_named(ana: Program, body: object, named: tuple[str, str]) -> None:
    assert fields(ana.client.post("/api/v1/drafts", json=body)) == [named]


@only_sqlite
def test_a_file_is_refused_at_its_line_and_by_its_kind(ana: Program) -> None:
    def send(content: bytes, kind: str = "application/yaml") -> Response:
        return ana.client.post("/api/v1/drafts.yaml", content=content, headers={"Content-Type": kind})

    assert fields(send(b"code: x\nsections: [\n")) == [("file", "Y2")]
    assert "Line 3" in send(b"code: x\nversion: '1'\nsections: none\n").json()["problems"][0]["message"]
    refused(send(b"{}", "application/json"), 415, "unsupported_media")
    refused(send(b"#" * 1_000_001), 413, "too_large")
    refused(
        ana.client.post("/api/v1/drafts", content=b"a: b", headers={"Content-Type": "application/yaml"}), 415, "unsupported_media"
    )
    assert len(ana.client.get("/api/v1/drafts").json()["data"]) == 1


def test_a_discarded_draft_is_read_and_changed_no_more(desk: Desk, ana: Program) -> None:
    part, seen = dict(desk.part(A1)), ana.etag("/parts/item/A1")

    refused(ana.delete("", '"r7"'), 412, "draft_changed")
    assert ana.delete("", '"r0"').json()["state"] == "discarded"

    refused(ana.put("/parts/item/A1", {**part, "text": "Other?"}, seen), 409, "conflict")
    refused(ana.delete("", '"r0"'), 409, "conflict")
    assert ana.get("/document").status_code == 200
    assert ana.client.get("/api/v1/drafts").json()["data"] == []
    assert ana.post("/reopening", None).json()["state"] == "open"
    refused(ana.post("/reopening", None), 409, "conflict")


def test_a_section_is_retired_as_it_was_read_with_its_questions(desk: Desk, ana: Program) -> None:
    parts = {part["address"]: part for part in ana.get().json()["parts"]}
    seen = f'"{parts["section/A"]["retiring_etag"]}"'
    desk.save(A1, by=desk.ben, text="Fresh words")

    refused(ana.delete("/parts/section/A", seen), 412, "part_changed")

    assert "A1" in desk.items()


def test_a_draft_is_read_whole_in_parts_and_with_its_problems(desk: Desk, ana: Program) -> None:
    desk.save(A1, text="")
    outline = ana.get().json()

    assert (outline["revision"], outline["problems"], outline["changed_by"]) == (1, 1, "Ana")
    etags = {part["address"]: part["etag"] for part in outline["parts"]}
    assert ana.etag("/parts/item/A1") == f'"{etags["item/A1"]}"'
    assert next(part["section"] for part in outline["parts"] if part["address"] == "item/B1") == "B"
    assert ana.get("/parts/item/A1").json() == desk.part(A1)
    assert ana.get("/document").json() == desk.open().document.content()
    (row,) = ana.get("/problems").json()["data"]
    assert (row["address"], row["field"], row["code"]) == ("item/A1", ["text"], "Q0_string_too_short")
    assert row["message"].endswith(".")


@only_sqlite
@pytest.mark.parametrize("path", ["", "/document", "/document.yaml", "/parts/about", "/problems", "/history", "/comparison"])
def test_what_did_not_change_is_not_sent_again(ana: Program, path: str) -> None:
    first = ana.get(path)

    assert first.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"
    assert ana.get(path, **{"If-None-Match": first.headers["etag"]}).status_code == 304
    assert ana.client.get(ana.at + path + "?x=1").status_code == 422


@only_sqlite
@pytest.mark.parametrize("address", ["whole", "item/NOTHING", "item", "about/x", "moon", "items/A1", "item/" + "x" * 80])
def test_what_is_no_part_is_not_found(ana: Program, address: str) -> None:
    assert ana.get(f"/parts/{address}").status_code == 404
    assert ana.put(f"/parts/{address}", {"code": "x"}, '"x"').status_code == 404
    assert ana.delete(f"/parts/{address}", '"x"').status_code == 404


def test_starting_by_the_api_and_by_the_page_make_the_same_draft(desk: Desk, ana: Program) -> None:
    with desk.scene.database.write() as session:
        mine = drafts.start_from_version(session, desk.ben, CODE, VERSION)
    theirs = ana.client.post("/api/v1/drafts", json={"start": "version", "code": CODE, "version": VERSION}).json()

    assert (
        ana.client.get(f"/api/v1/drafts/{theirs['id']}/document").content
        == ana.client.get(f"/api/v1/drafts/{mine.id}/document").content
    )
