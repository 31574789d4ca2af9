"""API keys: shown once, checked by form, hash, time and owner; and able to read only."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from app.accounts import keys, service
from app.accounts.identity import Identity
from app.accounts.scopes import READS, Scope, stored, written
from app.audit import service as audit
from app.infra.db import Database
from app.kit.actor import COMMAND_LINE, ECONOMY_ROLES, Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tests.accounts.conftest import People

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def analyst(people: People) -> Actor:
    return people.add(Role.ANALYST)


def create(database: Database, actor: Actor, label: str = "dashboard", days: int = keys.DEFAULT_DAYS) -> keys.NewKey:
    with database.write() as session:
        return keys.create_key(session, actor, label=label, days=days)


def find(database: Database, secret: str) -> Identity | None:
    with database.read() as session:
        return keys.find_identity(session, secret)


def test_a_key_acts_as_its_owner(database: Database, analyst: Actor) -> None:
    fresh = create(database, analyst)

    identity = find(database, fresh.secret)

    assert identity is not None
    assert identity.actor == analyst
    assert identity.key_id == fresh.key.id
    assert identity.session_id is None


@pytest.mark.abuse("K9")
def test_a_key_has_a_prefix_a_secret_and_a_checksum(database: Database, analyst: Actor) -> None:
    """K9: so that scanners find a key that was published by mistake."""
    fresh = create(database, analyst)

    assert re.fullmatch(r"rdy_[a-z0-9]{8}_[A-Za-z0-9_-]{43}[0-9a-f]{8}", fresh.secret)
    assert fresh.secret[4:12] == fresh.key.prefix
    assert keys.looks_like_key(fresh.secret)


@pytest.mark.parametrize("place", [0, 4, 13, 30, 55, 56, 63])
@pytest.mark.abuse("K1")
def test_a_typing_error_is_seen_without_asking_the_database(database: Database, analyst: Actor, place: int) -> None:
    """K1."""
    secret = create(database, analyst).secret
    other = "b" if secret[place] != "b" else "c"

    assert not keys.looks_like_key(secret[:place] + other + secret[place + 1 :])
    assert not keys.looks_like_key(secret + "0")
    assert not keys.looks_like_key(secret + "\n")


def test_a_key_lasts_90_days_unless_told_otherwise(database: Database, analyst: Actor) -> None:
    """K2."""
    with time_machine.travel(NOON, tick=False) as clock:
        usual, short = create(database, analyst), create(database, analyst, days=1)

        clock.shift(timedelta(days=1))
        assert find(database, short.secret) is None
        assert find(database, usual.secret) is not None
        clock.shift(timedelta(days=89))
        assert find(database, usual.secret) is None


@pytest.mark.parametrize("days", [-1, 0, 366, 10**12])
@pytest.mark.abuse("K2")
def test_no_key_lasts_longer_than_a_year(database: Database, analyst: Actor, days: int) -> None:
    with pytest.raises(Invalid):
        create(database, analyst, days=days)


@pytest.mark.parametrize("label", ["", "  ", "x" * 121, "two\nlines"])
def test_a_key_says_what_it_is_for(database: Database, analyst: Actor, label: str) -> None:
    with pytest.raises(Invalid):
        create(database, analyst, label=label)


@pytest.mark.abuse("K2")
def test_a_revoked_key_is_dead_at_once_and_others_live(database: Database, analyst: Actor) -> None:
    """K2 and K7."""
    old, new = create(database, analyst), create(database, analyst)

    with database.write() as session:
        keys.revoke_key(session, analyst, old.key.id)

    assert find(database, old.secret) is None
    assert find(database, new.secret) is not None


@pytest.mark.abuse("K2")
def test_the_keys_of_a_disabled_owner_are_dead(database: Database, analyst: Actor) -> None:
    secret = create(database, analyst).secret
    assert analyst.user_id is not None

    with database.write() as session:
        service.disable_user(session, COMMAND_LINE, analyst.user_id)

    assert find(database, secret) is None


def test_a_key_that_ended_with_its_owners_access_does_not_come_back(database: Database, analyst: Actor) -> None:
    secret = create(database, analyst).secret
    assert analyst.user_id is not None
    with database.write() as session:
        service.disable_user(session, COMMAND_LINE, analyst.user_id)

    with database.write() as session:
        service.enable_user(session, COMMAND_LINE, analyst.user_id)

    assert find(database, secret) is None


def test_a_key_of_somebody_else_looks_like_one_that_does_not_exist(database: Database, analyst: Actor, people: People) -> None:
    """K4."""
    key = create(database, people.add(Role.APPROVER, "CHL")).key
    refusals = []

    for key_id in (key.id, uuid4()):
        with pytest.raises(NotFound) as refused, database.write() as session:
            keys.revoke_key(session, analyst, key_id)
        refusals.append(refused.value.detail)

    assert len(set(refusals)) == 1
    with database.read() as session:
        assert keys.list_keys(session, analyst) == []


def test_a_list_of_keys_holds_no_secret(database: Database, analyst: Actor) -> None:
    """K8."""
    secret = create(database, analyst).secret

    with database.read() as session:
        listed = keys.list_keys(session, analyst)

    assert [key.label for key in listed] == ["dashboard"]
    assert secret[13:] not in str(listed)


def test_the_last_use_is_written_once_a_day(database: Database, analyst: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        fresh = create(database, analyst)
        first = find(database, fresh.secret)
        with database.write() as session:
            keys.touch(session, fresh.key.id)
        again = find(database, fresh.secret)
        clock.shift(timedelta(days=1))
        tomorrow = find(database, fresh.secret)

    assert [one is not None and one.is_due_for_touch for one in (first, again, tomorrow)] == [True, False, True]


def test_a_person_has_ten_keys_that_work_at_most(database: Database, analyst: Actor) -> None:
    made = [create(database, analyst) for _ in range(10)]

    with pytest.raises(Conflict):
        create(database, analyst)

    with database.write() as session:
        keys.revoke_key(session, analyst, made[0].key.id)
    assert find(database, create(database, analyst).secret) is not None


def test_the_command_line_has_no_keys(database: Database) -> None:
    with pytest.raises(Forbidden):
        create(database, COMMAND_LINE)


@pytest.mark.parametrize("role", list(Role))
def test_a_key_reads_unless_an_administrator_says_more(database: Database, people: People, role: Role) -> None:
    actor = people.add(role, "NZL" if role in ECONOMY_ROLES else None)
    wanted = READS | {Scope.AUTHOR}

    assert create(database, actor).key.scopes == READS
    if role is Role.ADMINISTRATOR:
        with database.write() as session:
            fresh = keys.create_key(session, actor, label="desk", scopes=wanted)
        identity = find(database, fresh.secret)
        assert identity is not None
        assert (identity.scopes, fresh.key.scopes) == (wanted, wanted)
        return
    with pytest.raises(Invalid) as refusal, database.write() as session:
        keys.create_key(session, actor, label="desk", scopes=wanted)
    assert [(one.field, one.code) for one in refusal.value.problems] == [("scopes", "not_for_this_role")]


def test_what_a_key_may_do_is_recorded(database: Database, people: People) -> None:
    administrator = people.add(Role.ADMINISTRATOR)
    with database.write() as session:
        keys.create_key(session, administrator, label="desk", days=30, scopes=READS | {Scope.AUTHOR})

    with database.read() as session:
        event = audit.list_events(session, administrator, limit=1)[0]

    assert (event.action, dict(event.detail)) == ("accounts.key_created", {"days": 30, "scopes": "read author"})


def test_scopes_are_stored_plainly_and_unknown_words_allow_nothing() -> None:
    assert written([Scope.AUTHOR]) == "read author"
    assert written([]) == "read"
    assert stored("read author") == {Scope.READ, Scope.AUTHOR}
    assert stored("author") == {Scope.READ, Scope.AUTHOR}
    assert stored("read everything authors AUTHOR") == READS
