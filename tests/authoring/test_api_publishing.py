"""What publishing changes, publishing and retiring over the API."""

from __future__ import annotations

import pytest

from app.authoring import what_if
from app.domain.drafting.document import Address, Kind
from app.kit import clock
from app.kit.actor import Role
from tests.authoring.conftest import A1, A2, Desk
from tests.authoring.programs import Program, fields, refused
from tests.databases import only_sqlite
from tests.scenarios import APEC, CODE, VERSION, answers_csv


def test_a_draft_is_compared_with_the_newest_version(desk: Desk, ana: Program) -> None:
    desk.save(A1, text="Is there a plan?")

    found = ana.get("/comparison").json()

    assert (found["before"], found["scheme_changed"]) == (VERSION, False)
    assert [(one["item"], one["fields"]) for one in found["changes"]] == [("A1", ["text"])]
    desk.save(A1, text="")
    refused(ana.get("/comparison"), 409, "conflict")


def test_a_draft_is_published_as_it_was_read_and_in_so_many_words(desk: Desk, ana: Program) -> None:
    desk.save(A1, text="Is there a plan?")
    said = {"revision": 1, "confirm": "publish 2026.2", "changes": "A1 is worded anew."}

    assert fields(ana.post("/publication", {**said, "confirm": "yes"})) == [("body.confirm", "not_confirmed")]
    assert fields(ana.post("/publication", {"revision": 1})) == [("body.confirm", "missing")]
    refused(ana.post("/publication", {**said, "revision": 0}), 409, "conflict")
    assert desk.scene.count("questionnaire_version") == 1
    done = ana.post("/publication", said)

    assert (done.status_code, done.json()["version"], done.json()["published_by"]) == (201, "2026.2", "Ana")
    published = ana.client.get(done.headers["location"])
    assert published.json()["sections"][0]["items"][0]["text"] == "Is there a plan?"
    assert published.json()["changes"] == "A1 is worded anew."
    refused(ana.post("/publication", said), 409, "conflict")
    assert ana.get().json()["state"] == "published"


def test_a_version_that_follows_another_says_what_is_new(desk: Desk, ana: Program) -> None:
    desk.save(A1, text="Is there a plan?")
    said = {"revision": 1, "confirm": "publish 2026.2"}

    without = [ana.post("/publication", {**said, **words}) for words in ({}, {"changes": None}, {"changes": "  "})]
    assert [fields(answer) for answer in without] == [[("changes", "missing")]] * 3
    assert fields(ana.post("/publication", {**said, "changes": "x" * 20_001})) == [("body.changes", "string_too_long")]
    assert desk.scene.count("questionnaire_version") == 1
    assert [change.act for change in desk.changes()] == ["edited"]
    desk.save(Address(Kind.ABOUT), changes="What the draft says.")
    done = ana.post("/publication", {**said, "revision": 2})

    assert ana.client.get(done.headers["location"]).json()["changes"] == "What the draft says."


def test_a_change_is_told_with_how_much_it_touches_and_of_few_no_number(desk: Desk, ana: Program) -> None:
    desk.save(A1, text="How far is the national strategy?")
    nobody = {"number": 0, "is_few": False, "is_most": False}
    first = ana.get("/comparison").json()
    assert (first["changes"][0]["reviews"], first["reviews"], first["needs_note"]) == (nobody, nobody, True)

    desk.scene.save(desk.official, desk.scene.start(), "A1", "4")
    few = ana.get("/comparison").json()["changes"][0]
    for economy in APEC[:4]:
        desk.scene.save(desk.scene.person(Role.CONTRIBUTOR, economy), desk.scene.start(economy), "A1", "4")
    five = ana.get("/comparison").json()

    assert few["open_answers"] == few["reviews"] == {"number": None, "is_few": True, "is_most": False}
    assert (five["changes"][0]["open_answers"]["number"], five["reviews"]["number"]) == (5, 5)
    assert five["changes"][0]["signed_answers"] == nobody


