"""The pages of the second step: what they ask, show once, and refuse; and who is led to set one up."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pyotp
import pytest
import time_machine
from fastapi import FastAPI
from httpx2 import Response

from app.config import Settings
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.kit.actor import Actor, Role
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Browser, People, build_app
from tests.accounts.second_steps import STEP, code_of, dump
from tests.accounts.soft_passkey import SoftPasskey
from tests.databases import only_sqlite

Browse = Callable[..., Browser]

pytestmark = only_sqlite

NOON = datetime(2030, 11, 21, 12, 0, tzinfo=UTC)
WAYS, STEP_PAGE = "/account/ways-to-sign-in", "/sign-in/second-step"
ANA, BEN = "ana@example.org", "ben@example.org"
CODES = re.compile(r"<code>([0-9]-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</code>")


@pytest.fixture
def ana(people: People) -> Actor:
    return people.add(Role.COORDINATOR, "NZL", email=ANA, name="Ana")


class Visitor(Browser):
    """A browser that takes the form token from the page on which the form stands."""

    def submit_at(self, page: str, path: str, **fields: str) -> Response:
        return self.post(path, data={"csrf_token": self.token(page), **fields})


def confirmed(browser: Visitor) -> tuple[pyotp.TOTP, Response]:
    """Set an app up through the pages; the answer shows the recovery codes."""
    started = browser.submit_at(WAYS, f"{WAYS}/authenticator", **{"app.current_password": PASSWORD})
    assert (started.status_code, started.headers["location"]) == (303, f"{WAYS}/authenticator")
    page = browser.get(f"{WAYS}/authenticator").text
    found = re.search(r'<code role="group"[^>]*>([A-Z2-7 ]+)</code>', page)
    assert found is not None
    app = pyotp.TOTP(found[1].replace(" ", ""))
    return app, browser.submit_at(WAYS, f"{WAYS}/authenticator/confirm", one_time_code=code_of(app))


@pytest.fixture
def visit(app: FastAPI) -> Callable[..., Visitor]:
    def visit(email: str = "", program: FastAPI | None = None, base_url: str = "http://127.0.0.1:8000") -> Visitor:
        visitor = Visitor(program or app, base_url)
        if email:
            assert visitor.sign_in(email).status_code == 303
        return visitor

    return visit


Visit = Callable[..., Visitor]


def test_from_the_account_page_to_a_second_step_and_through_it(visit: Visit, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        visitor = visit(ANA)
        assert f'href="{WAYS}"' in visitor.get("/account").text
        app, shown = confirmed(visitor)
        codes = CODES.findall(shown.text)
        later = visitor.get(WAYS).text
        visitor.submit("/sign-out")
        clock.shift(STEP * 2)

        half = visitor.sign_in(ANA, back="/team")
        page = visitor.get(STEP_PAGE)
        wrong = visitor.post(STEP_PAGE, data={"one_time_code": "000000"})
        done = visitor.post(STEP_PAGE, data={"one_time_code": f"{code_of(app)[:3]} {code_of(app)[3:]}"})

    assert shown.status_code == 200
    assert len(set(codes)) == 10
    assert [code for code in codes if code in later] == []
    assert "10 codes are left" in later
    assert (half.status_code, half.headers["location"]) == (303, STEP_PAGE)
    assert 'name="one_time_code"' in page.text
    assert wrong.status_code == 422
    assert 'href="#one_time_code"' in wrong.text
    assert (done.status_code, done.headers["location"]) == (303, "/team")
    assert "second-step" not in visitor.cookies


def test_the_picture_needs_nothing_that_the_policy_forbids(visit: Visit, ana: Actor) -> None:
    visitor = visit(ANA)
    visitor.submit_at(WAYS, f"{WAYS}/authenticator", **{"app.current_password": PASSWORD})

    page = visitor.get(f"{WAYS}/authenticator")

    assert "<svg" in page.text.split('class="qr"')[1]
    assert "style=" not in page.text
    assert "data:" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_half_signed_in_browser_opens_nothing(visit: Visit, ana: Actor) -> None:
    confirmed(visit(ANA))
    visitor = visit()

    answer = visitor.sign_in(ANA)
    cookie = answer.headers["set-cookie"]

    assert re.fullmatch(r"second-step=[\w-]{43}; HttpOnly; Max-Age=300; Path=/; SameSite=lax", cookie)
    for path in ("/account", WAYS, "/team"):
        assert visitor.get(path).headers["location"] == f"/sign-in?next={path}"
    assert visitor.get("/account", headers={"Cookie": f"session={visitor.cookies['second-step']}"}).status_code == 303
    assert visitor.get("/api/v1/me").status_code == 401


def test_over_https_the_half_is_bound_to_the_host(
    visit: Visit, settings: Settings, database: Database, passwords: Passwords, ana: Actor
) -> None:
    confirmed(visit(ANA))
    secure = build_app(settings.model_copy(update={"base_url": "https://readiness.example.org"}), database, passwords)

    answer = visit(program=secure, base_url="https://readiness.example.org").sign_in(ANA)

    assert answer.headers["set-cookie"].startswith("__Host-second-step=")
    assert answer.headers["set-cookie"].endswith("; Secure")


def test_the_half_of_another_browser_serves_nobody(visit: Visit, ana: Actor) -> None:
    app, _ = confirmed(visit(ANA))
    visit().sign_in(ANA)

    answer = visit().post(STEP_PAGE, data={"one_time_code": code_of(app)})

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_after_five_minutes_the_sign_in_begins_anew_in_words(visit: Visit, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        app, _ = confirmed(visit(ANA))
        visitor = visit()
        visitor.sign_in(ANA)
        clock.shift(timedelta(minutes=5))

        answer = visitor.post(STEP_PAGE, data={"one_time_code": code_of(app)})

        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert "The sign-in took longer than five minutes" in visitor.get("/sign-in").text


def test_the_sixth_wrong_code_is_answered_with_when_to_come_back(visit: Visit, ana: Actor) -> None:
    """A13."""
    confirmed(visit(ANA))
    visitor = visit()
    visitor.sign_in(ANA)

    answers = [visitor.post(STEP_PAGE, data={"one_time_code": "9-AAAA-AAAA-AAAA"}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "300"


def test_a_recovery_code_signs_in_and_says_when_few_are_left(visit: Visit, ana: Actor) -> None:
    _, shown = confirmed(visit(ANA))
    codes = CODES.findall(shown.text)

    words = []
    visitor = visit()
    for code in codes[:7]:
        visitor = visit()
        visitor.sign_in(ANA)
        assert visitor.post(STEP_PAGE, data={"one_time_code": code}).headers["location"] == "/reviews"
        words.append(visitor.get("/account").text)

    assert "The recovery code is used up" in words[0]
    assert "Only a few recovery codes are left" in words[-1]
    assert "Few recovery codes are left" in visitor.get(WAYS).text


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/authenticator", "app.current_password"),
        ("/recovery-codes", "codes.current_password"),
        ("/remove/app/{user}", "current_password"),
        ("/passkeys/challenge", "passkey.current_password"),
    ],
)
def test_nothing_about_the_ways_changes_without_the_password(
    visit: Visit, settings: Settings, database: Database, passwords: Passwords, people: People, path: str, field: str
) -> None:
    ben = people.add(Role.ANALYST, email=BEN)
    program = build_app(settings.model_copy(update={"base_url": "http://localhost:8000"}), database, passwords)
    visitor = visit(BEN, program, "http://localhost:8000")
    if path != "/authenticator":
        confirmed(visitor)
    before = set(dump(database))

    answer = visitor.submit_at(WAYS, WAYS + path.format(user=ben.user_id), **{field: OTHER_PASSWORD, "passkey.name": "x"})

    assert answer.status_code == 422
    assert "This is not your current password" in answer.text
    assert {row.split()[0] for row in before ^ set(dump(database))} == {"sign_in_failure"}


def test_an_app_is_removed_with_the_password(visit: Visit, ana: Actor) -> None:
    visitor = visit(ANA)
    confirmed(visitor)
    path = f"{WAYS}/remove/app/{ana.user_id}"

    asked = visitor.get(path)
    done = visitor.submit_at(path, path, current_password=PASSWORD)

    assert "This is your last second step" in asked.text
    assert (done.status_code, done.headers["location"]) == (303, WAYS)
    assert visit().sign_in(ANA).headers["location"] == "/reviews"


@pytest.mark.parametrize("kind", ["app", "passkey", "link", "other"])
def test_what_one_does_not_have_cannot_be_removed(visit: Visit, ana: Actor, kind: str) -> None:
    visitor = visit(ANA)

    assert visitor.get(f"{WAYS}/remove/{kind}/{uuid4()}").status_code == 404
    assert visitor.submit(f"{WAYS}/remove/{kind}/{uuid4()}", current_password=PASSWORD).status_code == 404


def test_a_passkey_is_added_and_taken_through_the_pages(
    visit: Visit, settings: Settings, database: Database, passwords: Passwords, ana: Actor
) -> None:
    base_url = "http://localhost:8000"
    program = build_app(settings.model_copy(update={"base_url": base_url}), database, passwords)
    passkey = SoftPasskey("localhost", base_url)
    visitor = visit(ANA, program, base_url)
    wanted = {"passkey.name": "Work laptop", "passkey.current_password": PASSWORD}
    options = visitor.submit_at(WAYS, f"{WAYS}/passkeys/challenge", **wanted)

    added = visitor.submit_at(WAYS, f"{WAYS}/passkeys", passkey=passkey.create(options.text))
    again = visit("", program, base_url)
    again.sign_in(ANA)
    page = again.get(STEP_PAGE).text
    asked = again.post(f"{STEP_PAGE}/challenge")
    refused = again.post(f"{STEP_PAGE}/passkey", data={"passkey": "{}"})
    asked = again.post(f"{STEP_PAGE}/challenge")
    done = again.post(f"{STEP_PAGE}/passkey", data={"passkey": passkey.get(asked.text)})

    assert options.headers["content-type"] == "application/json"
    assert len(CODES.findall(added.text)) == 10
    assert 'data-passkey="get"' in page
    assert "Recovery code" in page
    assert refused.status_code == 422
    assert (done.status_code, done.headers["location"]) == (303, "/reviews")
    assert "Work laptop" in again.get(WAYS).text


def test_on_a_plain_address_no_passkey_is_offered(visit: Visit, ana: Actor) -> None:
    visitor = visit(ANA)

    page = visitor.get(WAYS).text
    answer = visitor.submit(f"{WAYS}/passkeys/challenge", **{"passkey.current_password": PASSWORD})

    assert "Passkeys work only where" in page
    assert "data-passkey=" not in page
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("asked", "is_led"), [("none", (False, False)), ("administrators", (True, False)), ("everyone", (True, True))]
)
def test_who_is_asked_for_a_second_step_does_nothing_else_before(
    visit: Visit,
    settings: Settings,
    database: Database,
    passwords: Passwords,
    people: People,
    ana: Actor,
    asked: str,
    is_led: tuple[bool, bool],
) -> None:
    people.add(Role.ADMINISTRATOR, email="root@example.org")
    program = build_app(settings.model_copy(update={"require_second_factor": asked}), database, passwords)

    for email, led in zip(("root@example.org", ANA), is_led, strict=True):
        visitor = visit(email, program)
        account = visitor.get("/account")
        api = visitor.get("/api/v1/me")
        assert (account.status_code, account.headers.get("location")) == ((303, WAYS) if led else (200, None))
        assert api.status_code == (403 if led else 200)
        if led:
            assert api.json()["code"] == "second_step_needed"
            assert "Set up a second step to go on" in visitor.get(WAYS).text
            before = dump(database)
            token = visitor.token(WAYS)
            assert visitor.post("/account/keys", data={"csrf_token": token, "label": "x", "days": "90"}).status_code == 303
            assert dump(database) == before
            confirmed(visitor)
            assert visitor.get("/account").status_code == 200
            assert visitor.get("/api/v1/me").status_code == 200
        assert visitor.submit_at(WAYS, "/sign-out").headers["location"] == "/sign-in"


def test_one_browser_of_several_is_signed_out_once_the_password_was_given_again(
    visit: Visit, people: People, database: Database, ana: Actor
) -> None:
    people.add(Role.ANALYST, email=BEN)
    here, elsewhere, stranger = visit(ANA), visit(ANA), visit(BEN)
    page = here.get("/account").text
    paths = re.findall(r'href="(/account/sessions/[0-9a-f-]{36}/end)"', page)
    unknown_path = f"/account/sessions/{uuid4()}/end"

    asked = here.get(paths[0])
    before = dump(database)
    foreign = [stranger.get(paths[0]), stranger.submit(paths[0], current_password=PASSWORD)]
    unknown = [here.get(unknown_path), here.submit(unknown_path, current_password=PASSWORD)]
    kept = dump(database) == before
    without = [here.submit(paths[0]), here.submit(paths[0], current_password=OTHER_PASSWORD)]
    still_in = elsewhere.get("/account").status_code
    done = here.submit(paths[0], current_password=PASSWORD)

    assert len(paths) == 1
    assert 'name="current_password"' in asked.text
    assert [answer.status_code for answer in (*foreign, *unknown)] == [404] * 4
    assert kept
    assert [answer.status_code for answer in without] == [422, 422]
    assert 'href="#current_password"' in without[0].text
    assert still_in == 200
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert here.get(paths[0]).status_code == 404


@pytest.mark.parametrize(("where", "location", "is_out_here"), [("others", "/account", False), ("everywhere", "/sign-in", True)])
def test_all_other_browsers_or_all_are_signed_out_once_the_password_was_given_again(
    visit: Visit, people: People, ana: Actor, where: str, location: str, *, is_out_here: bool
) -> None:
    people.add(Role.ANALYST, email=BEN)
    here, elsewhere, further, stranger = visit(ANA), visit(ANA), visit(ANA), visit(BEN)
    page = here.get("/account/sign-out-everywhere")

    refused = [here.submit("/account/sign-out-everywhere", where=where, **wrong) for wrong in ({}, {"current_password": "x"})]
    nowhere = here.submit("/account/sign-out-everywhere", current_password=PASSWORD)
    before = [one.get("/account").status_code for one in (here, elsewhere, further)]
    done = here.submit("/account/sign-out-everywhere", where=where, current_password=PASSWORD)

    assert 'name="current_password"' in page.text
    assert [answer.status_code for answer in (*refused, nowhere)] == [422] * 3
    assert before == [200] * 3
    assert (done.status_code, done.headers["location"]) == (303, location)
    after = [one.get("/account").status_code for one in (here, elsewhere, further, stranger)]
    assert after == [303 if is_out_here else 200, 303, 303, 200]


def test_wrong_passwords_before_signing_out_others_are_counted(visit: Visit, ana: Actor) -> None:
    """A stolen session is no place to try passwords out."""
    visitor = visit(ANA)

    tries = [visitor.submit("/account/sign-out-everywhere", where="others", current_password="x") for _ in range(11)]

    assert [answer.status_code for answer in tries] == [*[422] * 10, 429]


def test_a_browser_is_shown_in_words(visit: Visit, ana: Actor) -> None:
    visitor = visit()
    visitor.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    visitor.sign_in(ANA)

    page = visitor.get("/account").text

    assert "Firefox on Windows" in page
    assert "Mozilla" not in page


def test_changing_the_password_keeps_the_second_step(visit: Visit, ana: Actor) -> None:
    visitor = visit(ANA)
    confirmed(visitor)

    visitor.submit("/account/password", current_password=PASSWORD, new_password=OTHER_PASSWORD, new_password_again=OTHER_PASSWORD)

    assert visit().sign_in(ANA, OTHER_PASSWORD).headers["location"] == STEP_PAGE
    assert "Authenticator app" in visitor.get(WAYS).text


def test_an_administrator_sees_and_removes_a_second_step_and_a_coordinator_neither(
    visit: Visit, people: People, database: Database, ana: Actor
) -> None:
    people.add(Role.ADMINISTRATOR, email="root@example.org", name="Root")
    ben = people.add(Role.CONTRIBUTOR, "NZL", email=BEN)
    confirmed(visit(BEN))
    root, coordinator = visit("root@example.org"), visit(ANA)
    path = f"/people/{ben.user_id}/reset-second-step"
    before = dump(database)

    assert "Second step of signing in" not in coordinator.get(f"/people/{ben.user_id}").text
    assert coordinator.submit(path).status_code == 403
    assert dump(database) == before
    assert "Recovery codes left" in root.get(f"/people/{ben.user_id}").text
    for typed in ({}, {"current_password": "not mine at all"}):
        refused = root.submit(path, **typed)
        assert refused.status_code == 422
        assert 'href="#current_password"' in refused.text
        assert "Recovery codes left" in refused.text
    assert root.submit(path, current_password=PASSWORD).headers["location"] == f"/people/{ben.user_id}"
    again = visit()
    again.sign_in(BEN)
    assert "An administrator has removed your second step" in again.get("/account").text
    assert "Root removed it on" in again.get(WAYS).text


def test_a_wrong_first_code_speaks_of_no_recovery_codes_and_a_telephone_can_tap_the_address(visit: Visit, ana: Actor) -> None:
    browser = visit(ANA)
    browser.submit_at(WAYS, f"{WAYS}/authenticator", **{"app.current_password": PASSWORD})

    wrong = browser.submit_at(WAYS, f"{WAYS}/authenticator/confirm", one_time_code="000000")

    assert wrong.status_code == 422
    assert "recovery code" not in wrong.text
    assert 'href="otpauth://totp/' in wrong.text
