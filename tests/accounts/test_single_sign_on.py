"""Single sign-on: against a real issuer on loopback, and against one that lies, drips, or is not there."""

from __future__ import annotations

import re
import socket
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from httpx2 import Response
from joserfc.jwk import RSAKey
from sqlalchemy import text

from app.accounts import keys, service
from app.accounts.second_step import factors
from app.accounts.signing_in.sign_in import SignInRefused
from app.audit import service as audit
from app.config import Settings
from app.infra import oidc
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.infra.sealing import Seal
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import NotSignedIn
from tests.accounts.conftest import PASSWORD, Browser, People, build_app
from tests.accounts.issuers import CLIENT, SECRET, Puppet, agree, puppet, real_issuer
from tests.accounts.second_steps import Door, dump
from tests.databases import only_sqlite

pytestmark = [
    only_sqlite,
    # The issuer's own library warns of itself.
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:authlib.jose module is deprecated:authlib.deprecate.AuthlibDeprecationWarning"),
]

START, RETURN = "/sign-in/single-sign-on", "/sign-in/single-sign-on/return"
PEOPLE: dict[str, dict[str, object]] = {
    "ana-at-the-ministry": {"email": "Ana@Example.org", "email_verified": True},
    "unverified": {"email": "ana@example.org", "email_verified": False},
    "silent": {"email": "ana@example.org"},
    "stranger": {"email": "stranger@example.org", "email_verified": True},
}


@pytest.fixture
def ana(people: People) -> Actor:
    return people.add(Role.COORDINATOR, "NZL", email="ana@example.org", name="Ana")


