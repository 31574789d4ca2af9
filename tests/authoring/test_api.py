"""Drafts over the API: an administrator's key does what the pages do, by the same rules, and says what it saw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from httpx2 import Response

from app.accounts import keys, service
from app.accounts.scopes import READS, Scope
from app.authoring import drafts
from app.config import Settings
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.main import create_app
from tests.authoring.conftest import A1, A2, Desk
from tests.databases import only_sqlite
from tests.scenarios import CODE, SMALL, VERSION, Client, bearer, problem

AUTHOR = READS | {Scope.AUTHOR}
Open = Callable[..., "Program"]


@dataclass
class Program:
    """A program with a key; `at` is the draft that it works on."""

    client: Client
    at: str

    def get(self, path: str = "", **headers: str) -> Response:
        return self.client.get(self.at + path, headers=headers)

    def etag(self, path: str) -> str:
        return str(self.get(path).headers["etag"])

    def put(self, path: str, body: object, seen: str | None = None) -> Response:
        headers = {} if seen is None else {"If-Match": seen}
        return self.client.put(self.at + path, json=body, headers=headers)

    def post(self, path: str, body: object) -> Response:
        return self.client.post(self.at + path, json=body)

    def delete(self, path: str, seen: str | None = None) -> Response:
        return self.client.delete(self.at + path, headers={} if seen is None else {"If-Match": seen})


@pytest.fixture
def program(desk: Desk, settings: Settings, database: Database) -> Iterator[Open]:
    app = create_app(settings, database)
    opened: list[Client] = []

    def program(owner: Actor | None = None, scopes: frozenset[Scope] = AUTHOR) -> Program:
        client = Client(app)
        del client.headers["Origin"]
        with database.write() as session:
            client.headers.update(bearer(keys.create_key(session, owner or desk.ana, label="x", scopes=scopes).secret))
        opened.append(client)
        return Program(client, f"/api/v1/drafts/{desk.draft}")

    yield program
    for client in opened:
        client.close()


@pytest.fixture
def ana(program: Open) -> Program:
    return program()


def refused(answer: Response, status: int, code: str) -> dict[str, object]:
    found = problem(answer)
    assert (answer.status_code, found["code"]) == (status, code), found
    assert found["detail"]
    return found


def fields(answer: Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(str(one["field"]), str(one["code"])) for one in answer.json()["problems"]]


# --- who may


@only_sqlite
def test_a_key_that_only_reads_reads_drafts_and_is_told_what_it_lacks(desk: Desk, program: Open) -> None:
    reader = program(scopes=READS)
    before = desk.open()

    assert reader.get().status_code == 200
    found = refused(reader.put("/parts/item/A1", {}, reader.etag("/parts/item/A1")), 403, "scope_missing")

    assert found["scope"] == "author"
    assert "author" in str(found["detail"])
    assert "API keys" in str(found["detail"])
    for answer in (reader.delete("", '"r0"'), reader.post("/copies", {"address": "item/A1"}), reader.post("/publication", {})):
        refused(answer, 403, "scope_missing")
    assert desk.open() == before


@only_sqlite
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_others_neither_read_nor_change_drafts(desk: Desk, program: Open, role: Role) -> None:
    other = program(desk.scene.person(role), READS)
    before = desk.open()

    for path in ("", "/document", "/document.yaml", "/problems", "/parts/about", "/history", "/comparison"):
        refused(other.get(path), 403, "forbidden")
    refused(other.client.get("/api/v1/drafts"), 403, "forbidden")
    refused(other.client.get("/api/v1/audit"), 403, "forbidden")
    found = refused(other.put("/parts/item/A1", {}, '"x"'), 403, "forbidden")
    assert "administrator" in str(found["detail"])
    assert desk.open() == before


@only_sqlite
def test_a_key_loses_its_scope_with_its_owners_role(desk: Desk, program: Open) -> None:
    written = program()
    assert desk.ana.user_id is not None
    with desk.scene.database.write() as session:
        service.change_role(session, COMMAND_LINE, desk.ana.user_id, role="analyst", economy=None)

    refused(written.get(), 403, "forbidden")
    refused(written.post("/copies", {"address": "item/A1"}), 403, "forbidden")
    me = written.client.get("/api/v1/me").json()
    assert (me["scopes"], me["may_write"]) == (["read"], False)
    assert desk.changes() == []


@only_sqlite
def test_a_key_with_the_scope_changes_no_answers(desk: Desk, program: Open) -> None:
    written = program()
    review = desk.scene.start("NZL")

    answer = written.client.put(f"/api/v1/reviews/{review}/answers/A1", json={"state": "answered", "value": 3, "seen": 0})

    refused(answer, 403, "key_only_reads")


@only_sqlite
def test_a_session_edits_by_the_api_and_publishes_on_the_page_only(desk: Desk, settings: Settings, database: Database) -> None:
    with Client(create_app(settings, database)).sign_in(desk.scene.email(desk.ana)) as browser:
        path = f"/api/v1/drafts/{desk.draft}"
        assert browser.post(f"{path}/copies", json={"address": "item/A1"}).status_code == 201

        refused(browser.post(f"{path}/publication", json={"revision": 1, "confirm": "publish 2026.2"}), 403, "key_needed")
        refused(
            browser.post(f"{path}/copies", json={"address": "item/A1"}, headers={"Origin": "https://evil.example"}),
            403,
            "cross_site",
        )


@only_sqlite
def test_a_draft_that_is_not_there_is_not_found(desk: Desk, ana: Program) -> None:
    ana.at = f"/api/v1/drafts/{uuid4()}"

    answers = [ana.get(), ana.get("/document"), ana.delete("", '"r0"'), ana.post("/moves", {"address": "item/A1", "index": 0})]
    answers += [ana.put("/parts/about", {}, '"x"'), ana.put("/document", {}, '"r0"')]

    assert {answer.status_code for answer in answers} == {404}


# --- starting and letting go


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


# --- reading


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


# --- parts


def test_a_part_is_saved_with_the_etag_that_was_read(desk: Desk, ana: Program) -> None:
    part, seen = ana.get("/parts/item/A1").json(), ana.etag("/parts/item/A1")

    done = ana.put("/parts/item/A1", {**part, "text": "Is there a plan?"}, seen)
    again = ana.put("/parts/item/A1", {**part, "text": "Is there a plan?"}, seen)

    assert (done.status_code, done.json()["revision"], done.json()["address"]) == (200, 1, "item/A1")
    assert done.headers["etag"] == f'"{done.json()["etag"]}"' == ana.etag("/parts/item/A1")
    assert (again.status_code, again.json()) == (200, done.json())
    assert desk.part(A1)["text"] == "Is there a plan?"
    assert [(change.act, change.by) for change in desk.changes()] == [("edited", "Ana")]
    assert desk.scene.rows("SELECT actor_name, action FROM audit_event ORDER BY sequence DESC LIMIT 1") == [
        ("Ana", "authoring.edited")
    ]


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


# --- the whole


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


def test_a_draft_is_compared_with_the_newest_version(desk: Desk, ana: Program) -> None:
    desk.save(A1, text="Is there a plan?")

    found = ana.get("/comparison").json()

    assert (found["before"], found["scheme_changed"]) == (VERSION, False)
    assert [(one["item"], one["fields"]) for one in found["changes"]] == [("A1", ["text"])]
    desk.save(A1, text="")
    refused(ana.get("/comparison"), 409, "conflict")


# --- history, publishing, the record


def test_changes_are_listed_in_pages_and_put_back(desk: Desk, ana: Program) -> None:
    words = desk.part(A1)["text"]
    for text in ("one?", "two?", "three?"):
        desk.save(A1, text=text)

    first = ana.get("/history?limit=2").json()
    rest = ana.get(f"/history?limit=2&cursor={first['next']}").json()

    assert [row["number"] for row in first["data"] + rest["data"]] == [3, 2, 1]
    assert rest["next"] is None
    assert rest["data"][0]["fields"] == ["text"]
    whole = ana.get("/history/1").json()
    assert (whole["before"]["part"]["text"], whole["after"]["part"]["text"]) == (words, "one?")
    assert ana.post("/history/1/put-back", None).json()["revision"] == 4
    assert desk.part(A1)["text"] == words
    assert ana.get("/history/99").status_code == ana.post("/history/99/put-back", None).status_code == 404
    refused(ana.get("/history?cursor=WyItMSJd"), 400, "bad_cursor")


def test_a_draft_is_published_as_it_was_read_and_in_so_many_words(desk: Desk, ana: Program) -> None:
    desk.save(A1, text="Is there a plan?")
    said = {"revision": 1, "confirm": "publish 2026.2", "changes": "Other words."}

    assert fields(ana.post("/publication", {**said, "confirm": "yes"})) == [("body.confirm", "not_confirmed")]
    assert fields(ana.post("/publication", {"revision": 1})) == [("body.confirm", "missing")]
    refused(ana.post("/publication", {**said, "revision": 0}), 409, "conflict")
    assert desk.scene.count("questionnaire_version") == 1
    done = ana.post("/publication", said)

    assert (done.status_code, done.json()["version"], done.json()["published_by"]) == (201, "2026.2", "Ana")
    published = ana.client.get(done.headers["location"])
    assert published.json()["sections"][0]["items"][0]["text"] == "Is there a plan?"
    refused(ana.post("/publication", said), 409, "conflict")
    assert ana.get().json()["state"] == "published"


@only_sqlite
def test_a_draft_with_problems_is_not_published(desk: Desk, ana: Program) -> None:
    desk.save(A1, text="")

    assert fields(ana.post("/publication", {"revision": 1, "confirm": "publish 2026.2"})) == [("draft", "has_problems")]
    assert desk.scene.count("questionnaire_version") == 1


def test_a_version_is_retired_with_a_reason(desk: Desk, ana: Program) -> None:
    at = f"/api/v1/questionnaires/{CODE}/versions/{VERSION}/retirement"

    assert fields(ana.client.post(at, json={"reason": " "})) == [("reason", "missing")]
    done = ana.client.post(at, json={"reason": "Asks for no dates."})

    assert (done.status_code, done.json()["reason"], done.json()["retired_by"]) == (201, "Asks for no dates.", "Ana")
    refused(ana.client.post(at, json={"reason": "Again."}), 409, "conflict")
    assert ana.client.post(at.replace(VERSION, "2099.1"), json={"reason": "x"}).status_code == 404


def test_the_record_is_read_in_pages_and_narrowed(desk: Desk, ana: Program) -> None:
    for text in ("one?", "two?"):
        desk.save(A1, by=desk.ben, text=text)

    def acts(query: str) -> list[tuple[str, str]]:
        answer = ana.client.get(f"/api/v1/audit?{query}")
        assert answer.status_code == 200, answer.text
        return [(row["who"], row["action"]) for row in answer.json()["data"]]

    assert acts("who=Ben") == [("Ben", "authoring.edited")] * 2
    assert acts(f"target={desk.draft}")[-1] == ("Ana", "authoring.started")
    assert ("Ana", "accounts.key_created") in acts("where=people")
    assert acts("since=2999-01-01") == []
    first = ana.client.get("/api/v1/audit?limit=1").json()
    rest = ana.client.get(f"/api/v1/audit?limit=1&cursor={first['next']}").json()
    assert first["data"][0]["sequence"] > rest["data"][0]["sequence"]
    assert fields(ana.client.get("/api/v1/audit?since=yesterday")) == [("since", "not_a_date")]
    assert fields(ana.client.get("/api/v1/audit?where=moon")) == [("query.where", "literal_error")]


def test_starting_by_the_api_and_by_the_page_make_the_same_draft(desk: Desk, ana: Program) -> None:
    with desk.scene.database.write() as session:
        mine = drafts.start_from_version(session, desk.ben, CODE, VERSION)
    theirs = ana.client.post("/api/v1/drafts", json={"start": "version", "code": CODE, "version": VERSION}).json()

    assert (
        ana.client.get(f"/api/v1/drafts/{theirs['id']}/document").content
        == ana.client.get(f"/api/v1/drafts/{mine.id}/document").content
    )
