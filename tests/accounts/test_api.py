"""Keys and sessions at the JSON edge, and the one policy that every route states."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import ANY

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import event

from app.accounts import keys
from app.accounts.deps import stated_policies
from app.infra.db import Database
from app.kit import clock
from app.kit.actor import Actor, Role
from tests.accounts.conftest import Browser, People
from tests.databases import only_sqlite

Browse = Callable[..., Browser]

pytestmark = only_sqlite

ME = "/api/v1/me"


@pytest.fixture
def analyst(people: People) -> Actor:
    return people.add(Role.ANALYST, email="ana@example.org", name="Ana")


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_key_says_whose_it_is(browse: Browse, people: People, analyst: Actor) -> None:
    secret = people.key(analyst)

    answer = browse().get(ME, headers=bearer(secret))

    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("key") == {
        "prefix": secret[:12],
        "label": "tests",
        "created_at": ANY,
        "expires_at": ANY,
        "last_used_on": clock.now().date().isoformat(),
        "replaced_by": None,
    }
    assert body == {
        "name": "Ana",
        "role": "analyst",
        "economy": None,
        "signed_in_with": "api_key",
        "may_write": False,
        "scopes": ["read"],
        "limits": {"tier": "standard", "per_minute": 1_200, "per_day": 100_000},
    }


def test_a_session_says_whose_it_is(browse: Browse, people: People) -> None:
    people.add(Role.APPROVER, "CHL", email="ben@example.org", name="Ben")

    answer = browse("ben@example.org").get(ME)

    assert answer.json() == {
        "name": "Ben",
        "role": "approver",
        "economy": "CHL",
        "signed_in_with": "session",
        "may_write": True,
        "scopes": [],
        "limits": {"tier": "standard", "per_minute": 1_200, "per_day": 100_000},
        "key": None,
    }


@pytest.mark.abuse("K1", "K2")
def test_bad_keys_are_refused_alike_and_write_nothing(browse: Browse, people: People, database: Database, analyst: Actor) -> None:
    """K1 and K2."""
    good = people.key(analyst)
    with database.write() as session:
        revoked = keys.create_key(session, analyst, label="revoked")
        keys.revoke_key(session, analyst, revoked.key.id)
    written: list[str] = []
    event.listen(database.writer, "before_cursor_execute", lambda *given: written.append(given[2]))
    headers = [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Basic {good}"},
        bearer("nonsense"),
        bearer(good[:-1] + ("0" if good[-1] != "0" else "1")),
        bearer(good + " "),
        bearer(" " + good),
        bearer("rdy_aaaaaaaa_" + "a" * 43 + "f" * 8),
        bearer(revoked.secret),
        bearer("x" * 10_000),
    ]

    answers = [browse().get(ME, headers=one) for one in headers]

    bodies = {tuple((key, str(value)) for key, value in answer.json().items() if key != "request_id") for answer in answers}
    assert {answer.status_code for answer in answers} == {401}
    assert len(bodies) == 1
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}
    assert written == []


@pytest.mark.abuse("K3")
def test_a_key_anywhere_else_is_ignored(browse: Browse, people: People, analyst: Actor) -> None:
    """K3."""
    secret = people.key(analyst)

    assert browse().get(ME, params={"key": secret, "access_token": secret}).status_code == 401
    assert browse().get(ME, headers={"Cookie": f"session={secret}; key={secret}"}).status_code == 401
    assert browse().get(ME, headers={"X-Api-Key": secret}).status_code == 401


def test_a_bad_key_beside_a_good_session_is_refused(browse: Browse, analyst: Actor) -> None:
    assert browse("ana@example.org").get(ME, headers=bearer("rdy_wrong")).status_code == 401


@pytest.mark.abuse("K5")
def test_a_key_changes_nothing(browse: Browse, people: People, analyst: Actor) -> None:
    """K5: in this release."""
    browser = browse()
    del browser.headers["Sec-Fetch-Site"]

    answer = browser.post("/api/v1/probe", headers=bearer(people.key(analyst)), json={})

    assert answer.status_code == 403
    assert answer.json()["code"] == "key_only_reads"


@pytest.mark.abuse("K11")
def test_a_session_changes_things_from_our_own_pages_only(browse: Browse, analyst: Actor) -> None:
    """K11: a key beside the cookie proves nothing either."""
    browser = browse("ana@example.org")
    own = browser.post("/api/v1/probe", json={})
    foreign = browser.post("/api/v1/probe", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    del browser.headers["Sec-Fetch-Site"]
    unproved = browser.post("/api/v1/probe", json={})
    with_key = browser.post("/api/v1/probe", json={}, headers=bearer("rdy_wrong"))

    assert own.status_code == 200
    assert [answer.status_code for answer in (foreign, unproved, with_key)] == [403, 403, 403]


def test_the_use_of_a_key_is_noted_once_a_day(browse: Browse, people: People, database: Database, analyst: Actor) -> None:
    secret = people.key(analyst)
    written: list[str] = []
    event.listen(database.writer, "before_cursor_execute", lambda *given: written.append(given[2]))

    for _ in range(3):
        browse().get(ME, headers=bearer(secret))

    assert [statement.split()[:2] for statement in written if "BEGIN" not in statement] == [["UPDATE", "api_key"]]


def test_reading_never_waits_for_the_one_who_writes(browse: Browse, database: Database, analyst: Actor) -> None:
    browser = browse("ana@example.org")

    with database.write() as session:
        session.connection()
        answer = browser.get(ME)

    assert answer.status_code == 200


def test_every_route_states_one_policy(app: FastAPI) -> None:
    routes = [context.route for context in iter_route_contexts(app.routes) if isinstance(context.route, APIRoute)]

    stated = {f"{min(route.methods or ())} {route.path}": stated_policies(route.dependant) for route in routes}

    assert len(stated) >= 20
    assert {name: words for name, words in stated.items() if len(words) != 1} == {}