def open_browser(settings: Settings, database: Database, passwords: Passwords, issuer: str) -> Browser:
    wired = {"oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "oidc_name": "Ministry login"}
    with_issuer = Settings(**{**settings.model_dump(), **wired})
    return Browser(build_app(with_issuer, database, passwords))


@pytest.fixture
def real(settings: Settings, database: Database, passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with real_issuer(PEOPLE) as issuer, open_browser(settings, database, passwords, issuer) as browser:
        yield browser


@pytest.fixture
def issuer() -> Iterator[Puppet]:
    with puppet() as told:
        yield told


@pytest.fixture
def visitor(settings: Settings, database: Database, passwords: Passwords, issuer: Puppet) -> Iterator[Browser]:
    with open_browser(settings, database, passwords, issuer.address) as opened:
        yield opened


def press(browser: Browser, back: str = "/") -> Response:
    """Press the button of the sign-in page."""
    return browser.post(START, data={"next": back})


def sent_to(page: Response) -> str:
    """Return where a page leads by itself, which its link names as well."""
    by_itself = re.findall(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page.text)
    assert len(by_itself) == 1
    assert f'href="{by_itself[0]}"' in page.text
    return unescape(by_itself[0])


def asked_of(browser: Browser, back: str = "/") -> tuple[str, dict[str, str]]:
    """Start, and return where the browser is sent, and what it says there."""
    started = press(browser, back)
    assert started.status_code == 200, started.text
    address = sent_to(started)
    return address, {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def through(browser: Browser, subject: str, back: str = "/") -> Response:
    """Go to the real issuer and come back."""
    came_back = urlsplit(agree(asked_of(browser, back)[0], subject))
    return browser.get(f"{came_back.path}?{came_back.query}")


def back_from(browser: Browser, issuer: Puppet, **claims: object) -> Response:
    """Come back from the puppet, whose token says these things beside what it should."""
    _, asked = asked_of(browser)
    issuer.claims = {"nonce": asked["nonce"], "email": "ana@example.org", "email_verified": True, **claims}
    return browser.get(RETURN, params={"code": "c", "state": asked["state"]})


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


def links(database: Database) -> list[tuple[object, ...]]:
    with database.read() as session:
        return [tuple(row) for row in session.connection().execute(text("SELECT issuer, subject FROM linked_identity"))]


def test_a_person_whose_address_is_verified_signs_on_and_is_known_from_then_on(
    real: Browser, database: Database, ana: Actor
) -> None:
    page = real.get("/sign-in?next=/team")

    first = through(real, "ana-at-the-ministry", "/team?x=1")

    assert "Sign in with Ministry login" in page.text
    form = page.text.split('action="/sign-in/single-sign-on"')[1].split("</form>")[0]
    assert 'name="next" value="/team"' in form
    assert (first.status_code, first.headers["location"]) == (303, "/team?x=1")
    assert "Ana" in real.get("/account").text
    assert "Linked with http://localhost" in real.get("/account/ways-to-sign-in").text
    assert [subject for _, subject in links(database)] == ["ana-at-the-ministry"]
    with database.write() as session:
        session.connection().execute(text("UPDATE \"user\" SET email = 'other@example.org'"))
    real.cookies.clear()
    assert through(real, "ana-at-the-ministry").headers["location"] == "/reviews"
    assert is_signed_in(real)


def give_password(database: Database, passwords: Passwords, actor: Actor) -> None:
    assert actor.user_id is not None
    with database.write() as session:
        service.set_password(session, COMMAND_LINE, actor.user_id, PASSWORD, passwords=passwords)


def test_linking_ends_every_way_in_that_was_set_up_before_the_address_was_proved(
    visitor: Browser, issuer: Puppet, database: Database, passwords: Passwords, people: People, ana: Actor
) -> None:
    """Whoever opened the invitation in the owner's place keeps nothing: session, password, second step, codes and keys."""
    door = Door(database, passwords, Seal(b"a key of the tests"))
    thief = door.sign_in("ana@example.org").token
    door.set_up_app(door.who(thief))
    door.recovery_codes(door.who(thief))
    half, _ = door.half("ana@example.org")
    key = people.key(ana)
    assert ana.user_id is not None
    others = people.add(Role.ANALYST, email="ben@example.org")
    others_key = people.key(others)

    answer = back_from(visitor, issuer)

    assert (answer.status_code, answer.headers["location"]) == (303, "/reviews")
    assert is_signed_in(visitor)
    assert door.identity(thief) is None
    with pytest.raises(NotSignedIn):
        door.finish(half)
    with pytest.raises(SignInRefused):
        door.arrive("ana@example.org")
    door.sign_in("ben@example.org")
    with database.read() as session:
        assert keys.find_identity(session, key) is None
        assert keys.find_identity(session, others_key) is not None
        events = [event.action for event in audit.list_events(session, COMMAND_LINE)]
        has = factors.read(session, ana.user_id)
        told = session.connection().execute(text("SELECT recipient, body FROM mail WHERE kind = 'sign_on_linked'")).one()
    assert (has.has_any, has.codes_left) == (False, 0)
    assert {"accounts.sign_on_linked", "accounts.earlier_ways_ended"} <= set(events)
    assert told.recipient == "ana@example.org"
    assert "Forgotten your password?" in told.body


def test_a_sign_on_that_is_known_ends_nothing(
    visitor: Browser, issuer: Puppet, database: Database, passwords: Passwords, ana: Actor
) -> None:
    assert back_from(visitor, issuer).status_code == 303
    give_password(database, passwords, ana)
    door = Door(database, passwords, Seal(b"a key of the tests"))
    token = door.sign_in("ana@example.org").token
    visitor.cookies.clear()

    assert back_from(visitor, issuer).status_code == 303

    assert door.identity(token) is not None
    door.sign_in("ana@example.org")


@pytest.mark.parametrize("subject", ["unverified", "silent", "stranger"])
def test_whom_the_issuer_does_not_vouch_for_by_address_is_told_whom_to_ask(
    real: Browser, database: Database, ana: Actor, subject: str
) -> None:
    before = dump(database)

    answer = through(real, subject)

    assert answer.status_code == 403
    assert "There is no account for you here yet" in answer.text
    assert "made by invitation" in answer.text
    assert dump(database) == before
    assert not is_signed_in(real)


def test_a_code_serves_once_at_the_issuer_and_the_way_back_once_here(real: Browser, database: Database, ana: Actor) -> None:
    came_back = urlsplit(agree(asked_of(real)[0], "ana-at-the-ministry"))
    path = f"{came_back.path}?{came_back.query}"
    cookie = real.cookies["single-sign-on"]
    assert real.get(path).status_code == 303
    before = dump(database)
    real.cookies.clear()

    without_cookie = real.get(path)
    replayed = real.get(path, headers={"Cookie": f"single-sign-on={cookie}"})

    assert (without_cookie.status_code, replayed.status_code) == (403, 403)
    assert dump(database) == before


def test_a_refusal_at_the_issuer_is_said_calmly(real: Browser, database: Database, ana: Actor) -> None:
    _, asked = asked_of(real)

    answer = real.get(RETURN, params={"error": "access_denied", "state": asked["state"]})

    assert answer.status_code == 403
    assert "nobody was signed in" in answer.text
    assert 'name="password"' in answer.text


def test_the_question_proves_who_asks(visitor: Browser, issuer: Puppet, ana: Actor) -> None:
    address, asked = asked_of(visitor)
    issuer.claims = {"nonce": asked["nonce"], "email": "ana@example.org", "email_verified": True}

    answer = visitor.get(RETURN, params={"code": "c", "state": asked["state"]})

    assert address.startswith(f"{issuer.address}/authorization_endpoint?")
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/sign-in/single-sign-on/return"
    assert answer.status_code == 303
    assert issuer.redeemed["code"] == ["c"]
    digest = sha256(issuer.redeemed["code_verifier"][0].encode()).digest()
    assert asked["code_challenge"] == urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert issuer.authorization.startswith("Basic ")
    assert SECRET not in str(issuer.redeemed)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"aud": [CLIENT, "somebody-else"]},
        {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"},
        {"exp": 1_000},
        {"iat": 1_000},
        {"iat": 9_999_999_999, "exp": 9_999_999_999},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 5},
        {"exp": "never"},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_signs_nobody_in(
    visitor: Browser, issuer: Puppet, database: Database, ana: Actor, claims: dict[str, object]
) -> None:
    before = dump(database)

    answer = back_from(visitor, issuer, **claims)

    assert answer.status_code == 403
    assert dump(database) == before
    assert not is_signed_in(visitor)


@pytest.mark.parametrize("forged", ["none", "HS256 with the secret", "HS256 with the public key", "another key", "no token"])
def test_a_forged_token_signs_nobody_in(visitor: Browser, issuer: Puppet, database: Database, ana: Actor, forged: str) -> None:
    before = dump(database)
    shared = {
        "none": b"",
        "HS256 with the secret": SECRET.encode(),
        "HS256 with the public key": issuer.key.as_pem(private=False),
    }
    issuer.shared = shared.get(forged)
    if forged == "another key":
        issuer.signed_with = RSAKey.generate_key(2048, {"kid": "first"})
    if forged == "no token":
        issuer.token = "no.token.atall"

    answer = back_from(visitor, issuer)

    assert answer.status_code == 403
    assert dump(database) == before


@pytest.mark.parametrize("state", ["", "another", "é" * 43])
def test_another_state_signs_nobody_in(visitor: Browser, issuer: Puppet, database: Database, ana: Actor, state: str) -> None:
    asked_of(visitor)
    before = dump(database)

    answer = visitor.get(RETURN, params={"code": "c", "state": state})

    assert answer.status_code == 403
    assert "/token_endpoint" not in issuer.asked
    assert dump(database) == before


def test_the_state_of_another_browser_signs_nobody_in(
    visitor: Browser, issuer: Puppet, settings: Settings, database: Database, passwords: Passwords, ana: Actor
) -> None:
    """Somebody who makes a victim follow the attacker's own way back signs nobody in as the attacker."""
    _, asked = asked_of(visitor)
    issuer.claims = {"nonce": asked["nonce"], "email": "ana@example.org", "email_verified": True}
    with open_browser(settings, database, passwords, issuer.address) as victim:
        asked_of(victim)

        answer = victim.get(RETURN, params={"code": "c", "state": asked["state"]})

        assert answer.status_code == 403
        assert not is_signed_in(victim)


def test_the_cookie_is_bound_short_lived_and_sealed(visitor: Browser, issuer: Puppet, ana: Actor) -> None:
    started = press(visitor)
    cookie = started.headers["set-cookie"]
    _, asked = asked_of(visitor)
    visitor.cookies.set("single-sign-on", visitor.cookies["single-sign-on"][:-4] + "AAAA")

    answer = visitor.get(RETURN, params={"code": "c", "state": asked["state"]})

    assert "HttpOnly; Max-Age=600; Path=/; SameSite=lax" in cookie
    assert asked["state"] not in cookie
    assert asked["nonce"] not in cookie
    assert answer.status_code == 403


def test_an_address_that_only_userinfo_names_counts_too(visitor: Browser, issuer: Puppet, ana: Actor) -> None:
    answer = back_from(visitor, issuer, email="")

    assert answer.status_code == 303
    assert "/userinfo_endpoint" in issuer.asked


def test_a_disabled_person_does_not_sign_on(visitor: Browser, issuer: Puppet, database: Database, ana: Actor) -> None:
    assert ana.user_id is not None
    assert back_from(visitor, issuer).status_code == 303
    with database.write() as session:
        service.disable_user(session, COMMAND_LINE, ana.user_id)
    visitor.cookies.clear()

    assert back_from(visitor, issuer).status_code == 403


@pytest.mark.parametrize(
    ("said", "location"),
    [
        ({}, "/sign-in/second-step"),
        ({"amr": ["pwd"]}, "/sign-in/second-step"),
        ({"amr": ["pwd", "otp", "mfa"]}, "/reviews"),
        ({"acr": "https://refeds.org/profile/mfa"}, "/reviews"),
    ],
    ids=str,
)
def test_our_second_step_follows_unless_the_issuer_took_one(
    visitor: Browser,
    issuer: Puppet,
    database: Database,
    passwords: Passwords,
    ana: Actor,
    said: dict[str, object],
    location: str,
) -> None:
    assert back_from(visitor, issuer).status_code == 303
    visitor.cookies.clear()
    give_password(database, passwords, ana)
    door = Door(database, passwords, Seal(b"a key of the tests"))
    door.set_up_app(door.who(door.sign_in("ana@example.org").token))

    answer = back_from(visitor, issuer, **said)

    assert (answer.status_code, answer.headers["location"]) == (303, location)
    assert is_signed_in(visitor) is (location == "/reviews")


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_single_sign_on_leads_out_to_no_other_site(visitor: Browser, issuer: Puppet, ana: Actor, back: str) -> None:
    _, asked = asked_of(visitor, back)
    issuer.claims = {"nonce": asked["nonce"], "email": "ana@example.org", "email_verified": True}

    answer = visitor.get(RETURN, params={"code": "c", "state": asked["state"]})

    assert answer.headers["location"] == "/reviews"
    assert visitor.get(START, params={"next": back}).headers["location"] == "/reviews"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "", "Origin": "https://evil.example"}])
