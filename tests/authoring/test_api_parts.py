"""Parts of a draft over the API: a change says what it saw."""

from __future__ import annotations

import pytest
from httpx2 import Response

from tests.authoring.conftest import A1, Desk
from tests.authoring.programs import Program, fields, refused
from tests.databases import only_sqlite


def test_a_part_is_saved_with_the_etag_that_was_read(desk: Desk, ana: Program) -> None:
    part, seen = ana.get("/parts/item/A1").json(), ana.etag("/parts/item/A1")

    done = ana.put("/parts/item/A1", {**part, "text": "Is there a plan?"}, seen)
    again = ana.put("/parts/item/A1", {**part, "text": "Is there a plan?"}, seen)

    assert (done.status_code, done.json()["revision"], done.json()["address"]) == (200, 1, "item/A1")
    assert done.headers["etag"] == f'"{done.json()["etag"]}"' == ana.etag("/parts/item/A1")
    assert (again.status_code, again.json()) == (200, done.json())
    assert desk.part(A1)["text"] == "Is there a plan?"
    assert [(change.act, change.by) for change in desk.changes()] == [("edited", "Ana")]
    assert desk.scene.rows(
        'SELECT name, action FROM audit_event JOIN "user" ON "user".id = actor_user_id ORDER BY sequence DESC LIMIT 1'
    ) == [("Ana", "authoring.edited")]


def test_a_part_that_a_colleague_changed_is_refused_with_what_it_is_now(desk: Desk, ana: Program) -> None:
    part, seen = ana.get("/parts/item/A1").json(), ana.etag("/parts/item/A1")
    desk.save(A1, by=desk.ben, text="Ben's words")

    found = refused(ana.put("/parts/item/A1", {**part, "text": "Ana's words"}, seen), 412, "part_changed")

    assert (found["changed_by"], found["current"]) == ("Ben", desk.part(A1))
    assert refused(ana.delete("/parts/item/A1", seen), 412, "part_changed")["etag"] == found["etag"]
    assert desk.part(A1)["text"] == "Ben's words"
    assert ana.put("/parts/item/A1", {**part, "text": "Both"}, f'"{found["etag"]}"').status_code == 200


@only_sqlite
@pytest.mark.parametrize(
    ("seen", "status", "code"),
    [
        (None, 428, "etag_needed"),
        ("*", 400, "bad_request"),
        ("abc", 400, "bad_request"),
        ('W/"abc"', 400, "bad_request"),
        ('"a", "b"', 400, "bad_request"),
        ('"made-up"', 412, "part_changed"),
    ],
)
def test_a_change_that_does_not_say_what_it_saw_is_refused(
    desk: Desk, ana: Program, seen: str | None, status: int, code: str
) -> None:
    before = desk.open()

    refused(ana.put("/parts/item/A1", {**dict(desk.part(A1)), "text": "Other?"}, seen), status, code)
    refused(ana.delete("/parts/item/A1", seen), status, code)

    assert desk.open() == before


@only_sqlite
def test_fields_that_the_format_does_not_have_are_refused_by_name(desk: Desk, ana: Program) -> None:
    before = desk.open()

    def put(address: str, **more: object) -> Response:
        return ana.put(f"/parts/{address}", ana.get(f"/parts/{address}").json() | more, ana.etag(f"/parts/{address}"))

    assert fields(put("item/A1", colour="red", tetx="x")) == [
        ("body.colour", "extra_forbidden"),
        ("body.tetx", "extra_forbidden"),
    ]
    assert fields(put("section/A", items=[])) == [("body.items", "extra_forbidden")]
    assert fields(put("about", scheme=7, sections=[])) == [
        ("body.scheme", "extra_forbidden"),
        ("body.sections", "extra_forbidden"),
    ]
    assert fields(put("scheme", nodes=[])) == [("body.nodes", "extra_forbidden")]
    assert fields(put("clauses", **{"<b>": 1})) == [("body.?", "extra_forbidden")]
    assert fields(ana.post("/parts", {"kind": "section", "part": {"code": "Z", "items": [{"no": "code"}]}})) == [
        ("body.part.items", "extra_forbidden")
    ]
    assert fields(ana.post("/moves", {"address": "item/A1", "index": 0, "to": "B"})) == [("body.to", "extra_forbidden")]
    assert desk.open() == before


@only_sqlite
def test_what_does_not_fit_the_format_is_kept_as_a_problem(desk: Desk, ana: Program) -> None:
    part = ana.get("/parts/item/A1").json()

    assert ana.put("/parts/item/A1", {**part, "weight": "heavy"}, ana.etag("/parts/item/A1")).status_code == 200

    assert desk.part(A1)["weight"] == "heavy"
    assert [row["code"] for row in ana.get("/problems").json()["data"]] == ["Q0_float_type"]


def test_a_part_is_added_copied_moved_and_retired(desk: Desk, ana: Program) -> None:
    part = {"code": "Z1", "type": "yes_no", "text": "Is there a plan?"}

    added = ana.post("/parts", {"kind": "item", "part": part, "section": "B", "index": 0})
    copied = ana.post("/copies", {"address": "item/Z1"})
    moved = ana.post("/moves", {"address": "item/Z1", "index": 99, "section": "A"})
    gone = ana.delete("/parts/item/A2", ana.etag("/parts/item/A2"))

    assert [answer.status_code for answer in (added, copied, moved, gone)] == [201, 201, 200, 200]
    assert (copied.json()["address"], gone.json()) == ("item/Z1-2", {"address": "item/A2", "etag": "", "revision": 4})
    assert desk.items() == ["A1", "A3", "A4", "Z1", "Z1-2", "B1", "B2", "B3", "B4"]
    assert [change.act for change in desk.changes()] == ["retired", "moved", "duplicated", "added"]


@only_sqlite
def test_codes_stay_unique_and_published_ones_never_change(desk: Desk, ana: Program) -> None:
    part = ana.get("/parts/item/A1").json()

    assert fields(ana.put("/parts/item/A1", {**part, "code": "A9"}, ana.etag("/parts/item/A1"))) == [("code", "published_code")]
    assert fields(ana.post("/parts", {"kind": "item", "part": {"code": "A1"}, "section": "A"})) == [("code", "code_taken")]
    assert fields(ana.post("/parts", {"kind": "item", "part": {}, "section": "A"})) == [("code", "missing")]
    assert fields(ana.post("/parts", {"kind": "item", "part": {"code": "Z1"}, "section": "?"})) == [
        ("section", "unknown_section")
    ]
    assert desk.changes() == []


@pytest.mark.parametrize("code", ["x" * 65, "x" * 500, "a\nb", "a\u202eb", "..", "a/b"])
def test_a_code_that_no_address_could_hold_is_refused(desk: Desk, ana: Program, code: str) -> None:
    answer = ana.post("/parts", {"kind": "item", "part": {"code": code, "type": "yes_no"}, "section": "A"})

    assert fields(answer) == [("code", "code")]
    assert desk.changes() == []


@only_sqlite
def test_what_is_nested_beyond_what_a_file_holds_is_refused(desk: Desk, ana: Program) -> None:
    deep: object = "x"
    for _ in range(30):
        deep = [deep]

    answer = ana.put("/parts/item/A1", {**dict(desk.part(A1)), "text": deep}, ana.etag("/parts/item/A1"))
    whole = ana.put("/document", desk.open().document.content() | {"title": deep}, ana.etag("/document"))

    assert fields(answer) == [("part", "too_deep")]
    assert fields(whole) == [("document", "too_deep")]
