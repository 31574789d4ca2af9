"""Signing in: what it refuses, in which way, and what it slows down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text
from sqlmodel import Session, SQLModel
from structlog.testing import capture_logs

from app.accounts import keys, service, sessions
from app.accounts.identity import Identity, SignedIn
from app.accounts.sessions import Lifetime
from app.accounts.signing_in import sign_in
from app.accounts.signing_in.sign_in import Browser, SignInRefused, WrongPassword
from app.audit import service as audit
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.kit.actor import COMMAND_LINE, Role
from app.kit.errors import Invalid, TooManyRequests
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, People

LIFETIME = Lifetime(idle=timedelta(minutes=45), absolute=timedelta(hours=12))
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Door:
    """Signs in on one database."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self.database = database
        self.passwords = passwords

    def sign_in(
        self, email: str, password: str = PASSWORD, address: str = "192.0.2.1", earlier_token: str | None = None
    ) -> SignedIn:
        entered = sign_in.sign_in(
            self.database,
            email,
            password,
            passwords=self.passwords,
            browser=Browser(address, "Tests/1"),
            lifetime=LIFETIME,
            earlier_token=earlier_token,
        )
        assert isinstance(entered, SignedIn)
        return entered

    def identity(self, token: str, lifetime: Lifetime = LIFETIME) -> Identity | None:
        with self.database.read() as session:
            return sessions.find_identity(session, token, lifetime)

    def who(self, token: str) -> Identity:
        identity = self.identity(token)
        assert identity is not None
        return identity

    def confirm(self, identity: Identity, password: str) -> None:
        browser = Browser("192.0.2.1", "Tests/1")
        sign_in.confirm_password(self.database, identity, password, passwords=self.passwords, browser=browser)

    def change(self, token: str, current: str, new: str) -> SignedIn:
        return sign_in.change_password(
            self.database,
            self.who(token),
            current=current,
            new=new,
            repeated=new,
            passwords=self.passwords,
            browser=Browser("192.0.2.1", "Tests/1"),
            lifetime=LIFETIME,
        )


@pytest.fixture
def door(database: Database, passwords: Passwords) -> Door:
    return Door(database, passwords)


def actions(session: Session) -> list[str]:
    return [event.action for event in audit.list_events(session, COMMAND_LINE)]


def test_the_right_password_begins_a_session(door: Door, people: People) -> None:
    ana = people.add(Role.COORDINATOR, email="Ana@Example.org")

    signed_in = door.sign_in(" ana@example.ORG ")

    assert signed_in.actor == ana
    assert door.who(signed_in.token).actor == ana
    with door.database.read() as session:
        assert actions(session)[0] == "accounts.signed_in"


def test_a_refused_sign_in_stands_in_the_log_without_what_was_typed(door: Door, people: People) -> None:
    known = people.add(Role.ANALYST, email="known@example.org")

    with capture_logs() as lines:
        for email in ("known@example.org", "unknown@example.org"):
            with pytest.raises(SignInRefused):
                door.sign_in(email, OTHER_PASSWORD)

    event = {"event": "sign_in_refused", "log_level": "warning", "reason": "sign_in_refused"}
    assert lines == [{**event, "user": str(known.user_id)}, {**event, "user": ""}]


@pytest.mark.abuse("A1")
def test_nobody_learns_why_signing_in_was_refused(door: Door, people: People, database: Database) -> None:
    """A1: a wrong password, an unknown address, a disabled account, an account without a password."""
    people.add(Role.ANALYST, email="known@example.org")
    disabled = people.add(Role.ANALYST, email="disabled@example.org")
    people.add(Role.ANALYST, email="empty@example.org")
    assert disabled.user_id is not None
    with database.write() as session:
        service.disable_user(session, COMMAND_LINE, disabled.user_id)
        session.connection().execute(text("UPDATE \"user\" SET password_hash = NULL WHERE email = 'empty@example.org'"))
    tries = [
        ("known@example.org", OTHER_PASSWORD),
        ("unknown@example.org", PASSWORD),
        ("disabled@example.org", PASSWORD),
        ("empty@example.org", PASSWORD),
        ("known@example.org", "x" * 1_000_000),
        ("known@example.org", ""),
        ("", PASSWORD),
    ]

    refusals = []
    for email, password in tries:
        with pytest.raises(SignInRefused) as refused:
            door.sign_in(email, password)
        refusals.append((refused.value.status, refused.value.detail, refused.value.problems))

    assert len(set(refusals)) == 1


