"""The pages of accounts: what an edge does with statuses, redirects, cookies, form tokens and what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from app.accounts import keys, service
from app.config import Settings
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.kit.actor import COMMAND_LINE, Actor, Role
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Browser, People, build_app
from tests.databases import only_sqlite

Browse = Callable[..., Browser]

pytestmark = only_sqlite


def user_id(actor: Actor) -> UUID:
    assert actor.user_id is not None
    return actor.user_id


@pytest.fixture
def ana(people: People) -> Actor:
    return people.add(Role.COORDINATOR, "NZL", email="ana@example.org", name="Ana")


def test_signing_in_leads_to_the_page_that_was_asked_for(browse: Browse, ana: Actor) -> None:
    browser = browse()
    asked = browser.get("/account/keys?x=1")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=/account/keys%3Fx%3D1")
    form = browser.get(asked.headers["location"])

    answer = browser.sign_in("ana@example.org", back="/account/keys?x=1")

    assert 'name="next" value="/account/keys?x=1"' in form.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/keys?x=1")
    assert browser.get("/account/keys").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "evil",
        "",
        "/\t/evil.example",
        "/a\r\nb",
        "\\\\e",
        "/ é",
    ],
)
def test_no_address_leads_out_of_this_site(browse: Browse, ana: Actor, path: str) -> None:
    """X8."""
    browser = browse()

    shown = browser.get("/sign-in", params={"next": path})
    first = browser.post("/sign-in", data={"email": "ana@example.org", "password": PASSWORD, "next": path})
    again = browser.get("/sign-in", params={"next": path})

    assert 'name="next" value="/"' in shown.text
    # A line end is refused as a character that no form of ours sends; everything else leads to one's own work.
    assert first.headers.get("location", "/reviews") == "/reviews"
    assert again.headers.get("location", "/reviews") == "/reviews"


@pytest.mark.parametrize(
    ("role", "landing"),
    [
        (Role.CONTRIBUTOR, "/reviews"),
        (Role.COORDINATOR, "/reviews"),
        (Role.APPROVER, "/reviews"),
        (Role.ADMINISTRATOR, "/admin"),
        (Role.SECRETARIAT, "/"),
        (Role.ANALYST, "/"),
    ],
)
def test_without_a_page_that_was_asked_for_people_arrive_where_their_work_is(
    browse: Browse, people: People, role: Role, landing: str
) -> None:
    browser = browse()
    email = people.email(people.add(role))

    answer = browser.sign_in(email)

    assert (answer.status_code, answer.headers["location"]) == (303, landing)
    assert browser.get("/sign-in").headers["location"] == landing


@pytest.mark.abuse("A1")
def test_a_refused_sign_in_keeps_the_address_and_never_the_password(browse: Browse, ana: Actor) -> None:
    browser = browse()

    wrong = browser.sign_in("ana@example.org", OTHER_PASSWORD, back="/team")
    unknown = browser.sign_in("bob@example.org", OTHER_PASSWORD, back="/team")

    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text.replace("ana@", "bob@") == unknown.text
    assert sorted(wrong.headers) == sorted(unknown.headers)
    assert "<title>Error: Sign in" in wrong.text
    assert 'class="error-summary"' in wrong.text
    assert 'href="#email"' in wrong.text
    assert 'value="ana@example.org"' in wrong.text
    assert 'name="next" value="/team"' in wrong.text
    assert OTHER_PASSWORD not in wrong.text
    assert "set-cookie" not in wrong.headers


@pytest.mark.abuse("A2", "A3")
def test_too_many_tries_are_answered_with_when_to_come_back(browse: Browse, ana: Actor) -> None:
    """A2 and A3: whatever the headers claim, the peer's address counts."""
    browser = browse()
    for number in range(10):
        browser.headers["X-Forwarded-For"] = browser.headers["X-Real-IP"] = f"203.0.113.{number}"
        browser.headers["Forwarded"] = f"for=203.0.113.{number}"
        browser.sign_in(f"guess{number}@example.org")

    answer = browser.sign_in("ana@example.org")

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "300"
    assert browse(address="192.0.2.2").sign_in("ana@example.org").status_code == 303