def test_nobody_is_signed_in_without_pressing_the_button_here(
    visitor: Browser, issuer: Puppet, ana: Actor, headers: dict[str, str]
) -> None:
    """A link, a picture or a form of another site begins nothing, whoever is signed in at the issuer."""
    followed = visitor.get(START, params={"next": "/team"}, headers=headers)
    posted = visitor.post(START, data={"next": "/team"}, headers=headers)
    issuer.claims = {"nonce": "any", "email": "ana@example.org", "email_verified": True}
    came_back = visitor.get(RETURN, params={"code": "c", "state": "any"})

    assert (followed.status_code, followed.headers["location"]) == (303, "/sign-in?next=/team")
    assert (posted.status_code, came_back.status_code) == (403, 403)
    assert "set-cookie" not in followed.headers
    assert "single-sign-on" not in visitor.cookies
    assert "/token_endpoint" not in issuer.asked
    assert not is_signed_in(visitor)


def test_who_is_signed_in_needs_the_token_of_the_form_and_goes_on(visitor: Browser, issuer: Puppet, ana: Actor) -> None:
    assert back_from(visitor, issuer).status_code == 303

    forged = press(visitor)
    right = visitor.submit(START, next="/team")

    assert forged.status_code == 403
    assert (right.status_code, right.headers["location"]) == (303, "/team")