@pytest.mark.abuse("A2", "A4")
def test_the_eleventh_try_on_an_account_is_refused_whatever_the_password_and_address(door: Door, people: People) -> None:
    """A2 and A4."""
    people.add(Role.ANALYST, email="victim@example.org")
    people.add(Role.ANALYST, email="other@example.org")
    with time_machine.travel(NOON, tick=False) as clock:
        token = door.sign_in("victim@example.org").token
        for number in range(10):
            with pytest.raises(SignInRefused):
                door.sign_in("victim@example.org", OTHER_PASSWORD, address=f"198.51.100.{number}")

        with pytest.raises(TooManyRequests) as refused:
            door.sign_in("victim@example.org", address="203.0.113.1")

        assert refused.value.retry_after == 300
        assert door.identity(token) is not None
        assert door.sign_in("other@example.org", address="203.0.113.1").token
        clock.shift(timedelta(minutes=5))
        assert door.sign_in("victim@example.org").token


@pytest.mark.abuse("A2")
def test_the_eleventh_account_tried_from_an_address_is_refused(door: Door, people: People) -> None:
    people.add(Role.ANALYST, email="ana@example.org")
    for number in range(10):
        with pytest.raises(SignInRefused):
            door.sign_in(f"guess{number}@example.org", address=f"2001:db8:1:2::{number}")

    with pytest.raises(TooManyRequests):
        door.sign_in("ana@example.org", address="2001:db8:1:2:ffff::1")

    assert door.sign_in("ana@example.org", address="2001:db8:1:3::1").token


@pytest.mark.abuse("A2")
def test_after_a_thousand_failures_everybody_waits(door: Door, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "MOST_IN_ALL", 12)
    people.add(Role.ANALYST, email="ana@example.org")
    for number in range(12):
        with pytest.raises(SignInRefused):
            door.sign_in(f"guess{number}@example.org", address=f"198.51.100.{number}")

    with pytest.raises(TooManyRequests):
        door.sign_in("ana@example.org", address="203.0.113.1")


@pytest.mark.abuse("A4")
def test_a_try_that_is_slowed_down_is_not_counted(door: Door, people: People) -> None:
    """A4: the lock ends by itself, even while the guesser goes on."""
    people.add(Role.ANALYST, email="victim@example.org")
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(10):
            with pytest.raises(SignInRefused):
                door.sign_in("victim@example.org", "wrong", address=f"198.51.100.{number}")
        clock.shift(timedelta(minutes=4))
        for number in range(5):
            with pytest.raises(TooManyRequests):
                door.sign_in("victim@example.org", "wrong", address=f"198.51.100.{number}")
        clock.shift(timedelta(minutes=1))

        assert door.sign_in("victim@example.org").token


@pytest.mark.abuse("A8")
def test_signing_in_makes_a_new_token_and_ends_the_one_before(door: Door, people: People) -> None:
    """A8."""
    people.add(Role.ANALYST, email="ana@example.org")
    first = door.sign_in("ana@example.org").token

    second = door.sign_in("ana@example.org", earlier_token=first).token

    assert second != first
    assert door.identity(first) is None
    assert door.identity(second) is not None


def test_a_hash_of_older_parameters_is_replaced_on_signing_in(door: Door, people: People, database: Database) -> None:
    people.add(Role.ANALYST, email="ana@example.org")
    dearer = Door(database, Passwords(memory_kib=16, rounds=2))

    dearer.sign_in("ana@example.org")

    with database.read() as session:
        stored = session.connection().execute(text('SELECT password_hash FROM "user"')).scalar_one()
    assert "m=16,t=2" in stored
    assert door.sign_in("ana@example.org").token