@pytest.mark.abuse("A9")
def test_the_session_cookie_is_kept_from_scripts_and_other_sites(browse: Browse, ana: Actor) -> None:
    cookie = browse().sign_in("ana@example.org").headers["set-cookie"]

    assert re.fullmatch(r"session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", cookie)


@pytest.mark.abuse("A9")
def test_over_https_the_cookie_is_bound_to_the_host(
    settings: Settings, database: Database, passwords: Passwords, ana: Actor
) -> None:
    """A9."""
    secure = settings.model_copy(update={"base_url": "https://readiness.example.org"})
    with Browser(build_app(secure, database, passwords), "https://readiness.example.org") as browser:
        cookie = browser.sign_in("ana@example.org").headers["set-cookie"]
        signed_out = browser.submit("/sign-out").headers.get_list("set-cookie")

    assert re.fullmatch(r"__Host-session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", cookie)
    forgotten = next(one for one in signed_out if one.startswith("__Host-session="))
    assert "Max-Age=0" in forgotten
    assert "Secure" in forgotten


def test_over_https_every_cookie_is_bound_to_the_host_and_still_read(
    settings: Settings, database: Database, passwords: Passwords, ana: Actor
) -> None:
    secure = settings.model_copy(update={"base_url": "https://readiness.example.org"})
    with Browser(build_app(secure, database, passwords), "https://readiness.example.org") as browser:
        browser.sign_in("ana@example.org")
        language = browser.submit("/language", language="en", next="/account").headers.get_list("set-cookie")
        everywhere = browser.submit("/account/sign-out-everywhere", where="everywhere", current_password=PASSWORD)
        shown = browser.get("/sign-in").text

    given = [*language, *everywhere.headers.get_list("set-cookie")]
    assert {cookie.split("=")[0] for cookie in given} == {"__Host-language", "__Host-session", "__Host-flash"}
    assert [cookie for cookie in given if not {"HttpOnly", "Secure", "Path=/"} <= set(cookie.split("; "))] == []
    assert "You are signed out everywhere." in shown


@pytest.mark.parametrize("way_out", ["/sign-out", "/account/sign-out-everywhere"])
def test_signing_out_empties_what_scripts_kept_in_the_browser(browse: Browse, ana: Actor, way_out: str) -> None:
    answer = browse("ana@example.org").submit(way_out, where="everywhere", current_password=PASSWORD)

    assert answer.headers["clear-site-data"] == '"storage"'


@pytest.mark.abuse("A9")
def test_two_session_cookies_are_refused(browse: Browse, ana: Actor) -> None:
    browser = browse("ana@example.org")
    token = browser.cookies["session"]
    browser.cookies.clear()

    answer = browser.get("/account", headers={"Cookie": f"session={token}; other=1; session={token}"})

    assert answer.status_code == 400


@pytest.mark.abuse("A9")
def test_a_token_outside_its_cookie_is_nobody(browse: Browse, ana: Actor) -> None:
    browser = browse("ana@example.org")
    token = browser.cookies["session"]
    browser.cookies.clear()

    assert browser.get("/account", params={"session": token}).status_code == 303
    assert browser.get("/account", headers={"Authorization": f"Bearer {token}"}).status_code == 303


