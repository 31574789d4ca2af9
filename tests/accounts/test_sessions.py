"""Sessions end when they should, on the server's time, and everywhere at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.accounts import service, sessions
from app.accounts.identity import Identity
from app.accounts.sessions import Lifetime
from app.accounts.signing_in.sign_in import Browser, sign_in
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.kit.actor import COMMAND_LINE, Role
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, People

LIFETIME = Lifetime(idle=timedelta(minutes=45), absolute=timedelta(hours=12))
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EMAIL = "ana@example.org"


class Sessions:
    """The sessions of one person."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self.database = database
        self.passwords = passwords

    def begin(self, user_agent: str = "Tests/1") -> str:
        browser = Browser("192.0.2.1", user_agent)
        return sign_in(self.database, EMAIL, PASSWORD, passwords=self.passwords, browser=browser, lifetime=LIFETIME).token

    def find(self, token: str) -> Identity | None:
        with self.database.read() as session:
            return sessions.find_identity(session, token, LIFETIME)

    def use(self, token: str) -> bool:
        """Use a session as a request does; tell whether it works."""
        identity = self.find(token)
        if identity is not None and identity.is_due_for_touch and identity.session_id is not None:
            with self.database.write() as session:
                sessions.touch(session, identity.session_id)
        return identity is not None


@pytest.fixture
def ana(database: Database, passwords: Passwords, people: People) -> Sessions:
    people.add(Role.COORDINATOR, email=EMAIL)
    people.add(Role.COORDINATOR, email="second@example.org")
    return Sessions(database, passwords)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.mark.abuse("A11")
def test_a_session_ends_after_45_idle_minutes(ana: Sessions, clock: time_machine.Traveller) -> None:
    """A11."""
    token = ana.begin()

    clock.shift(timedelta(minutes=44, seconds=59))
    assert ana.find(token) is not None
    clock.shift(timedelta(seconds=1))
    assert ana.find(token) is None


@pytest.mark.abuse("A11")
def test_a_session_in_use_goes_on_but_not_beyond_12_hours(ana: Sessions, clock: time_machine.Traveller) -> None:
    token = ana.begin()

    for _ in range(23):
        clock.shift(timedelta(minutes=30))
        assert ana.use(token)
    clock.shift(timedelta(minutes=29))
    assert ana.use(token)
    clock.shift(timedelta(minutes=1))
    assert not ana.use(token)


@pytest.mark.abuse("P12")
@pytest.mark.parametrize("jump", [timedelta(hours=-2), timedelta(hours=2)])
@pytest.mark.abuse("A11")
def test_a_clock_that_jumps_never_lengthens_a_session(ana: Sessions, clock: time_machine.Traveller, jump: timedelta) -> None:
    token = ana.begin()

    clock.shift(jump)

    assert ana.find(token) is None


def test_a_clock_that_is_corrected_by_seconds_ends_nothing(ana: Sessions, clock: time_machine.Traveller) -> None:
    token = ana.begin()

    clock.shift(timedelta(seconds=-5))

    assert ana.find(token) is not None


def test_the_last_use_is_written_at_most_once_in_five_minutes(ana: Sessions, clock: time_machine.Traveller) -> None:
    token = ana.begin()

    due = []
    for _ in range(7):
        clock.shift(timedelta(minutes=1))
        identity = ana.find(token)
        assert identity is not None
        due.append(identity.is_due_for_touch)
        ana.use(token)

    assert due == [False, False, False, False, True, False, False]


def test_signing_out_ends_this_session_only(ana: Sessions) -> None:
    here, elsewhere = ana.begin(), ana.begin()
    identity = ana.find(here)
    assert identity is not None

    with ana.database.write() as session:
        sessions.end(session, identity.actor, here)

    assert ana.find(here) is None
    assert ana.find(elsewhere) is not None


@pytest.mark.parametrize("act", ["everywhere", "disable", "role", "password"])
@pytest.mark.abuse("A10")
def test_every_session_is_dead_at_the_next_request(ana: Sessions, people: People, passwords: Passwords, act: str) -> None:
    """A10."""
    tokens = [ana.begin(), ana.begin()]
    identity = ana.find(tokens[0])
    assert identity is not None

    with ana.database.write() as session:
        if act == "everywhere":
            sessions.end_all(session, identity.actor, identity.user_id)
        elif act == "disable":
            service.disable_user(session, COMMAND_LINE, identity.user_id)
        elif act == "role":
            service.change_role(session, COMMAND_LINE, identity.user_id, role=Role.APPROVER, economy="NZL")
        else:
            service.set_password(session, COMMAND_LINE, identity.user_id, OTHER_PASSWORD, passwords=passwords)

    assert [ana.find(token) for token in tokens] == [None, None]


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 1_000_000, "é" * 43])
def test_a_token_that_was_never_given_is_nobody(ana: Sessions, token: str) -> None:
    assert ana.find(token) is None


def test_a_person_sees_the_own_sessions_and_which_one_this_is(ana: Sessions) -> None:
    here = ana.begin("Firefox\r\n\x1b[31m" + "x" * 1_000_000)
    ana.begin("Phone")
    identity = ana.find(here)
    assert identity is not None

    with ana.database.read() as session:
        listed = sessions.list_own(session, identity, LIFETIME)

    assert sorted((one.user_agent[:7], one.is_this_one) for one in listed) == [("Firefox", True), ("Phone", False)]
    assert all(len(one.user_agent) <= 200 and one.user_agent.isprintable() for one in listed)


def test_ended_sessions_are_cleared_away(ana: Sessions, clock: time_machine.Traveller) -> None:
    old = ana.begin()
    identity = ana.find(old)
    assert identity is not None
    clock.shift(timedelta(hours=12))
    ana.begin()

    clock.move_to(NOON)

    with ana.database.read() as session:
        assert len(sessions.list_own(session, identity, LIFETIME)) == 1