@pytest.mark.abuse("A8", "A10")
def test_changing_the_password_ends_every_session_and_begins_one(door: Door, people: People) -> None:
    """A8 and A10."""
    people.add(Role.ANALYST, email="ana@example.org")
    here, elsewhere = door.sign_in("ana@example.org").token, door.sign_in("ana@example.org").token

    fresh = door.change(here, PASSWORD, OTHER_PASSWORD)

    assert [door.identity(token) for token in (here, elsewhere)] == [None, None]
    assert door.identity(fresh.token) is not None
    assert door.sign_in("ana@example.org", OTHER_PASSWORD).token
    with pytest.raises(SignInRefused):
        door.sign_in("ana@example.org", PASSWORD)


@pytest.mark.abuse("A17")
def test_changing_the_password_needs_the_current_one(door: Door, people: People) -> None:
    """A17, for the one act that asks again."""
    people.add(Role.ANALYST, email="ana@example.org")
    token = door.sign_in("ana@example.org").token

    with pytest.raises(WrongPassword):
        door.change(token, OTHER_PASSWORD, OTHER_PASSWORD)
    with pytest.raises(Invalid) as refused:
        door.change(token, PASSWORD, "password2026")

    assert [problem.field for problem in refused.value.problems] == ["new_password"]
    assert door.identity(token) is not None
    assert door.sign_in("ana@example.org", PASSWORD).token


@pytest.mark.abuse("A5")
def test_a_password_that_the_world_knows_replaces_none(door: Door, people: People) -> None:
    people.add(Role.ANALYST, email="ana@example.org")
    token = door.sign_in("ana@example.org").token

    with pytest.raises(Invalid) as refused:
        door.change(token, PASSWORD, "PeanutButter")

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("new_password", "too_common")]
    assert door.sign_in("ana@example.org", PASSWORD).token


def test_guessing_the_current_password_counts_as_guessing(door: Door, people: People) -> None:
    people.add(Role.ANALYST, email="ana@example.org")
    token = door.sign_in("ana@example.org").token
    for _ in range(10):
        with pytest.raises(WrongPassword):
            door.change(token, "wrong", OTHER_PASSWORD)

    with pytest.raises(TooManyRequests):
        door.change(token, PASSWORD, OTHER_PASSWORD)


@pytest.mark.abuse("A4")
def test_strangers_who_guess_keep_nobody_signed_in_from_what_asks_for_the_password(door: Door, people: People) -> None:
    """Else a review could not be signed for as long as somebody goes on guessing at its approver's address."""
    people.add(Role.APPROVER, email="victim@example.org")
    identity = door.who(door.sign_in("victim@example.org").token)
    for number in range(10):
        with pytest.raises(SignInRefused):
            door.sign_in("victim@example.org", OTHER_PASSWORD, address="192.0.2.1" if number else "198.51.100.1")
    with pytest.raises(TooManyRequests):
        door.sign_in("victim@example.org")

    door.confirm(identity, PASSWORD)

    for _ in range(10):
        with pytest.raises(WrongPassword):
            door.confirm(identity, OTHER_PASSWORD)
    with pytest.raises(TooManyRequests):
        door.confirm(identity, PASSWORD)


@pytest.mark.abuse("K8")
def test_a_stolen_database_holds_nothing_that_opens_a_door(door: Door, people: People, database: Database) -> None:
    """A12 and K8: no token, password or key is anywhere in clear, the audit included."""
    ana = people.add(Role.COORDINATOR, email="ana@example.org")
    token = door.sign_in("ana@example.org").token
    with database.write() as session:
        secret = keys.create_key(session, ana, label="dashboard").secret

    with database.read() as session:
        rows = [
            str(tuple(row))
            for table in SQLModel.metadata.sorted_tables
            for row in session.connection().execute(table.select()).all()
        ]

    everything = "\n".join(rows)
    assert "ana@example.org" in everything
    assert [one for one in (PASSWORD, token, secret, secret[13:56]) if one in everything] == []


def test_the_audit_holds_no_mail_address(door: Door, people: People, database: Database) -> None:
    people.add(Role.COORDINATOR, email="ana@example.org")
    door.sign_in("ana@example.org")

    with database.read() as session:
        rows = session.connection().execute(text("SELECT * FROM audit_event")).all()

    assert rows
    assert "@" not in str(rows)