@pytest.mark.abuse("A10", "C6")
def test_signing_out_ends_the_session_and_forgets_the_cookie(browse: Browse, ana: Actor) -> None:
    browser = browse("ana@example.org")
    token = browser.cookies["session"]

    answer = browser.submit("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "session" not in browser.cookies
    assert browser.get("/account", headers={"Cookie": f"session={token}"}).status_code == 303
    assert browser.get("/sign-out").status_code == 405


@pytest.mark.parametrize("path", ["/account", "/account/keys", "/team", "/admin/users", "/people/" + str(UUID(int=1))])
def test_strangers_are_sent_to_the_sign_in_page(browse: Browse, database: Database, path: str) -> None:
    answer = browse().get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")


@pytest.mark.parametrize("token", ["", "x", "other"])
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sign-out", {}),
        (
            "/account/password",
            {"current_password": PASSWORD, "new_password": OTHER_PASSWORD, "new_password_again": OTHER_PASSWORD},
        ),
        ("/account/sign-out-everywhere", {"where": "everywhere", "current_password": PASSWORD}),
        ("/account/keys", {"label": "forged", "days": "90"}),
        ("/team", {"email": "new@example.org", "name": "New", "role": "approver"}),
        ("/people/{ben}/role", {"role": "approver"}),
        ("/people/{ben}/disable", {}),
    ],
)
@pytest.mark.abuse("C4")
def test_a_forged_form_changes_nothing(
    browse: Browse, people: People, database: Database, ana: Actor, path: str, fields: dict[str, str], token: str
) -> None:
    """C4: a token that is missing, invented, or of another session."""
    ben = people.add(Role.CONTRIBUTOR, "NZL", email="ben@example.org")
    browser = browse("ana@example.org")
    other = browse("ben@example.org").token() if token == "other" else token
    before = dump(database)

    answer = browser.post(path.format(ben=ben.user_id), data={"csrf_token": other, **fields})

    assert answer.status_code == 403
    assert dump(database) == before


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "", "Origin": "https://evil.example"}],
)
@pytest.mark.abuse("C1", "C6")
def test_another_site_signs_nobody_in_and_changes_nothing(
    browse: Browse, database: Database, ana: Actor, headers: dict[str, str]
) -> None:
    """C1, C2, C3 and C6, even with a token that is right."""
    browser, stranger = browse("ana@example.org"), browse()
    token = browser.token()
    before = dump(database)

    assert (
        browser.post("/account/keys", data={"csrf_token": token, "label": "x", "days": "90"}, headers=headers).status_code == 403
    )
    signing_in = stranger.post("/sign-in", data={"email": "ana@example.org", "password": PASSWORD}, headers=headers)

    assert signing_in.status_code == 403
    assert dump(database) == before


def test_the_account_page_says_who_one_is(browse: Browse, app: FastAPI, ana: Actor) -> None:
    app.state.economy_name = {"NZL": "New Zealand"}.__getitem__

    page = browse("ana@example.org").get("/account")

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    for words in ("Ana", "ana@example.org", "Coordinator", "New Zealand", "Tests/1", "This one"):
        assert words in page.text
    assert page.text.count("<h1") == 1


