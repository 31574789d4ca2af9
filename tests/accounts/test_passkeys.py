"""Passkeys: what registers one, what signs in, and what is refused without leaving a trace but its record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from app.accounts.identity import Identity, SignedIn
from app.accounts.second_step import factors, passkeys
from app.accounts.second_step.passkeys import MOST_PASSKEYS, PasskeyRefused, Site, site_of
from app.accounts.second_step.steps import Half
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.infra.sealing import Seal
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Invalid, NotFound
from tests.accounts.conftest import People
from tests.accounts.second_steps import Door
from tests.accounts.soft_passkey import SoftPasskey

NOON = datetime(2030, 11, 21, 12, 0, tzinfo=UTC)
ANA = "ana@example.org"
SITE = Site("readiness.example.org", "https://readiness.example.org")


@pytest.fixture
def door(database: Database, passwords: Passwords) -> Door:
    return Door(database, passwords, Seal(b"a key of the tests"))


@pytest.fixture
def ana(people: People) -> Actor:
    return people.add(Role.COORDINATOR, email=ANA, name="Ana")


def soft() -> SoftPasskey:
    return SoftPasskey(SITE.host, SITE.origin)


def asked_to_add(door: Door, identity: Identity, name: str = "Work laptop") -> str:
    with door.database.write() as session:
        return passkeys.begin_adding(session, identity, SITE, name)


def asked_to_sign(door: Door, half: Half) -> str:
    with door.database.write() as session:
        return passkeys.begin_signing_in(session, half, SITE)


def add(door: Door, identity: Identity, name: str = "Work laptop") -> SoftPasskey:
    passkey = soft()
    passkeys.add(door.database, identity, SITE, passkey.create(asked_to_add(door, identity, name)))
    return passkey


def names(door: Door, identity: Identity) -> list[str]:
    with door.database.read() as session:
        return [one.name for one in factors.read(session, identity.user_id).passkeys]


def counts(door: Door) -> list[int]:
    with door.database.read() as session:
        return list(session.connection().execute(text("SELECT sign_count FROM passkey")).scalars())


def test_a_passkey_is_added_and_signs_in(door: Door, ana: Actor) -> None:
    identity = door.who(door.sign_in(ANA).token)
    passkey = add(door, identity)
    token, half = door.half(ANA)

    passkeys.check(door.database, half, SITE, passkey.get(asked_to_sign(door, half)))

    assert door.who(door.finish(token).token).has_second_factor
    assert names(door, identity) == ["Work laptop"]
    assert counts(door) == [1]


def test_several_passkeys_serve_and_a_removed_one_does_not(door: Door, ana: Actor) -> None:
    identity = door.who(door.sign_in(ANA).token)
    laptop, telephone = add(door, identity, "Laptop"), add(door, identity, "Telephone")
    _, half = door.half(ANA)
    for passkey in (laptop, telephone):
        passkeys.check(door.database, half, SITE, passkey.get(asked_to_sign(door, half)))
    with door.database.read() as session:
        first = factors.read(session, identity.user_id).passkeys[0]

    with door.database.write() as session:
        passkeys.remove(session, identity, first.id)

    _, half = door.half(ANA)
    with pytest.raises(PasskeyRefused):
        passkeys.check(door.database, half, SITE, laptop.get(asked_to_sign(door, half)))
    assert names(door, identity) == ["Telephone"]


def test_nobody_removes_or_uses_somebody_elses_passkey(door: Door, people: People, ana: Actor) -> None:
    people.add(Role.ANALYST, email="ben@example.org")
    identity, bens = (door.who(door.sign_in(email).token) for email in (ANA, "ben@example.org"))
    add(door, identity)
    ben_has = add(door, bens)
    with door.database.read() as session:
        foreign = factors.read(session, bens.user_id).passkeys[0].id

    with door.database.write() as session, pytest.raises(NotFound):
        passkeys.remove(session, identity, foreign)
    _, half = door.half(ANA)
    with pytest.raises(PasskeyRefused):
        passkeys.check(door.database, half, SITE, ben_has.get(asked_to_sign(door, half)))
    assert names(door, bens) == ["Work laptop"]


def test_what_was_signed_serves_once(door: Door, ana: Actor) -> None:
    passkey = add(door, door.who(door.sign_in(ANA).token))
    _, half = door.half(ANA)
    answer = passkey.get(asked_to_sign(door, half))
    passkeys.check(door.database, half, SITE, answer)

    with pytest.raises(PasskeyRefused):
        passkeys.check(door.database, half, SITE, answer)
    _, another = door.half(ANA)
    asked_to_sign(door, another)
    with pytest.raises(PasskeyRefused):
        passkeys.check(door.database, another, SITE, answer)


def test_a_refused_answer_uses_its_challenge_up(door: Door, ana: Actor) -> None:
    passkey = add(door, door.who(door.sign_in(ANA).token))
    _, half = door.half(ANA)
    options = asked_to_sign(door, half)

    with pytest.raises(PasskeyRefused):
        passkeys.check(door.database, half, SITE, "{}")
    with pytest.raises(PasskeyRefused):
        passkeys.check(door.database, half, SITE, passkey.get(options))

    assert counts(door) == [0]


def test_a_challenge_is_over_after_five_minutes(door: Door, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        identity = door.who(door.sign_in(ANA).token)
        options = asked_to_add(door, identity)
        clock.shift(timedelta(minutes=5))

        with pytest.raises(PasskeyRefused):
            passkeys.add(door.database, identity, SITE, soft().create(options))

    assert names(door, identity) == []


def test_a_count_that_goes_back_is_refused_and_recorded(door: Door, ana: Actor) -> None:
    passkey = add(door, door.who(door.sign_in(ANA).token))
    _, half = door.half(ANA)
    passkey.count = 5
    passkeys.check(door.database, half, SITE, passkey.get(asked_to_sign(door, half)))

    passkey.count = 3
    with pytest.raises(PasskeyRefused):
        passkeys.check(door.database, half, SITE, passkey.get(asked_to_sign(door, half)))

    assert counts(door) == [6]
    with door.database.read() as session:
        recorded = session.connection().execute(text("SELECT action FROM audit_event ORDER BY sequence DESC")).scalars().first()
    assert recorded == "accounts.passkey_refused"


@pytest.mark.parametrize("wrong", ["origin", "challenge", "key", "host", "text", "list", "half", "empty"])
def test_an_answer_that_proves_nothing_is_refused(door: Door, ana: Actor, wrong: str) -> None:
    passkey = add(door, door.who(door.sign_in(ANA).token))
    _, half = door.half(ANA)
    options = asked_to_sign(door, half)
    forger = SoftPasskey(
        "evil.example" if wrong == "host" else SITE.host, SITE.origin, identifier=passkey.identifier, key=passkey.key
    )
    if wrong == "key":
        forger.key = soft().key
    answers = {
        "origin": forger.get(options, origin="https://evil.example"),
        "challenge": forger.get(options, challenge="AAAA"),
        "key": forger.get(options),
        "host": forger.get(options),
        "text": "no JSON",
        "list": "[]",
        "half": json.dumps({"id": "x", "rawId": "x", "type": "public-key", "response": {"clientDataJSON": 1}}),
        "empty": "",
    }

    with pytest.raises(PasskeyRefused):
        passkeys.check(door.database, half, SITE, answers[wrong])

    assert counts(door) == [0]


@pytest.mark.parametrize("wrong", ["origin", "host", "text", "twice", "nobody asked"])
def test_a_passkey_that_proves_nothing_is_not_added(door: Door, ana: Actor, wrong: str) -> None:
    identity = door.who(door.sign_in(ANA).token)
    known = add(door, identity)
    options = asked_to_add(door, identity, "Another")
    strange = SoftPasskey("evil.example" if wrong == "host" else SITE.host, SITE.origin)
    answers = {
        "origin": strange.create(options, origin="https://evil.example"),
        "host": strange.create(options),
        "text": "x" * 50_000,
        "twice": known.create(options),
        "nobody asked": strange.create(options.replace(json.loads(options)["challenge"], "AAAA")),
    }

    with pytest.raises(PasskeyRefused):
        passkeys.add(door.database, identity, SITE, answers[wrong])

    assert names(door, identity) == ["Work laptop"]


def test_a_challenge_of_one_session_serves_no_other(door: Door, ana: Actor) -> None:
    here, elsewhere = (door.who(door.sign_in(ANA).token) for _ in range(2))
    options = asked_to_add(door, here)

    with pytest.raises(PasskeyRefused):
        passkeys.add(door.database, elsewhere, SITE, soft().create(options))


def test_a_passkey_has_a_name_and_there_are_ten_at_most(door: Door, ana: Actor) -> None:
    identity = door.who(door.sign_in(ANA).token)
    for name in ("", "x" * 121, "two\nlines"):
        with pytest.raises(Invalid):
            asked_to_add(door, identity, name)
    for number in range(MOST_PASSKEYS):
        add(door, identity, f"Key {number}")

    with pytest.raises(Conflict):
        asked_to_add(door, identity)


def test_removing_the_last_passkey_leaves_the_password_alone(door: Door, ana: Actor) -> None:
    identity = door.who(door.sign_in(ANA).token)
    add(door, identity)
    with door.database.read() as session:
        only = factors.read(session, identity.user_id).passkeys[0]

    with door.database.write() as session:
        passkeys.remove(session, identity, only.id)

    assert isinstance(door.arrive(ANA), SignedIn)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://Readiness.example.org", Site("readiness.example.org", "https://readiness.example.org")),
        ("https://readiness.example.org:8443/", Site("readiness.example.org", "https://readiness.example.org:8443")),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]:8000", None),
        ("http://readiness.internal", None),
    ],
)
def test_passkeys_need_a_name_and_https(address: str, site: Site | None) -> None:
    assert site_of(address) == site