def test_a_draft_of_a_new_questionnaire_is_compared_with_nothing(ana: Program) -> None:
    body = {"start": "version", "code": CODE, "version": VERSION}
    started = ana.client.post("/api/v1/drafts", json=body).headers["location"]
    content = ana.client.get(f"{started}/document.yaml").text.replace(f"code: {CODE}", "code: another", 1)
    new = ana.client.post("/api/v1/drafts.yaml", content=content.encode(), headers={"Content-Type": "application/yaml"})

    found = ana.client.get(f"{new.headers['location']}/comparison").json()

    assert (found["before"], found["changes"], found["needs_note"]) == (None, [], False)


@only_sqlite
def test_moves_have_one_decimal_at_most_whatever_the_draft_says_of_its_scores(desk: Desk, ana: Program) -> None:
    desk.scene.import_(answers_csv(APEC[:12], [2 + place % 4 for place in range(12)], B2="100", B3="50"))
    desk.save(A2, weight=3.1)
    scheme = Address(Kind.SCHEME)
    desk.save(scheme, decimals=6)

    (told,) = [node["moves"] for node in ana.get("/what-if").json()["nodes"] if node["node"] == "A"]

    assert [round(figure, 1) for figure in told.values()] == list(told.values())


def test_how_past_scores_would_move_is_told_of_groups_alone(desk: Desk, ana: Program) -> None:
    desk.save(A2, weight=3)
    nobody = ana.get("/what-if").json()
    levels = [2 + (place + 2) % 4 for place in range(12)]
    desk.scene.import_(answers_csv(APEC[:12], levels, B2="100", B3="50"))

    found = ana.get("/what-if")
    with desk.scene.database.read() as session:
        expected = {node.code: node for node in what_if.estimate(session, desk.ana, desk.draft, clock.now()).nodes}

    assert {node["reason"] for node in nobody["nodes"]} == {"too_few"}
    assert (found.json()["is_cut"], found.json()["smallest_group"]) == (False, 5)
    nodes = {node["node"]: node for node in found.json()["nodes"]}
    assert (nodes["B"]["reviews"]["number"], nodes["B"]["moves"], nodes["B"]["reason"]) == (12, None, None)
    changes = expected["A"].changes
    assert changes is not None
    assert nodes["A"]["moves"]["mean"] == pytest.approx(changes.mean, abs=0.5)
    assert set(nodes["A"]["moves"]) == {"mean", "q1", "q3"}
    assert ana.get("/what-if", **{"If-None-Match": found.headers["etag"]}).status_code == 304
    desk.save(A1, text="")
    refused(ana.get("/what-if"), 409, "conflict")


@only_sqlite
def test_a_draft_with_problems_is_not_published(desk: Desk, ana: Program) -> None:
    desk.save(A1, text="")

    assert fields(ana.post("/publication", {"revision": 1, "confirm": "publish 2026.2"})) == [("draft", "has_problems")]
    assert desk.scene.count("questionnaire_version") == 1


def test_a_version_is_retired_with_a_reason(desk: Desk, ana: Program) -> None:
    at = f"/api/v1/questionnaires/{CODE}/versions/{VERSION}/retirement"

    said = {"confirm": f"retire {VERSION}"}

    assert fields(ana.client.post(at, json={"reason": "x", "confirm": "retire"})) == [("body.confirm", "not_confirmed")]
    assert fields(ana.client.post(at, json=said | {"reason": " "})) == [("reason", "missing")]
    assert desk.scene.count("retirement") == 0
    done = ana.client.post(at, json=said | {"reason": "Asks for no dates."})

    assert (done.status_code, done.json()["reason"], done.json()["retired_by"]) == (201, "Asks for no dates.", "Ana")
    refused(ana.client.post(at, json=said | {"reason": "Again."}), 409, "conflict")
    assert ana.client.post(at.replace(VERSION, "2099.1"), json={"reason": "x", "confirm": "retire 2099.1"}).status_code == 404