def test_keys_that_the_issuer_changed_are_read_again(
    visitor: Browser, issuer: Puppet, ana: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "_REFETCH_SECONDS", 0.0)
    assert back_from(visitor, issuer).status_code == 303
    visitor.cookies.clear()
    issuer.key = RSAKey.generate_key(2048, {"kid": "second"})

    assert back_from(visitor, issuer).status_code == 303
    assert issuer.asked.count("/keys") == 2


def test_an_issuer_that_is_down_leaves_the_password(
    settings: Settings, database: Database, passwords: Passwords, ana: Actor
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with open_browser(settings, database, passwords, f"http://127.0.0.1:{port}") as visitor:
        answer = press(visitor, "/team")

        assert answer.status_code == 503
        assert "Single sign-on does not work at this moment" in answer.text
        assert 'name="next" value="/team"' in answer.text
        assert visitor.sign_in("ana@example.org", PASSWORD).status_code == 303


def test_an_issuer_that_hangs_is_waited_for_briefly(
    visitor: Browser, issuer: Puppet, ana: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "_READ_SECONDS", 0.3)
    oidc.open_issuer.cache_clear()
    issuer.speaks.clear()

    answer = press(visitor)

    issuer.speaks.set()
    assert answer.status_code == 503
    oidc.open_issuer.cache_clear()


@pytest.mark.parametrize("discovery", [{"issuer": "https://evil.example"}, {"jwks_uri": 5}, {"token_endpoint": "ftp://x"}])
def test_a_discovery_that_does_not_fit_is_an_issuer_that_is_away(
    visitor: Browser, issuer: Puppet, ana: Actor, discovery: dict[str, object]
) -> None:
    issuer.discovery = discovery

    started = press(visitor)
    answer = started if started.status_code == 503 else back_from(visitor, issuer)

    assert answer.status_code == 503


def test_without_an_issuer_there_is_no_such_page(app: FastAPI, ana: Actor) -> None:
    with Browser(app) as visitor:
        assert visitor.get(START).status_code == 404
        assert press(visitor).status_code == 404
        assert visitor.get(RETURN).status_code == 404
        assert "single-sign-on" not in visitor.get("/sign-in").text


def test_a_person_removes_the_link_with_the_password(
    visitor: Browser, issuer: Puppet, database: Database, passwords: Passwords, ana: Actor
) -> None:
    assert back_from(visitor, issuer).status_code == 303
    give_password(database, passwords, ana)
    visitor.cookies.clear()
    visitor.sign_in("ana@example.org", PASSWORD)
    page = visitor.get("/account/ways-to-sign-in").text
    path = page.split('href="/account/ways-to-sign-in/remove/link/')[1].split('"')[0]

    wrong = visitor.submit(f"/account/ways-to-sign-in/remove/link/{path}", current_password="wrong")
    kept = links(database)
    right = visitor.submit(f"/account/ways-to-sign-in/remove/link/{path}", current_password=PASSWORD)

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert len(kept) == 1
    assert links(database) == []
