"""Codes of the second step: what makes them count, what uses them up, and what guessing is answered with."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import text

from app.accounts import service
from app.accounts.identity import HalfWay, SignedIn
from app.accounts.mailing import choices as mail_choices
from app.accounts.second_step import authenticator, factors, recovery
from app.accounts.second_step.codes import Way
from app.accounts.second_step.guesses import WrongCode, WrongFirstCode
from app.accounts.signing_in import confirming
from app.audit import service as audit
from app.config import Settings
from app.infra.catalogs import SOURCE, Catalogs
from app.infra.db import Database
from app.infra.language import speaking
from app.infra.passwords import Passwords
from app.infra.sealing import Seal, SealBroken, open_seal
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound, NotSignedIn, TooManyRequests
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, People
from tests.accounts.second_steps import BROWSER, STEP, Door, code_of, dump

NOON = datetime(2030, 11, 21, 12, 0, tzinfo=UTC)  # later than any account of these tests was made
ANA = "ana@example.org"


@pytest.fixture
def door(database: Database, passwords: Passwords) -> Door:
    return Door(database, passwords, Seal(b"a key of the tests"))


@pytest.fixture
def ana(people: People) -> Actor:
    return people.add(Role.COORDINATOR, email=ANA, name="Ana")


def test_an_app_counts_once_it_gave_a_code(door: Door, ana: Actor) -> None:
    first = door.who(door.sign_in(ANA).token)
    with door.database.write() as session:
        authenticator.start(session, first, door.seal)

    before = door.arrive(ANA)
    with pytest.raises(WrongFirstCode):
        authenticator.confirm(door.database, first, "000000", door.seal)
    still = door.arrive(ANA)
    app = door.set_up_app(first)
    after = door.arrive(ANA)

    assert isinstance(before, SignedIn)
    assert isinstance(still, SignedIn)
    assert isinstance(after, HalfWay)
    assert code_of(app)


def test_a_secret_that_waits_too_long_has_to_be_made_again(door: Door, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        identity = door.who(door.sign_in(ANA).token)
        with door.database.write() as session:
            authenticator.start(session, identity, door.seal)
        clock.shift(timedelta(minutes=15))

        with door.database.read() as session, pytest.raises(NotFound):
            authenticator.get_setting_up(session, identity, door.seal)
        with pytest.raises(NotFound):
            authenticator.confirm(door.database, identity, "123456", door.seal)


@pytest.mark.abuse("A8")
def test_setting_up_ends_the_sessions_that_came_without_a_second_step(door: Door, ana: Actor) -> None:
    here, elsewhere = door.sign_in(ANA).token, door.sign_in(ANA).token

    door.set_up_app(door.who(here))

    assert door.identity(elsewhere) is None
    assert door.who(here).has_second_factor


def test_half_a_sign_in_is_no_session_and_works_once(door: Door, ana: Actor) -> None:
    door.set_up_app(door.who(door.sign_in(ANA).token))

    token, half = door.half(ANA)

    assert door.identity(token) is None
    assert half.back == "/team"
    signed_in = door.finish(token)
    assert door.who(signed_in.token).has_second_factor
    with pytest.raises(NotSignedIn):
        door.finish(token)


def test_half_a_sign_in_ends_after_five_minutes_with_a_new_password_and_with_the_account(door: Door, ana: Actor) -> None:
    assert ana.user_id is not None
    with time_machine.travel(NOON, tick=False) as clock:
        door.set_up_app(door.who(door.sign_in(ANA).token))
        old, _ = door.half(ANA)
        clock.shift(timedelta(minutes=5))
        with pytest.raises(NotSignedIn):
            door.finish(old)

        token, _ = door.half(ANA)
        clock.shift(timedelta(seconds=1))
        with door.database.write() as session:
            service.set_password(session, COMMAND_LINE, ana.user_id, OTHER_PASSWORD, passwords=door.passwords)
        with pytest.raises(NotSignedIn):
            door.finish(token)
        with door.database.write() as session:
            service.set_password(session, COMMAND_LINE, ana.user_id, PASSWORD, passwords=door.passwords)
        clock.shift(timedelta(seconds=1))
        token, _ = door.half(ANA)
        with door.database.write() as session:
            service.disable_user(session, COMMAND_LINE, ana.user_id)
        with pytest.raises(NotSignedIn):
            door.finish(token)


@pytest.mark.abuse("A13")
def test_a_code_works_once_and_an_earlier_one_never_after_it(door: Door, ana: Actor) -> None:
    """A13."""
    with time_machine.travel(NOON, tick=False) as clock:
        app = door.set_up_app(door.who(door.sign_in(ANA).token))
        _, half = door.half(ANA)
        with pytest.raises(WrongCode):
            door.check(half, code_of(app))  # the one that confirmed the app
        clock.shift(STEP * 2)

        assert door.check(half, code_of(app)) is Way.APP

        with pytest.raises(WrongCode):
            door.check(half, code_of(app))
        with pytest.raises(WrongCode):
            door.check(half, code_of(app, -1))


@pytest.mark.parametrize(("drift", "outcome"), [(-2, "refused"), (-1, "taken"), (0, "taken"), (1, "taken"), (2, "refused")])
def test_a_clock_may_be_off_by_one_step(door: Door, ana: Actor, drift: int, outcome: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        app = door.set_up_app(door.who(door.sign_in(ANA).token))
        clock.shift(timedelta(minutes=10))
        _, half = door.half(ANA)

        if outcome == "taken":
            assert door.check(half, code_of(app, drift)) is Way.APP
        else:
            with pytest.raises(WrongCode):
                door.check(half, code_of(app, drift))


@pytest.mark.abuse("A13")
def test_the_sixth_guess_in_five_minutes_is_refused_whatever_it_is(door: Door, people: People, ana: Actor) -> None:
    """A13; guesses are counted for the person, so a new half of a sign-in gives no new ones."""
    people.add(Role.ANALYST, email="ben@example.org")
    with time_machine.travel(NOON, tick=False) as clock:
        app = door.set_up_app(door.who(door.sign_in(ANA).token))
        bens = door.set_up_app(door.who(door.sign_in("ben@example.org").token))
        clock.shift(STEP * 2)
        _, half = door.half(ANA)
        for _ in range(5):
            _, half = door.half(ANA)
            with pytest.raises(WrongCode):
                door.check(half, "000000" if code_of(app) != "000000" else "111111")
        before = dump(door.database)

        with pytest.raises(TooManyRequests) as refused:
            door.check(half, code_of(app))

        assert refused.value.retry_after == 300
        assert dump(door.database) == before
        assert door.check(door.half("ben@example.org")[1], code_of(bens)) is Way.APP
        clock.shift(timedelta(minutes=5))
        assert door.check(door.half(ANA)[1], code_of(app)) is Way.APP


def told(door: Door, kind: str) -> list[tuple[str, str, str]]:
    """Return the mails of a kind that were written: to whom, and what they say."""
    with door.database.read() as session:
        found = session.connection().execute(
            text("SELECT recipient, subject, body FROM mail WHERE kind = :kind ORDER BY created_at"), {"kind": kind}
        )
        return [(row.recipient, row.subject, row.body) for row in found]


def guess_wrong(door: Door, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongCode):
            door.check(door.half(ANA)[1], "wrong")


def test_five_wrong_codes_are_told_to_the_person_at_most_once_an_hour(door: Door, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        door.set_up_app(door.who(door.sign_in(ANA).token))
        guess_wrong(door, 4)
        after_four = told(door, "wrong_codes")
        guess_wrong(door, 1)
        after_five = told(door, "wrong_codes")
        clock.shift(timedelta(minutes=6))
        guess_wrong(door, 5)
        soon = len(told(door, "wrong_codes"))
        clock.shift(timedelta(minutes=55))
        guess_wrong(door, 5)

    assert after_four == []
    assert [recipient for recipient, _, _ in after_five] == [ANA]
    assert (soon, len(told(door, "wrong_codes"))) == (1, 2)


def test_five_guesses_of_which_the_last_is_right_alarm_nobody(door: Door, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        app = door.set_up_app(door.who(door.sign_in(ANA).token))
        clock.shift(STEP * 2)
        guess_wrong(door, 4)
        door.check(door.half(ANA)[1], code_of(app))

    assert told(door, "wrong_codes") == []


def test_the_person_is_told_of_a_second_step_that_comes_or_goes_without_its_secret(door: Door, ana: Actor) -> None:
    identity = door.who(door.sign_in(ANA).token)
    app = door.set_up_app(identity)
    with door.database.write() as session:
        authenticator.remove(session, identity)

    added, removed = told(door, "second_step_changed")

    assert [added[0], removed[0]] == [ANA, ANA]
    assert "was added" in added[2]
    assert "was removed" in removed[2]
    assert app.secret not in added[2] + removed[2]


def test_who_reads_mail_in_another_language_is_told_in_it_whoever_causes_the_mail(
    door: Door, people: People, ana: Actor, tmp_path: Path
) -> None:
    (tmp_path / "es.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Your second step was removed"\nmsgstr "Se quitó su segundo paso"\n',
        encoding="utf-8",
    )
    root = people.add(Role.ADMINISTRATOR, name="Root")
    assert ana.user_id is not None
    door.set_up_app(door.who(door.sign_in(ANA).token))
    with door.database.write() as session:
        mail_choices.change(session, ana, [], "es")

    with speaking(SOURCE, Catalogs(tmp_path)), door.database.write() as session:
        factors.reset_for(session, root, ana.user_id)

    ((recipient, subject, body),) = told(door, "second_step_reset")
    assert (recipient, subject) == (ANA, "Se quitó su segundo paso")
    assert "Root" not in body


def test_the_right_code_sent_many_times_at_once_works_once(door: Door, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        app = door.set_up_app(door.who(door.sign_in(ANA).token))
        clock.shift(STEP * 2)
        _, half = door.half(ANA)
        code = code_of(app)

        def guess(_: int) -> bool:
            try:
                return door.check(half, code) is Way.APP
            except (WrongCode, TooManyRequests):
                return False

        with ThreadPoolExecutor(4) as pool:
            taken = list(pool.map(guess, range(8)))

    assert taken.count(True) == 1


def test_a_recovery_code_works_once_however_it_is_typed(door: Door, ana: Actor) -> None:
    identity = door.who(door.sign_in(ANA).token)
    door.set_up_app(identity)
    ten = door.recovery_codes(identity)
    _, half = door.half(ANA)

    assert len(set(ten)) == 10
    assert door.check(half, f" {ten[3].lower().replace('-', ' ')} ") is Way.RECOVERY_CODE
    with pytest.raises(WrongCode):
        door.check(half, ten[3])
    with door.database.read() as session:
        assert factors.read(session, half.user_id).codes_left == 9
    assert door.check(half, ten[4]) is Way.RECOVERY_CODE


def test_renewing_ends_the_codes_before(door: Door, ana: Actor) -> None:
    identity = door.who(door.sign_in(ANA).token)
    door.set_up_app(identity)
    old = door.recovery_codes(identity)
    new = door.recovery_codes(identity)
    _, half = door.half(ANA)

    with pytest.raises(WrongCode):
        door.check(half, old[0])
    assert door.check(half, new[0]) is Way.RECOVERY_CODE


def test_somebody_elses_recovery_code_opens_nothing(door: Door, people: People, ana: Actor) -> None:
    people.add(Role.ANALYST, email="ben@example.org")
    for email in (ANA, "ben@example.org"):
        door.set_up_app(door.who(door.sign_in(email).token))
    token, half = door.half("ben@example.org")
    bens = door.recovery_codes(door.who(door.finish(token).token))
    assert half.user_id != ana.user_id

    with pytest.raises(WrongCode):
        door.check(door.half(ANA)[1], bens[0])


def test_recovery_codes_come_with_a_factor_and_go_with_the_last(door: Door, ana: Actor) -> None:
    identity = door.who(door.sign_in(ANA).token)
    with pytest.raises(Conflict):
        door.recovery_codes(identity)
    door.set_up_app(identity)
    door.recovery_codes(identity)

    with door.database.write() as session:
        authenticator.remove(session, identity)

    with door.database.read() as session:
        has = factors.read(session, identity.user_id)
    assert (has.has_any, has.codes_left) == (False, 0)
    assert isinstance(door.arrive(ANA), SignedIn)


def test_a_new_app_cannot_replace_one_that_counts(door: Door, ana: Actor) -> None:
    identity = door.who(door.sign_in(ANA).token)
    door.set_up_app(identity)
    before = dump(door.database)

    with door.database.write() as session, pytest.raises(Conflict):
        authenticator.start(session, identity, door.seal)

    assert dump(door.database) == before


def test_a_stolen_database_holds_no_second_step(door: Door, ana: Actor) -> None:
    """A12: neither the secret of an app nor a recovery code is anywhere in it, the audit included."""
    identity = door.who(door.sign_in(ANA).token)
    app = door.set_up_app(identity)
    ten = door.recovery_codes(identity)
    token, _ = door.half(ANA)

    everything = "\n".join(dump(door.database))

    assert ANA in everything
    assert [one for one in (app.secret, token, *ten, *map(recovery.normal, ten)) if one in everything] == []


def test_a_sealed_secret_opens_neither_elsewhere_nor_with_another_key(door: Door, people: People, ana: Actor) -> None:
    people.add(Role.ANALYST, email="ben@example.org")
    with time_machine.travel(NOON, tick=False) as clock:
        app = door.set_up_app(door.who(door.sign_in(ANA).token))
        door.set_up_app(door.who(door.sign_in("ben@example.org").token))
        with door.database.write() as session:
            others = "SELECT a.sealed_secret FROM authenticator a WHERE a.user_id <> authenticator.user_id"
            session.connection().execute(text(f"UPDATE authenticator SET sealed_secret = ({others})"))
        clock.shift(STEP * 2)

        with pytest.raises(WrongCode):
            door.check(door.half("ben@example.org")[1], code_of(app))
        stranger = Door(door.database, door.passwords, Seal(b"another key"))
        with pytest.raises(WrongCode):
            stranger.check(door.half(ANA)[1], code_of(app))


def test_the_key_file_is_made_once_for_its_owner_alone(settings: Settings) -> None:
    first = open_seal(None, settings.data_dir)
    sealed = first.seal("a secret", "a place")
    open_seal.__globals__["_seal_of"].cache_clear()

    again = open_seal(None, settings.data_dir)

    path = settings.data_dir / "secret.key"
    assert again.open(sealed, "a place") == "a secret"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in settings.data_dir.glob(".secret.key*")] == []
    for wrong in (sealed[:-4] + "AAAA", "", "x", "é", sealed[4:]):
        with pytest.raises(SealBroken):
            again.open(wrong, "a place")
    with pytest.raises(SealBroken):
        again.open(sealed, "another place")
    with pytest.raises(SealBroken):
        open_seal("k" * 32, settings.data_dir).open(sealed, "a place")


def test_signing_a_review_asks_for_a_code_of_who_has_an_app(door: Door, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        identity = door.who(door.sign_in(ANA).token)

        def confirm(code: str) -> None:
            confirming.confirm_person(
                door.database, identity, PASSWORD, code, passwords=door.passwords, browser=BROWSER, seal=door.seal
            )

        confirm("")
        app = door.set_up_app(identity)
        clock.shift(STEP * 2)
        with pytest.raises(WrongCode):
            confirm("")
        confirm(code_of(app))


def test_an_administrator_takes_a_lost_second_step_away_and_the_person_is_told_once(
    door: Door, people: People, ana: Actor
) -> None:
    assert ana.user_id is not None
    root = people.add(Role.ADMINISTRATOR, name="Root")
    boss = people.add(Role.COORDINATOR, name="Boss")
    identity = door.who(door.sign_in(ANA).token)
    door.set_up_app(identity)
    door.recovery_codes(identity)
    half, _ = door.half(ANA)
    with door.database.write() as session, pytest.raises(Forbidden):
        factors.reset_for(session, boss, ana.user_id)

    with door.database.write() as session:
        factors.reset_for(session, root, ana.user_id)

    assert door.identity(half) is None
    with pytest.raises(NotSignedIn):
        door.finish(half)
    assert [door.sign_in(ANA).flash, door.sign_in(ANA).flash] == ["accounts.second_step_was_reset", ""]
    with door.database.read() as session:
        has = factors.read(session, ana.user_id)
        assert "accounts.second_step_reset" in [event.action for event in audit.list_events(session, COMMAND_LINE)]
    assert (has.has_any, has.codes_left, has.reset and has.reset.by_name) == (False, 0, "Root")


def test_nobody_resets_their_own_second_step_or_one_that_is_not_there(door: Door, people: People, ana: Actor) -> None:
    root = people.add(Role.ADMINISTRATOR, email="root@example.org")
    door.set_up_app(door.who(door.sign_in("root@example.org").token))
    assert root.user_id is not None
    assert ana.user_id is not None
    before = dump(door.database)

    with door.database.write() as session, pytest.raises(Forbidden):
        factors.reset_for(session, root, root.user_id)
    with door.database.write() as session, pytest.raises(Conflict):
        factors.reset_for(session, root, ana.user_id)

    assert dump(door.database) == before
