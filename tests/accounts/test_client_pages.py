"""The pages of clients and the JSON edge of keys: what is shown once, to whom, and what a refusal says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI

from app.accounts import keys
from app.accounts.scopes import Scope
from app.config import Settings
from app.infra.db import Database
from app.infra.mail import MemorySender
from app.infra.passwords import Passwords
from app.kit.actor import Actor, Role
from app.mail.delivery import deliver_due
from app.main import create_app, write_use
from tests.accounts.conftest import PASSWORD, Browser, People
from tests.databases import only_sqlite

Browse = Callable[..., Browser]

pytestmark = only_sqlite

WISH = {
    "name": "Rosa Reader",
    "institution": "Institute of Examples",
    "email": "rosa@example.org",
    "purpose": "We draw a map of readiness for our readers.",
    "tier": "standard",
    "terms": "yes",
}


@pytest.fixture
def ada(people: People) -> Actor:
    return people.add(Role.ADMINISTRATOR, email="ada@example.org", name="Ada")


@pytest.fixture
def analyst(people: People) -> Actor:
    return people.add(Role.ANALYST, email="ana@example.org", name="Ana")


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def link(database: Database, kind: str, to: str = "rosa@example.org") -> str:
    box = MemorySender()
    deliver_due(database, box)
    bodies = [letter.body for letter in box.letters if letter.recipient == to]
    return str([path for body in bodies for path in re.findall(rf"/keys/{kind}/\S+", body)][-1])


def test_from_the_public_page_to_the_first_request_with_the_key(browse: Browse, database: Database, ada: Actor) -> None:
    visitor, desk = browse(), browse("ada@example.org")
    asked = visitor.post("/keys/ask", data=WISH)
    assert (asked.status_code, asked.headers["location"]) == (303, "/keys/ask/sent")
    confirming = link(database, "confirm")
    assert "This is my address" in visitor.get(confirming).text
    visitor.post(confirming)
    assert "waits for an administrator" in visitor.get(confirming).text
    (request,) = re.findall(r"/admin/clients/requests/[0-9a-f-]+", desk.get("/admin/clients").text)

    granted = desk.submit(f"{request}/grant", tier="large", days="90")
    collecting = link(database, "collect")
    looked = [visitor.get(collecting).status_code for _ in range(2)]
    shown = visitor.post(collecting)

    (secret,) = re.findall(r"rdy_[a-z0-9]{8}_[A-Za-z0-9_-]{51}", shown.text)
    assert (granted.status_code, looked) == (303, [200, 200])
    assert shown.headers["cache-control"] == "no-store"
    assert visitor.post(collecting).status_code == visitor.get(collecting).status_code == 404
    me = browse().get("/api/v1/me", headers=bearer(secret)).json()
    assert (me["name"], me["role"], me["limits"]["tier"]) == ("Rosa Reader", "analyst", "large")


@pytest.mark.parametrize("known", [True, False])
def test_the_answer_is_the_same_for_every_address(browse: Browse, people: People, known: bool) -> None:  # noqa: FBT001 - a claim
    if known:
        people.add(Role.COORDINATOR, "NZL", email=WISH["email"])

    answers = [browse().post("/keys/ask", data=WISH) for _ in range(5)]

    assert {(answer.status_code, answer.headers["location"], answer.text) for answer in answers} == {(303, "/keys/ask/sent", "")}


def test_what_was_typed_stays_and_what_is_wrong_is_named(browse: Browse) -> None:
    answer = browse().post("/keys/ask", data={**WISH, "purpose": "short", "terms": ""})

    assert answer.status_code == 422
    assert "<title>Error: Ask for a key" in answer.text
    assert 'href="#purpose"' in answer.text
    assert 'href="#terms"' in answer.text
    assert 'value="Institute of Examples"' in answer.text


def test_another_site_cannot_ask_confirm_or_collect(browse: Browse, database: Database, ada: Actor) -> None:
    """C4."""
    visitor = browse()
    visitor.post("/keys/ask", data=WISH)
    path = link(database, "confirm")

    for address in ("/keys/ask", path, path.replace("confirm", "collect")):
        answer = visitor.post(address, data=WISH, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    assert "This is my address" in visitor.get(path).text


@pytest.mark.parametrize("path", ["/keys/confirm/x", "/keys/collect/x", "/keys/confirm/" + "y" * 43])
def test_links_that_do_not_work_look_alike(browse: Browse, path: str) -> None:
    found = [browse().get(path), browse().post(path)]

    assert {answer.status_code for answer in found} == {404}
    assert all("This link cannot be used" in answer.text for answer in found)


def test_who_has_an_account_is_sent_to_sign_in_and_back(browse: Browse, database: Database, ada: Actor, people: People) -> None:
    people.add(Role.COORDINATOR, "NZL", email=WISH["email"])
    visitor, desk = browse(), browse("ada@example.org")
    visitor.post("/keys/ask", data=WISH)
    visitor.post(link(database, "confirm"))
    (request,) = re.findall(r"/admin/clients/requests/[0-9a-f-]+", desk.get("/admin/clients").text)
    desk.submit(f"{request}/grant", tier="standard", days="30")
    path = link(database, "collect")

    before, refused = visitor.get(path), visitor.post(path)
    visitor.sign_in(WISH["email"], back=path)
    shown = visitor.submit(path)

    assert f'href="/sign-in?next={path}"' in before.text
    assert refused.status_code == 403
    assert shown.status_code == 200
    assert "rdy_" in shown.text


@pytest.mark.parametrize("role", [None, Role.ANALYST, Role.COORDINATOR, Role.SECRETARIAT])
def test_only_administrators_see_clients(browse: Browse, people: People, role: Role | None) -> None:
    browser = browse(people.email(people.add(role))) if role else browse()

    statuses = {browser.get(path).status_code for path in ("/admin/clients", "/admin/clients/keys/" + "0" * 8)}

    assert statuses <= ({403, 404} if role else {303, 404})


def test_a_person_replaces_a_key_and_sees_both(browse: Browse, people: People, analyst: Actor, database: Database) -> None:
    old = people.key(analyst)
    browser = browse("ana@example.org")
    (path,) = set(re.findall(r"/account/keys/[0-9a-f-]{36}(?=\")", browser.get("/account/keys").text))

    shown = browser.submit(f"{path}/replace", overlap_days="7")

    (new,) = re.findall(r"rdy_[a-z0-9]{8}_[A-Za-z0-9_-]{51}", shown.text)
    assert "Two keys work for now" in shown.text
    assert {browse().get("/api/v1/me", headers=bearer(secret)).status_code for secret in (old, new)} == {200}
    assert "Replaced, still works" in browser.get("/account/keys").text
    assert new not in browser.get("/account/keys").text


def test_a_key_that_changes_something_is_replaced_with_the_password_only(browse: Browse, ada: Actor, database: Database) -> None:
    with database.write() as session:
        key = keys.create_key(session, ada, label="Drafts", scopes=frozenset(Scope)).key
    browser = browse("ada@example.org")
    path = f"/account/keys/{key.id}/replace"

    refused = browser.submit(path, overlap_days="0", current_password="wrong")
    done = browser.submit(path, overlap_days="0", current_password=PASSWORD)

    assert (refused.status_code, done.status_code) == (422, 200)


def test_a_key_of_somebody_else_is_nobodys(
    browse: Browse, people: People, analyst: Actor, database: Database, ada: Actor
) -> None:
    """K4."""
    with database.write() as session:
        key = keys.create_key(session, analyst, label="x").key
    browser = browse(people.email(people.add(Role.ANALYST)))

    assert browser.get(f"/account/keys/{key.id}").status_code == 404
    assert browser.submit(f"/account/keys/{key.id}/replace", overlap_days="7").status_code == 404


def test_an_administrator_ends_a_key_at_once(
    browse: Browse, people: People, analyst: Actor, ada: Actor, database: Database
) -> None:
    secret = people.key(analyst)
    desk = browse("ada@example.org")
    (path,) = set(re.findall(r"/admin/clients/keys/[0-9a-f-]{36}", desk.get("/admin/clients").text))

    blank = desk.submit(f"{path}/revoke", reason="")
    done = desk.submit(f"{path}/revoke", reason="It leaked.")

    assert (blank.status_code, done.status_code) == (422, 303)
    assert browse().get("/api/v1/me", headers=bearer(secret)).status_code == 401
    assert "It leaked." in browse("ana@example.org").get(path.replace("/admin/clients/keys", "/account/keys")).text


# --- the JSON edge


def test_a_program_replaces_its_key(browse: Browse, people: People, analyst: Actor) -> None:
    secret = people.key(analyst)
    client = browse()

    answer = client.post("/api/v1/me/rotation", json={"overlap_days": 3}, headers=bearer(secret))

    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/api/v1/me", headers=bearer(body["secret"])).json()["key"]["prefix"] == body["prefix"]
    assert client.get("/api/v1/me", headers=bearer(secret)).json()["key"]["replaced_by"] == body["prefix"]
    again = client.post("/api/v1/me/rotation", json={}, headers=bearer(secret))
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("body", [{"overlap_days": 31}, {"overlap_days": -1}, {"days": 3}])
def test_what_no_rotation_takes_is_refused(browse: Browse, people: People, analyst: Actor, body: dict[str, int]) -> None:
    answer = browse().post("/api/v1/me/rotation", json=body, headers=bearer(people.key(analyst)))

    assert answer.status_code == 422


def test_a_session_has_no_use_and_replaces_nothing(browse: Browse, analyst: Actor) -> None:
    browser = browse("ana@example.org")

    answers = [browser.get("/api/v1/me/usage"), browser.post("/api/v1/me/rotation", json={})]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "key_needed")] * 2
    assert browse().get("/api/v1/me/usage").status_code == 401


# --- the whole program with limits


@pytest.fixture
def limited(settings: Settings, database: Database) -> FastAPI:
    few = {"rate_limits": True, "rate_anonymous_minute": 3, "rate_standard_minute": 5}
    return create_app(settings.model_copy(update=few), database)


@pytest.fixture
def client(limited: FastAPI) -> Iterator[Browser]:
    client = Browser(limited)
    yield client
    client.close()


def test_use_is_shown_to_its_owner_and_holds_nothing_of_others(
    client: Browser, limited: FastAPI, people: People, database: Database
) -> None:
    one, other = people.key(people.add(Role.ANALYST)), people.key(people.add(Role.ANALYST))
    for _ in range(7):
        client.get("/api/v1/economies", headers=bearer(one))
    client.get("/api/v1/me", headers=bearer(other))

    write_use(database, limited.state.rates.tally)
    shown = client.get("/api/v1/me/usage", headers=bearer(other)).json()

    assert shown["total"] == {"requests": 1, "unchanged": 0, "refused": 0}
    assert shown["families"] == [{"family": "me", "requests": 1, "unchanged": 0, "refused": 0}]
    with database.read() as session:
        identity = keys.find_identity(session, one)
    assert identity is not None
    page = Browser(limited)
    page.sign_in(people.email(identity.actor))
    assert ">2</p>" in page.get(f"/account/keys/{identity.key_id}").text  # five were answered, two refused
    page.close()


def test_every_answer_of_the_api_carries_the_limits_whatever_it_says(client: Browser) -> None:
    answers = [client.get(path) for path in ("/api/v1/economies", "/api/v1/nothing", "/api/v1/me")]
    refused = client.get("/api/v1/economies")

    assert [answer.status_code for answer in (*answers, refused)] == [200, 404, 401, 429]
    assert all("ratelimit" in answer.headers and "ratelimit-policy" in answer.headers for answer in (*answers, refused))
    assert refused.json()["code"] == "rate_limited"
    assert refused.json()["request_id"] == refused.headers["x-request-id"]
    assert "ratelimit" not in client.get("/").headers


def test_officials_go_on_when_a_program_at_the_same_address_asked_too_much(
    client: Browser, limited: FastAPI, people: People, passwords: Passwords
) -> None:
    official = people.add(Role.COORDINATOR, "NZL")
    for _ in range(5):
        client.get("/api/v1/economies")

    browser = Browser(limited)
    pages = [browser.sign_in(people.email(official)), *(browser.get("/reviews") for _ in range(10))]
    by_script = browser.get("/api/v1/me")
    browser.close()

    assert client.get("/api/v1/economies").status_code == 429
    assert {page.status_code for page in pages} == {200, 303}
    assert by_script.status_code == 200


@pytest.mark.abuse("K2")
def test_a_revoked_key_is_refused_in_a_process_that_knew_it(
    client: Browser, people: People, analyst: Actor, database: Database
) -> None:
    """K2: the look-up for limits is kept for a minute, what a key may do is asked each time."""
    secret = people.key(analyst)
    assert client.get("/api/v1/me", headers=bearer(secret)).status_code == 200

    with database.write() as session:
        (key,) = keys.list_keys(session, analyst)
        keys.revoke_key(session, analyst, key.id)

    assert client.get("/api/v1/me", headers=bearer(secret)).status_code == 401
