"""Groups over the API: made and changed by an administrator's key, and fixed once figures were shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from httpx2 import Response

from app.accounts.scopes import READS, Scope
from app.config import Settings
from app.domain.benchmark.consent import Audience
from app.infra.db import Database
from app.kit.actor import Actor, Role
from app.main import create_app
from tests.benchmarks.test_cells import share
from tests.databases import only_sqlite
from tests.scenarios import APEC, CODE, CYCLE, Client, Scene, problem

AUTHOR = READS | {Scope.AUTHOR}
GROUPS = "/api/v1/groups"
PACIFIC = {"group": "PACIFIC", "title": "Pacific", "kind": "peers", "peers_of": "APEC", "economies": ["PER", "NZL"]}
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


def put(client: Client, code: str, body: object, seen: str | None = None) -> Response:
    at = f"{GROUPS}/{code}"
    return client.put(at, json=body, headers={"If-Match": seen or client.get(at).headers["etag"]})


def refused(answer: Response, status: int, code: str) -> dict[str, object]:
    found = problem(answer)
    assert (answer.status_code, found["code"]) == (status, code), found
    return found


def fields(answer: Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(str(one["field"]), str(one["code"])) for one in answer.json()["problems"]]


def test_a_group_is_made_and_changed_with_a_reason(ana: Client) -> None:
    made = ana.post(GROUPS, json=PACIFIC)

    assert (made.status_code, made.headers["location"]) == (201, f"{GROUPS}/PACIFIC")
    assert made.headers["etag"] == ana.get(f"{GROUPS}/PACIFIC").headers["etag"]
    assert (made.json()["economies"], made.json()["is_fixed"], made.json()["needs_reason"]) == (["NZL", "PER"], False, True)
    assert made.json()["counted_in"] == [{"questionnaire": CODE, "cycle": CYCLE}]
    wanted = {"title": "Pacific", "economies": ["PER", "NZL", "PNG"]}
    assert fields(put(ana, "PACIFIC", wanted)) == [("reason", "missing")]
    done = put(ana, "PACIFIC", {**wanted, "reason": "It joined."})

    assert (done.status_code, done.json()["economies"]) == (200, ["NZL", "PNG", "PER"])
    public = {row["code"]: row["economies"] for row in ana.get(GROUPS).json()["data"]}
    assert public["PACIFIC"] == ["NZL", "PNG", "PER"]
    rows = ana.get(f"{GROUPS}/PACIFIC/history").json()["data"]
    assert [(row["number"], row["added"], row["reason"], row["by"]) for row in rows] == [
        (2, ["PNG"], "It joined.", "Ana"),
        (1, ["NZL", "PER"], "", "Ana"),
    ]
    first = ana.get(f"{GROUPS}/PACIFIC/history?limit=1").json()
    assert ana.get(f"{GROUPS}/PACIFIC/history?limit=1&cursor={first['next']}").json() == {"data": rows[1:], "next": None}


def test_who_has_not_seen_a_change_changes_nothing(ana: Client) -> None:
    ana.post(GROUPS, json=PACIFIC)
    seen = ana.get(f"{GROUPS}/PACIFIC").headers["etag"]
    put(ana, "PACIFIC", {"title": "Ocean", "economies": ["PER", "NZL"]})

    found = refused(put(ana, "PACIFIC", {"title": "Mine", "economies": ["PER"]}, seen), 412, "group_changed")

    assert found["current"] == {"title": "Ocean", "economies": ["NZL", "PER"]}
    refused(ana.put(f"{GROUPS}/PACIFIC", json={"title": "Mine", "economies": ["PER"]}), 428, "etag_needed")
    done = put(ana, "PACIFIC", {"title": "Mine", "economies": ["PER", "NZL"]}, f'"{found["etag"]}"')
    assert done.json()["title"] == "Mine"


def test_once_figures_were_shown_only_the_title_changes(scene: Scene, ana: Client) -> None:
    share(scene, scene.submitted_many(APEC[:18]), Audience.PUBLIC)
    found = ana.get(f"{GROUPS}/APEC").json()

    assert (found["is_fixed"], found["shown_in"]) == (True, [{"questionnaire": CODE, "cycle": CYCLE}])
    refused(put(ana, "APEC", {"title": "x", "economies": ["PER"], "reason": "x"}), 409, "conflict")
    done = put(ana, "APEC", {"title": "Members", "economies": found["economies"]})
    assert (done.status_code, done.json()["title"]) == (200, "Members")


@only_sqlite
def test_what_cannot_be_is_refused_as_on_the_page(scene: Scene, ana: Client) -> None:
    before = scene.count("economy_group")

    assert fields(ana.post(GROUPS, json={**PACIFIC, "group": "a b"})) == [("group", "code")]
    assert fields(ana.post(GROUPS, json={**PACIFIC, "peers_of": "none"})) == [("peers_of", "unknown_group")]
    assert fields(ana.post(GROUPS, json={**PACIFIC, "kind": "friends"})) == [("body.kind", "literal_error")]
    assert fields(ana.post(GROUPS, json={**PACIFIC, "economies": []})) == [("economies", "missing")]
    assert fields(ana.post(GROUPS, json={**PACIFIC, "economies": ["FRA"]})) == [("economies", "unknown_economy")]
    refused(ana.post(GROUPS, json={**PACIFIC, "group": "apec"}), 409, "conflict")
    assert ana.get(f"{GROUPS}/NONE").status_code == ana.get(f"{GROUPS}/NONE/history").status_code == 404
    assert put(ana, "NONE", {"title": "x", "economies": ["PER"]}, '"x"').status_code == 404
    assert scene.count("economy_group") == before


@only_sqlite
@pytest.mark.parametrize("role", list(Role))
def test_others_and_keys_that_only_read_change_no_group(scene: Scene, program: Open, role: Role) -> None:
    other = program(scene.person(role), READS)
    code = "scope_missing" if role is Role.ADMINISTRATOR else "forbidden"

    refused(other.post(GROUPS, json=PACIFIC), 403, code)
    refused(put(other, "APEC", {"title": "x", "economies": ["PER"]}, '"x"'), 403, code)
    assert other.get(f"{GROUPS}/APEC").status_code == (200 if role is Role.ADMINISTRATOR else 403)
