"""Cycles over the API: an administrator's key opens, extends, closes and reopens them, by the rules of their pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from httpx2 import Response

from app.accounts.scopes import READS, Scope
from app.config import Settings
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.main import create_app
from app.reviews import participation, showing
from tests.databases import only_sqlite
from tests.scenarios import APEC, CODE, CYCLE, Client, Scene, problem

AUTHOR = READS | {Scope.AUTHOR}
HERE = f"/api/v1/cycles/{CODE}/{CYCLE}"
LATER = "2031-06-30"
Open = Callable[..., Client]


@pytest.fixture
def program(scene: Scene, database: Database, settings: Settings) -> Open:
    app = create_app(settings, database)
    scene.ready()

    def program(owner: Actor | None = None, scopes: frozenset[Scope] = AUTHOR) -> Client:
        return Client(app).with_key(scene.key(owner or scene.person(Role.ADMINISTRATOR, name="Ana"), scopes))

    return program


@pytest.fixture
def ana(program: Open) -> Client:
    return program()


def send(client: Client, path: str, body: object, seen: str | None = None) -> Response:
    return client.post(HERE + path, json=body, headers={"If-Match": seen or client.get(HERE).headers["etag"]})


def refused(answer: Response, status: int, code: str) -> dict[str, object]:
    found = problem(answer)
    assert (answer.status_code, found["code"]) == (status, code), found
    return found


def fields(answer: Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(str(one["field"]), str(one["code"])) for one in answer.json()["problems"]]


def test_a_cycle_is_opened_extended_closed_and_opened_again_with_reasons(scene: Scene, ana: Client) -> None:
    opened = ana.post("/api/v1/cycles", json={"questionnaire": CODE, "cycle": "2027", "title": "Next", "closes_on": LATER})
    at = opened.headers["location"]

    def change(path: str, body: object) -> dict[str, object]:
        answer = ana.post(at + path, json=body, headers={"If-Match": ana.get(at).headers["etag"]})
        assert answer.status_code == 200, answer.text
        assert answer.headers["etag"] == ana.get(at).headers["etag"]
        found: dict[str, object] = answer.json()
        return found

    assert (opened.status_code, opened.json()["title"], opened.json()["closes_on"]) == (201, "Next", LATER)
    assert opened.headers["etag"] == ana.get(at).headers["etag"]
    assert change("/closing-day", {"closes_on": "2031-09-30", "reason": "Asked for."})["closes_on"] == "2031-09-30"
    assert change("/closing", {"reason": "All answered."})["is_open"] is False
    assert change("/reopening", {"closes_on": "", "reason": "Not all."})["closes_on"] is None
    rows = ana.get(f"{at}/history").json()["data"]
    assert [(row["number"], row["kind"], row["reason"], row["by"]) for row in rows] == [
        (4, "reopened", "Not all.", "Ana"),
        (3, "closed", "All answered.", "Ana"),
        (2, "closing_day", "Asked for.", "Ana"),
        (1, "opened", "", "Ana"),
    ]
    first = ana.get(f"{at}/history?limit=3").json()
    assert ana.get(f"{at}/history?limit=3&cursor={first['next']}").json() == {"data": rows[3:], "next": None}
    acts = scene.rows("SELECT action FROM audit_event WHERE action LIKE 'economies.cycle%' ORDER BY sequence DESC LIMIT 2")
    assert acts == [("economies.cycle_reopened",), ("economies.cycle_closed",)]


def test_the_public_list_says_the_last_day(ana: Client) -> None:
    send(ana, "/closing-day", {"closes_on": LATER, "reason": "Agreed."})

    (row,) = ana.get("/api/v1/cycles").json()["data"]

    assert (row["code"], row["closes_on"]) == (CYCLE, LATER)
    assert LATER in ana.get("/api/v1/cycles.csv").text


def test_who_has_not_seen_a_change_changes_nothing(scene: Scene, ana: Client) -> None:
    seen = ana.get(HERE).headers["etag"]
    send(ana, "/closing-day", {"closes_on": LATER, "reason": "Agreed."})

    for path, body in (
        ("/closing-day", {"closes_on": "2032-01-01", "reason": "x"}),
        ("/closing", {"reason": "x"}),
        ("/reopening", {"closes_on": "", "reason": "x"}),
    ):
        found = refused(send(ana, path, body, seen), 412, "cycle_changed")
        assert (found["closes_on"], f'"{found["etag"]}"') == (LATER, ana.get(HERE).headers["etag"])
        refused(ana.post(HERE + path, json=body), 428, "etag_needed")
    assert scene.count("cycle_change") == 2


@only_sqlite
def test_what_cannot_be_is_refused_as_on_the_pages(scene: Scene, ana: Client) -> None:
    at = "/api/v1/cycles"

    assert fields(ana.post(at, json={"questionnaire": "none", "cycle": "2027"})) == [("questionnaire", "unknown_questionnaire")]
    assert fields(ana.post(at, json={"questionnaire": CODE, "cycle": "a b"})) == [("cycle", "code")]
    assert fields(ana.post(at, json={"questionnaire": CODE})) == [("body.cycle", "missing")]
    refused(ana.post(at, json={"questionnaire": CODE, "cycle": CYCLE}), 409, "conflict")
    assert fields(send(ana, "/closing-day", {"closes_on": LATER, "reason": " "})) == [("reason", "missing")]
    assert fields(send(ana, "/closing-day", {"closes_on": "soon", "reason": "x"})) == [("closes_on", "not_a_date")]
    assert fields(send(ana, "/closing-day", {"closes_on": "", "reason": "x"})) == [("closes_on", "unchanged")]
    refused(send(ana, "/reopening", {"closes_on": "", "reason": "x"}), 409, "conflict")
    assert ana.get(f"{at}/{CODE}/2099").status_code == 404
    assert ana.get(f"{HERE}/history?x=1").status_code == 422
    assert scene.count("cycle_change") == 1


@only_sqlite
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_others_neither_read_nor_change_cycles(scene: Scene, program: Open, role: Role) -> None:
    other = program(scene.person(role), READS)

    for path in ("", "/history", "/participants"):
        refused(other.get(HERE + path), 403, "forbidden")
    refused(other.post("/api/v1/cycles", json={"questionnaire": CODE, "cycle": "2027"}), 403, "forbidden")
    refused(send(other, "/closing", {}, '"x"'), 403, "forbidden")
    assert scene.count("cycle") == 1


@only_sqlite
def test_a_key_that_only_reads_changes_no_cycle(scene: Scene, program: Open) -> None:
    reader = program(scopes=READS)

    refused(send(reader, "/closing", {}), 403, "scope_missing")
    refused(reader.post("/api/v1/cycles", json={"questionnaire": CODE, "cycle": "2027"}), 403, "scope_missing")
    assert scene.count("cycle_change") == 1


def test_who_takes_part_is_listed_and_how_far_only_where_that_is_shown(scene: Scene, ana: Client) -> None:
    with scene.database.write() as session:
        participation.invite_coordinator(session, COMMAND_LINE, CODE, CYCLE, "PER", email="lima@example.org", name="A Name")
    for economy in ("NZL", "AUS"):
        review = scene.start(economy)
        scene.fill(review, economy)
        with scene.database.write() as session:
            showing.choose(session, scene.person(Role.COORDINATOR, economy), review, is_shown=economy == "NZL")

    rows = {row["economy"]: row for row in ana.get(f"{HERE}/participants").json()["data"]}

    assert tuple(rows) == APEC
    assert (rows["NZL"]["stage"], rows["NZL"]["done"]) == ("begun", rows["NZL"]["total"])
    hidden = ("stage", "done", "total")
    assert {name: rows["AUS"][name] for name in hidden} == {name: rows["JPN"][name] for name in hidden} == dict.fromkeys(hidden)
    assert (rows["PER"]["coordinators"], rows["PER"]["invited"]) == ([], ["A Name"])
    assert rows["AUS"]["coordinators"] == ["AUS coordinator"]
    assert "lima@example.org" not in ana.get(f"{HERE}/participants").text
    first = ana.get(f"{HERE}/participants?limit=20").json()
    rest = ana.get(f"{HERE}/participants?limit=20&cursor={first['next']}").json()
    assert [row["economy"] for row in rest["data"]] == ["VNM"]
    refused(ana.get(f"{HERE}/participants?cursor=WyJ4Il0"), 400, "bad_cursor")