def test_changing_the_password_keeps_this_browser_signed_in_and_no_other(browse: Browse, ana: Actor) -> None:
    here, elsewhere = browse("ana@example.org"), browse("ana@example.org")

    answer = here.submit(
        "/account/password", current_password=PASSWORD, new_password=OTHER_PASSWORD, new_password_again=OTHER_PASSWORD
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303


def test_a_refused_new_password_is_never_shown_again(browse: Browse, ana: Actor) -> None:
    browser = browse("ana@example.org")

    weak = browser.submit("/account/password", current_password=PASSWORD, new_password="weakest", new_password_again="weakest")
    wrong = browser.submit(
        "/account/password", current_password="not this one", new_password=OTHER_PASSWORD, new_password_again=OTHER_PASSWORD
    )

    assert weak.status_code == wrong.status_code == 422
    assert 'href="#new_password"' in weak.text
    assert 'href="#current_password"' in wrong.text
    assert not any(secret in weak.text + wrong.text for secret in ("weakest", "not this one", PASSWORD, OTHER_PASSWORD))


def test_signing_out_everywhere_ends_every_browser(browse: Browse, ana: Actor) -> None:
    here, elsewhere = browse("ana@example.org"), browse("ana@example.org")

    here.submit("/account/sign-out-everywhere", where="everywhere", current_password=PASSWORD)

    assert [browser.get("/account").status_code for browser in (here, elsewhere)] == [303, 303]


@pytest.mark.abuse("K8")
def test_a_new_key_is_shown_once(browse: Browse, ana: Actor) -> None:
    """K8."""
    browser = browse("ana@example.org")

    created = browser.submit("/account/keys", label="dashboard", days="30")
    shown = re.findall(r"rdy_[a-z0-9]{8}_[\w-]{51}", created.text)
    later = browser.get("/account/keys")

    assert created.status_code == 200
    assert len(shown) == 1
    assert keys.looks_like_key(shown[0])
    assert shown[0] not in later.text
    assert shown[0][:12] in later.text
    assert "dashboard" in later.text


def test_a_refused_key_keeps_what_was_typed(browse: Browse, ana: Actor) -> None:
    browser = browse("ana@example.org")

    unnamed = browser.submit("/account/keys", label="", days="180")
    endless = browser.submit("/account/keys", label="dashboard", days="9999999999999999999999")

    assert unnamed.status_code == endless.status_code == 422
    assert '<option value="180" selected>' in unnamed.text
    assert 'value="dashboard"' in endless.text
    assert "rdy_" not in unnamed.text + endless.text


def test_a_key_that_changes_questionnaires_takes_the_password_again(browse: Browse, people: People, database: Database) -> None:
    people.add(Role.ADMINISTRATOR, email="ada@example.org")
    browser = browse("ada@example.org")
    wanted = {"label": "desk", "days": "30", "scopes": "author"}

    wrong = browser.submit("/account/keys", **wanted, current_password="guessed it wrong")
    none = browser.submit("/account/keys", **wanted)
    made = browser.submit("/account/keys", **wanted, current_password=PASSWORD)

    assert (wrong.status_code, none.status_code, made.status_code) == (422, 422, 200)
    assert "rdy_" not in wrong.text + none.text
    assert re.search(r'value="author"\s+checked', wrong.text)
    shown = re.findall(r"rdy_[a-z0-9]{8}_[\w-]{51}", made.text)
    words = "Changes and publishes questionnaires, translates, runs cycles and groups"
    assert re.search(rf"<td[^>]*>(<[^>]*>|\s)*{words}", made.text)
    with database.read() as session:
        identity = keys.find_identity(session, shown[0])
    assert identity is not None
    assert identity.scopes == {"read", "author"}


def test_others_are_not_offered_a_key_that_changes_something(browse: Browse, ana: Actor) -> None:
    browser = browse("ana@example.org")

    refused = browser.submit("/account/keys", label="desk", days="30", scopes="author", current_password=PASSWORD)

    assert 'name="scopes"' not in browser.get("/account/keys").text
    assert refused.status_code == 422
    assert "Only an administrator can make a key that changes questionnaires" in refused.text
    assert "rdy_" not in refused.text


def test_a_key_is_revoked_by_its_owner_only(browse: Browse, people: People, database: Database, ana: Actor) -> None:
    """K4: the key of somebody else looks like one that does not exist."""
    ben = people.add(Role.ANALYST, email="ben@example.org")
    with database.write() as session:
        key = keys.create_key(session, ben, label="dashboard").key
    stranger, owner = browse("ana@example.org"), browse("ben@example.org")

    foreign = stranger.submit(f"/account/keys/{key.id}/revoke")
    random = stranger.submit(f"/account/keys/{uuid4()}/revoke")
    own = owner.submit(f"/account/keys/{key.id}/revoke")

    assert foreign.status_code == random.status_code == 404
    assert without_ids(foreign.text) == without_ids(random.text)
    assert own.status_code == 303
    assert "Revoked" in owner.get("/account/keys").text


def test_an_invitation_goes_from_the_team_page_to_a_new_account(browse: Browse, people: People, ana: Actor) -> None:
    browser, newcomer = browse("ana@example.org"), browse()

    invited = browser.submit("/team", email="new@example.org", name="New Person", role="approver")
    link = re.search(r"http://127\.0\.0\.1:8000(/invitations/[\w-]{43})", invited.text)
    assert link is not None
    form = newcomer.get(link[1])
    refused = newcomer.post(link[1], data={"name": "Newton", "password": "short", "password_again": "short"})
    accepted = newcomer.post(link[1], data={"name": "Newton", "password": OTHER_PASSWORD, "password_again": OTHER_PASSWORD})
    again = browse().get(link[1])

    assert form.status_code == 200
    assert "Approver" in form.text
    assert refused.status_code == 422
    assert 'value="Newton"' in refused.text
    assert (accepted.status_code, accepted.headers["location"]) == (303, "/reviews")
    assert "Newton" in newcomer.get("/account").text
    assert again.status_code == 404
    assert link[1] not in browser.get("/team").text
    assert "Newton" in browser.get("/team").text


def test_unusable_links_look_alike(browse: Browse, database: Database) -> None:
    answers = [browse().get(f"/invitations/{token}") for token in ("x", "x" * 43, "y" * 2_000)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({without_ids(answer.text) for answer in answers}) == 1


def test_the_link_is_built_from_the_configured_address(browse: Browse, ana: Actor) -> None:
    """A7, for invitations: the Host header decides nothing."""
    browser = browse("ana@example.org")
    token = browser.token()

    answer = browser.post(
        "/team",
        data={"csrf_token": token, "email": "new@example.org", "name": "New", "role": "approver"},
        headers={"Host": "localhost:9999", "X-Forwarded-Host": "evil.example"},
    )

    assert "http://127.0.0.1:8000/invitations/" in answer.text


def test_an_invitation_that_cannot_be_made_keeps_what_was_typed(browse: Browse, ana: Actor) -> None:
    answer = browse("ana@example.org").submit("/team", email="nobody", name="New Person", role="approver")

    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert 'value="nobody"' in answer.text
    assert 'value="New Person"' in answer.text
    assert re.search(r'value="approver"[^>]*checked', answer.text)


@pytest.mark.parametrize(("role", "economy"), [("approver", "CHL"), ("secretariat", ""), ("administrator", "NZL")])
@pytest.mark.abuse("T18")
def test_a_coordinator_who_reaches_beyond_the_economy_is_refused(
    browse: Browse, database: Database, ana: Actor, role: str, economy: str
) -> None:
    """T15 and T18."""
    browser = browse("ana@example.org")
    before = dump(database)

    answer = browser.submit("/team", email="new@example.org", name="New", role=role, economy=economy)

    assert answer.status_code == 403
    assert dump(database) == before


def test_people_of_another_economy_look_like_nobody(browse: Browse, people: People, ana: Actor) -> None:
    stranger = people.add(Role.APPROVER, "CHL", name="Cleo")
    browser = browse("ana@example.org")

    shown = [browser.get(f"/people/{one}") for one in (stranger.user_id, uuid4(), "x")]
    disabled = [browser.submit(f"/people/{one}/disable") for one in (stranger.user_id, uuid4())]

    assert {answer.status_code for answer in (*shown, *disabled)} == {404}
    assert without_ids(shown[0].text) == without_ids(shown[1].text)
    assert "Cleo" not in shown[0].text + browser.get("/team").text


def test_an_administrator_invites_changes_disables_and_enables(browse: Browse, people: People, ana: Actor) -> None:
    people.add(Role.ADMINISTRATOR, email="root@example.org", name="Root")
    browser, other = browse("root@example.org"), browse("ana@example.org")

    page = browser.get("/admin/users")
    invited = browser.submit("/admin/users", email="new@example.org", name="New", role="secretariat", economy="")
    changed = browser.submit(f"/people/{ana.user_id}/role", role="approver", economy="CHL")
    after_change = other.get("/account").status_code
    moved = browser.get(f"/people/{ana.user_id}")
    disabled = browser.submit(f"/people/{ana.user_id}/disable")
    refused = browse().sign_in("ana@example.org").status_code
    enabled = browser.submit(f"/people/{ana.user_id}/enable")

    assert "Ana" in page.text
    assert '<option value="CHL"' in page.text
    assert "/invitations/" in invited.text
    assert [answer.status_code for answer in (changed, disabled, enabled)] == [303, 303, 303]
    assert (after_change, refused) == (303, 422)
    assert re.search(r'value="approver"[^>]*checked', moved.text)
    assert browse().sign_in("ana@example.org").status_code == 303


def test_a_role_that_does_not_fit_is_refused_with_a_summary(browse: Browse, people: People, ana: Actor) -> None:
    people.add(Role.ADMINISTRATOR, email="root@example.org")
    browser = browse("root@example.org")

    answer = browser.submit(f"/people/{ana.user_id}/role", role="secretariat", economy="NZL")

    assert answer.status_code == 422
    assert 'href="#economy"' in answer.text


def test_the_last_coordinator_is_told_what_to_do_first(browse: Browse, database: Database, ana: Actor) -> None:
    browser = browse("ana@example.org")

    own_role = browser.submit(f"/people/{ana.user_id}/role", role="approver")
    leaving = browser.submit(f"/people/{ana.user_id}/disable")

    assert (own_role.status_code, leaving.status_code) == (403, 409)
    assert browser.get("/team").status_code == 200


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.CONTRIBUTOR, set()),
        (Role.APPROVER, set()),
        (Role.COORDINATOR, {"/team"}),
        (Role.ADMINISTRATOR, {"/admin/users"}),
        (Role.SECRETARIAT, {"/for-secretariat"}),
        (Role.ANALYST, set()),
    ],
)
@pytest.mark.abuse("T5")
def test_each_role_reaches_its_own_pages(browse: Browse, people: People, role: Role, allowed: set[str]) -> None:
    """T5 for the pages of accounts."""
    browser = browse(people.email(people.add(role)))
    pages = ("/team", "/admin/users", "/for-secretariat")

    answers = {path: browser.get(path).status_code for path in pages}

    assert answers == {path: 200 if path in allowed else 403 for path in pages}


