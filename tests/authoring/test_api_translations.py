"""Translating over the API: strings are saved with what was seen of them, all or none, and read by another person."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from httpx2 import Response

from app.domain.translating.strings import key_of
from tests.authoring.conftest import A1, Desk
from tests.authoring.programs import Open, Program, fields, refused
from tests.databases import only_sqlite
from tests.scenarios import CODE, VERSION

VERSIONS = f"/api/v1/questionnaires/{CODE}/versions/{VERSION}/translations"
PO, XLIFF = "text/x-gettext-translation", "application/xliff+xml"


@pytest.fixture
def ben(desk: Desk, program: Open) -> Program:
    found = program(desk.ben)
    found.at = f"{VERSIONS}/vi"
    return found


@pytest.fixture
def ana(program: Open) -> Program:
    """Give a program that translates the published version into a language that has no file."""
    found = program()
    found.at = f"{VERSIONS}/vi"
    return found


def strings(program: Program, query: str = "") -> list[dict[str, object]]:
    answer = program.get(f"/strings{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["data"]
    return found


def string(program: Program, part: str) -> dict[str, object]:
    return next(each for each in strings(program, "?limit=1000") if each["part"] == f"{CODE} {part}")


def save(program: Program, *sent: Mapping[str, object]) -> Response:
    return program.post("/strings", {"strings": list(sent)})


def body(found: Mapping[str, object], text: str, **more: object) -> dict[str, object]:
    return {"key": found["key"], "etag": found["etag"], "text": text, **more}


def test_a_string_is_saved_with_its_etag_and_reviewed_by_another_person(desk: Desk, ana: Program, ben: Program) -> None:
    before = string(ana, "A1")

    saved = save(ana, body(before, "Có chiến lược không?"))
    assert (saved.status_code, saved.json()["saved"], saved.json()["reviewed"]) == (200, 1, 0)
    now = saved.json()["strings"][0]
    assert (before["state"], now["state"], now["text"], now["translated_by"]) == (
        "missing",
        "translated",
        "Có chiến lược không?",
        "Ana",
    )
    assert now["may_review"] is False
    own = save(ana, body(now, now["text"], review=True))
    assert fields(own) == [("body.strings.0.text", "translation_fault")]
    assert string(ben, "A1")["may_review"] is True
    done = save(ben, body(now, now["text"], review=True))

    assert (done.json()["reviewed"], done.json()["strings"][0]["reviewed_by"]) == (1, "Ben")
    assert desk.scene.rows(
        'SELECT name, action FROM audit_event JOIN "user" ON "user".id = actor_user_id ORDER BY sequence DESC LIMIT 2'
    ) == [
        ("Ben", "authoring.reviewed"),
        ("Ana", "authoring.translated"),
    ]


def test_a_clash_carries_the_colleagues_text_and_saves_nothing(ana: Program, ben: Program) -> None:
    seen, other = string(ana, "A1"), string(ana, "A2")
    save(ben, body(seen, "Của Ben"))

    found = refused(save(ana, body(seen, "Của Ana"), body(other, "Khác")), 412, "translation_changed")

    current = found["current"]
    assert isinstance(current, list)
    assert [(each["key"], each["text"], each["translated_by"]) for each in current] == [(seen["key"], "Của Ben", "Ben")]
    assert string(ana, "A2")["text"] == ""
    assert save(ana, body(current[0], "Của Ana"), body(other, "Khác")).json()["saved"] == 2


def test_sending_the_same_again_is_harmless(ana: Program) -> None:
    sent = body(string(ana, "A1"), "Một")

    first, again = save(ana, sent), save(ana, sent)

    assert (first.json()["saved"], again.json()["saved"]) == (1, 0)
    assert again.json()["strings"] == first.json()["strings"]


def test_a_reworded_source_is_outdated_in_the_draft_and_its_translation_can_be_kept(desk: Desk, ana: Program) -> None:
    source = string(ana, "A1")["source"]
    save(ana, body(string(ana, "A1"), "Một"))
    desk.save(A1, text="Is there a plan?")
    ana.at = f"/api/v1/drafts/{desk.draft}/translations/vi"

    (outdated,) = strings(ana, "?show=outdated")
    assert (outdated["earlier_source"], outdated["earlier_text"], outdated["text"]) == (source, "Một", "")
    done = save(ana, body(outdated, "Một", keep=True))

    assert (done.json()["kept"], done.json()["strings"][0]["state"]) == (1, "translated")
    assert strings(ana, "?show=outdated") == []


@only_sqlite
def test_what_cannot_be_saved_is_named_and_nothing_is_saved(desk: Desk, ana: Program) -> None:
    found, other = string(ana, "A1"), string(ana, "A2")

    assert fields(save(ana, body(other, "Hai"), body(found, "<b>Một</b>"))) == [("body.strings.1.text", "translation_fault")]
    assert fields(save(ana, body(other, "Hai"), body(other, "Ba"))) == [("body.strings.1.key", "duplicate")]
    unknown = {"key": key_of("x", "y"), "etag": "x", "text": "z"}
    assert fields(save(ana, body(other, "Hai"), unknown)) == [("body.strings.1.key", "unknown_string")]
    assert fields(save(ana)) == [("body.strings", "too_short")]
    assert fields(ana.post("/strings", {"strings": [{**body(other, "x"), "reviewed": True}]})) == [
        ("body.strings.0.reviewed", "extra_forbidden")
    ]
    assert desk.scene.count("translation") == 0


@only_sqlite
def test_strings_come_in_pages_filtered_and_searched(ana: Program) -> None:
    save(ana, body(string(ana, "A1"), "Một"))
    whole = strings(ana, "?limit=1000")

    paged: list[dict[str, object]] = []
    path: str | None = "/strings?show=missing&limit=7"
    while path:
        page = ana.get(path).json()
        paged += page["data"]
        path = f"/strings?show=missing&limit=7&cursor={page['next']}" if page["next"] else None

    assert paged == [each for each in whole if each["state"] == "missing"]
    assert [each["text"] for each in strings(ana, "?show=unreviewed")] == ["Một"]
    assert {each["part"] for each in strings(ana, f"?search={CODE}%20b2")} == {f"{CODE} B2"}
    refused(ana.get("/strings?cursor=WyJ4Il0"), 400, "bad_cursor")
    assert fields(ana.get("/strings?show=some")) == [("query.show", "literal_error")]


@only_sqlite
@pytest.mark.parametrize("language", ["en", "xx-nothing", "VI", "x" * 36])
def test_what_is_no_language_to_translate_into_is_not_found(ana: Program, language: str) -> None:
    ana.at = f"{VERSIONS}/{language}"

    assert ana.get("/strings").status_code in {404, 422}
    assert ana.get("/file.po").status_code in {404, 422}
    assert save(ana, {"key": "a", "etag": "b", "text": "c"}).status_code in {404, 422}


@only_sqlite
def test_progress_is_told_for_each_version_draft_and_language(desk: Desk, ana: Program) -> None:
    save(ana, body(string(ana, "A1"), "Một"))
    at = "/api/v1/translations"

    rows = ana.client.get(at).json()["data"]
    first = ana.client.get(f"{at}?limit=1").json()
    rest = ana.client.get(f"{at}?limit=1000&cursor={first['next']}").json()

    assert first["data"] + rest["data"] == rows
    assert {(row["questionnaire"], row["draft"]) for row in rows} == {(CODE, None), (CODE, str(desk.draft))}
    (published,) = [row for row in ana.client.get(f"{at}?language=vi").json()["data"] if row["draft"] is None]
    assert (published["version"], published["translated"], published["reviewed"]) == (VERSION, 1, 0)
    assert published["missing"] == published["total"] - 1
    assert ana.client.get(f"{at}?questionnaire=another").json()["data"] == []


@pytest.mark.parametrize(("name", "kind"), [("file.po", PO), ("file.xlf", XLIFF)])
def test_a_file_goes_out_and_comes_back_with_what_it_changes_said_first(
    desk: Desk, ana: Program, ben: Program, name: str, kind: str
) -> None:
    save(ana, body(string(ana, "A1"), "Một"), body(string(ana, "A2"), "Hai"))
    raw = ana.get(f"/{name}").content
    changed = raw.replace("Một".encode(), "Một khác".encode()).replace(b"Hai", "Hai khác".encode())
    save(ben, body(string(ben, "A2"), "Của Ben"))

    def send(content: bytes, query: str = "") -> dict[str, object]:
        answer = ana.client.post(f"{ana.at}/{name}{query}", content=content, headers={"Content-Type": kind})
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found

    before = desk.scene.rows("SELECT source, text FROM translation ORDER BY source")
    tried = send(changed, "?dry_run=true")
    changes = tried["changes"]
    assert isinstance(changes, list)
    assert [(each["before"], each["text"], each["is_newer"]) for each in changes] == [
        ("Một", "Một khác", False),
        ("Của Ben", "Hai khác", True),
    ]
    assert (tried["applied"], desk.scene.rows("SELECT source, text FROM translation ORDER BY source")) == (False, before)
    done = send(changed)

    assert (done["applied"], done["changes"]) == (True, changes)
    assert (string(ana, "A1")["text"], string(ana, "A2")["text"]) == ("Một khác", "Của Ben")
    assert send(ana.get(f"/{name}").content)["changes"] == []


@only_sqlite
def test_a_file_that_cannot_be_taken_is_refused_in_words(desk: Desk, ana: Program) -> None:
    def send(name: str, content: bytes, kind: str) -> Response:
        return ana.client.post(f"{ana.at}/{name}", content=content, headers={"Content-Type": kind})

    other = ana.get("/file.xlf").content.replace(b'target-language="vi"', b'target-language="fr"')
    assert fields(send("file.xlf", other, XLIFF)) == [("file", "another_language")]
    assert fields(send("file.xlf", b"<x", XLIFF)) == [("file", "xml_broken")]
    refused(send("file.po", b"x", XLIFF), 415, "unsupported_media")
    refused(send("file.xlf", b"x", "application/json"), 415, "unsupported_media")
    assert ana.get("/file.mo").status_code == 404
    assert desk.scene.count("translation") == 0


@only_sqlite
def test_readers_see_what_was_saved_at_once(ana: Program) -> None:
    """The page that reads a questionnaire in a language of the service asks anew after a save."""
    ana.at = f"{VERSIONS}/es"
    title = next(each for each in strings(ana, "?limit=1000") if each["part"] == f"{CODE} A1" and each["field"] == "text")

    save(ana, body(title, "¿Qué tan lejos va la estrategia nacional?"))

    page = ana.client.get(f"/questionnaires/{CODE}/{VERSION}?language=es", headers={"Accept-Language": "es"}).text
    assert "¿Qué tan lejos va la estrategia nacional?" in page


@only_sqlite
def test_a_file_may_hold_some_of_the_strings_only(ana: Program) -> None:
    whole = ana.get("/file.po").text
    head, *units = whole.split("\n\n")
    first = next(unit for unit in units if f'msgctxt "{CODE} A1"' in unit)
    translated = first.replace('msgstr ""', 'msgstr "Một"')

    answer = ana.client.post(f"{ana.at}/file.po", content=f"{head}\n\n{translated}\n".encode(), headers={"Content-Type": PO})

    assert answer.status_code == 200, answer.text
    assert [each["text"] for each in answer.json()["changes"]] == ["Một"]
    assert answer.json()["empty"] == 0
    assert [each["text"] for each in strings(ana, "?show=unreviewed")] == ["Một"]


def test_a_draft_that_is_closed_takes_no_translations(desk: Desk, ana: Program) -> None:
    ana.at = f"/api/v1/drafts/{desk.draft}/translations/vi"
    found, file = string(ana, "A1"), ana.get("/file.po")
    desk.discard(desk.ben)

    saved = save(ana, body(found, "x"))
    taken = ana.client.post(f"{ana.at}/file.po?dry_run=true", content=file.content, headers={"Content-Type": PO})

    assert (saved.status_code, taken.status_code) == (409, 409)
    assert "Open it again" in saved.text
    assert string(ana, "A1")["text"] == ""