def test_an_error_page_keeps_the_navigation(browse: Browse, ana: Actor) -> None:
    page = browse("ana@example.org").get(f"/people/{uuid4()}")

    assert page.status_code == 404
    assert 'href="/team"' in page.text
    assert "Sign out" in page.text


def test_the_navigation_marks_where_one_is(browse: Browse, ana: Actor) -> None:
    page = browse("ana@example.org").get("/team")

    assert re.findall(r'href="(/[a-z]*)" aria-current="page"', page.text) == ["/team"]


def test_a_name_is_text_wherever_it_is_shown(browse: Browse, people: People, ana: Actor) -> None:
    people.add(Role.CONTRIBUTOR, "NZL", name="<script>alert(1)</script>{{7*7}}")

    page = browse("ana@example.org").get("/team")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page.text


def test_a_coordinator_is_told_whom_only_an_administrator_enables(
    browse: Browse, people: People, database: Database, ana: Actor
) -> None:
    ben = people.add(Role.CONTRIBUTOR, "NZL", name="Ben")
    with database.write() as session:
        service.disable_user(session, COMMAND_LINE, user_id(ben))
    browser = browse("ana@example.org")

    page = browser.get(f"/people/{ben.user_id}")
    refused = browser.submit(f"/people/{ben.user_id}/enable")

    assert "only an administrator can enable it again" in page.text
    assert "Enable again" not in page.text
    assert (refused.status_code, "only an administrator can enable it again" in refused.text) == (403, True)


def test_who_disables_the_own_account_is_told_that_somebody_else_has_to_enable_it(browse: Browse, ana: Actor) -> None:
    browser = browse("ana@example.org")

    for path in (f"/people/{ana.user_id}", f"/people/{ana.user_id}/disable"):
        page = browser.get(path)
        assert "somebody else who manages accounts has to do it" in page.text
        assert "You can enable the account again" not in page.text


@pytest.mark.abuse("R8")
def test_a_disabled_person_is_out_at_the_next_request(browse: Browse, database: Database, ana: Actor) -> None:
    browser = browse("ana@example.org")
    with database.write() as session:
        service.disable_user(session, COMMAND_LINE, user_id(ana))

    assert browser.get("/account").status_code == 303


def dump(database: Database) -> list[str]:
    """Return every row of the tables that a person can change here."""
    with database.read() as session:
        tables = ("user", "session", "invitation", "api_key", "audit_event")
        return [
            str(tuple(row))
            for name in tables
            for row in session.connection().exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY 1').all()
        ]


def without_ids(page: str) -> str:
    """Return a page without what differs from request to request: its number, its own address, the masked form token."""
    return re.sub(r'name="next" value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{80,}=*', "", page)
