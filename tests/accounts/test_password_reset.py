"""A forgotten password: A7 of the list of abuses. Who asks learns nothing; the link works once, for half an hour."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import text

from app.accounts import keys, service, sessions
from app.accounts.identity import HalfWay, SignedIn
from app.accounts.sessions import Lifetime
from app.accounts.signing_in import password_reset, sign_in
from app.accounts.signing_in.password_reset import ResetUnusable
from app.accounts.signing_in.sign_in import Browser as Sender
from app.accounts.signing_in.sign_in import SignInRefused
from app.audit import service as audit
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.mail import Letter, MemorySender
from app.infra.passwords import Passwords
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Forbidden, Invalid, TooManyRequests
from app.kit.ids import token_hash
from app.mail.delivery import deliver_due
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Browser, People
from tests.databases import only_postgresql, only_sqlite
from tests.scenarios import statements

NOON = datetime(2027, 1, 4, 12, 0, tzinfo=UTC)  # after every account was made
BASE_URL = "https://readiness.example.org"
LIFETIME = Lifetime(timedelta(minutes=45), timedelta(hours=12))
Browse = Callable[..., Browser]


class Desk:
    """Asks for links, delivers them, and uses them."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self.database = database
        self.passwords = passwords
        self.box = MemorySender()

    def ask(self, email: str, address: str = "192.0.2.1") -> None:
        password_reset.ask(self.database, email, browser=Sender(address, "Tests/1"))

    def deliver(self) -> list[Letter]:
        """Run the jobs, and return what has arrived since the last time."""
        self.box.letters.clear()
        password_reset.answer_asked(self.database, Catalogs(Path("nowhere")), BASE_URL)
        deliver_due(self.database, self.box)
        return list(self.box.letters)

    def link(self, email: str) -> str:
        """Ask, and return the token of the mail."""
        self.ask(email)
        (letter,) = self.deliver()
        return token_of(letter)

    def reset(self, token: str, new: str = OTHER_PASSWORD, repeated: str | None = None) -> None:
        again = new if repeated is None else repeated
        password_reset.reset(self.database, token, new=new, repeated=again, passwords=self.passwords)

    def sign_in(self, email: str, password: str, address: str = "192.0.2.1") -> SignedIn | HalfWay:
        browser = Sender(address, "Tests/1")
        return sign_in.sign_in(self.database, email, password, passwords=self.passwords, browser=browser, lifetime=LIFETIME)

    def works(self, token: str) -> bool:
        with self.database.read() as session:
            try:
                password_reset.check(session, token)
            except ResetUnusable:
                return False
        return True

    def rows(self, table: str) -> str:
        with self.database.read() as session:
            return str([tuple(row) for row in session.connection().execute(text(f"SELECT * FROM {table}"))])


def token_of(letter: Letter) -> str:
    found = re.search(rf"^{re.escape(BASE_URL)}/password-reset/([\w-]{{43}})$", letter.body, re.MULTILINE)
    assert found is not None, letter.body
    return found[1]


@pytest.fixture
def desk(database: Database, passwords: Passwords) -> Desk:
    return Desk(database, passwords)


@pytest.fixture
def ana(people: People) -> Actor:
    return people.add(Role.COORDINATOR, "NZL", email="ana@example.org", name="Ana")


def test_with_the_link_a_new_password_is_chosen(desk: Desk, ana: Actor) -> None:
    desk.reset(desk.link("Ana@Example.org "))

    entered = desk.sign_in("ana@example.org", OTHER_PASSWORD)
    assert isinstance(entered, SignedIn)
    assert entered.actor.name == "Ana"
    with pytest.raises(SignInRefused):
        desk.sign_in("ana@example.org", PASSWORD)


def test_the_mail_holds_the_only_copy_of_the_link(desk: Desk, ana: Actor) -> None:
    """A12."""
    token = desk.link("ana@example.org")

    assert token_hash(token) in desk.rows("password_reset")
    assert token not in desk.rows("password_reset") + desk.rows("mail") + desk.rows("audit_event")
    assert "ana@example.org" not in desk.rows("password_reset")


@pytest.mark.abuse("A7")
def test_the_link_works_once(desk: Desk, ana: Actor) -> None:
    token = desk.link("ana@example.org")
    desk.reset(token)

    with pytest.raises(ResetUnusable):
        desk.reset(token, "another walnut harbour")
    assert not desk.works(token)


def test_looking_at_the_link_does_not_use_it_up(desk: Desk, ana: Actor) -> None:
    token = desk.link("ana@example.org")

    assert [desk.works(token) for _ in range(3)] == [True, True, True]


@pytest.mark.abuse("A7")
def test_the_link_works_for_half_an_hour(desk: Desk, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        token = desk.link("ana@example.org")
        clock.shift(timedelta(minutes=30) - timedelta(seconds=1))
        in_time = desk.works(token)
        clock.shift(timedelta(seconds=1))
        late = desk.works(token)

    assert (in_time, late) == (True, False)


@pytest.mark.parametrize("how", ["by its owner", "by an administrator", "with another link"])
@pytest.mark.abuse("A7")
def test_the_link_dies_with_a_change_of_the_password(desk: Desk, ana: Actor, how: str) -> None:
    token = desk.link("ana@example.org")
    assert ana.user_id is not None

    if how == "by its owner":
        change_own_password(desk)
    elif how == "by an administrator":
        with desk.database.write() as session:
            service.set_password(session, COMMAND_LINE, ana.user_id, OTHER_PASSWORD, passwords=desk.passwords)
    else:
        desk.ask("ana@example.org")
        desk.reset(next(token_of(letter) for letter in desk.deliver()))

    assert not desk.works(token)
    with pytest.raises(ResetUnusable):
        desk.reset(token, "another walnut harbour")


def change_own_password(desk: Desk) -> None:
    token = desk.sign_in("ana@example.org", PASSWORD).token
    with desk.database.read() as session:
        identity = sessions.find_identity(session, token, LIFETIME)
    assert identity is not None
    sign_in.change_password(
        desk.database,
        identity,
        current=PASSWORD,
        new=OTHER_PASSWORD,
        repeated=OTHER_PASSWORD,
        passwords=desk.passwords,
        browser=Sender("192.0.2.1", "Tests/1"),
        lifetime=LIFETIME,
    )


def test_the_link_of_a_disabled_account_does_not_work(desk: Desk, ana: Actor, people: People) -> None:
    token = desk.link("ana@example.org")
    assert ana.user_id is not None
    with desk.database.write() as session:
        service.disable_user(session, COMMAND_LINE, ana.user_id)

    assert not desk.works(token)
    desk.ask("ana@example.org")
    assert desk.deliver() == []


def test_an_unknown_address_gets_no_mail_and_is_forgotten(desk: Desk, ana: Actor) -> None:
    desk.ask("nobody@example.org")

    assert desk.deliver() == []
    assert "nobody@example.org" not in desk.rows("password_reset")


@pytest.mark.abuse("A7")
def test_known_and_unknown_addresses_take_the_same_statements(desk: Desk, ana: Actor) -> None:
    """The same answer in the same time, because the same is done: whose address it is, a job finds out later."""
    taken = []
    for email in ("ana@example.org", "nobody@example.org"):
        with statements(desk.database) as sent:
            desk.ask(email)
        taken.append(sent)

    assert taken[0] == taken[1]
    assert len(taken[0]) > 0


@pytest.mark.abuse("A7")
def test_the_sixth_wish_of_a_day_is_answered_as_usual_and_brings_no_mail(desk: Desk, ana: Actor) -> None:
    """A7: strangers who ask for somebody's password cannot make the owner be refused, nor fill the owner's mailbox."""
    with time_machine.travel(NOON, tick=False) as clock:
        arrived = []
        for number in range(7):
            desk.ask("ana@example.org", f"192.0.2.{number}")
            arrived.append(len(desk.deliver()))
            clock.shift(timedelta(hours=1))
        clock.shift(timedelta(hours=17, seconds=1))
        desk.ask("ana@example.org", "192.0.2.99")

        assert arrived == [1, 1, 1, 1, 1, 0, 0]
        assert len(desk.deliver()) == 1


def test_wishes_that_come_at_once_bring_five_mails_and_no_more(desk: Desk, ana: Actor) -> None:
    for number in range(8):
        desk.ask("ana@example.org", f"192.0.2.{number}")

    assert len(desk.deliver()) == 5


@pytest.mark.abuse("A4")
def test_the_last_mail_of_the_day_still_opens_the_door(desk: Desk, ana: Actor) -> None:
    for number in range(8):
        desk.ask("ana@example.org", f"192.0.2.{number}")

    desk.reset(token_of(desk.deliver()[-1]))

    assert isinstance(desk.sign_in("ana@example.org", OTHER_PASSWORD), SignedIn)


@pytest.mark.abuse("A4")
def test_the_link_leads_in_though_somebody_guessed_at_the_account_a_moment_before(desk: Desk, ana: Actor) -> None:
    for number in range(10):
        with pytest.raises(SignInRefused):
            desk.sign_in("ana@example.org", OTHER_PASSWORD, f"198.51.100.{number}")
    with pytest.raises(TooManyRequests):
        desk.sign_in("ana@example.org", PASSWORD)

    desk.reset(desk.link("ana@example.org"))

    assert isinstance(desk.sign_in("ana@example.org", OTHER_PASSWORD), SignedIn)


def test_who_has_no_password_gets_one_by_the_link(desk: Desk, ana: Actor) -> None:
    with desk.database.write() as session:
        session.connection().execute(text('UPDATE "user" SET password_hash = NULL'))

    desk.reset(desk.link("ana@example.org"))

    assert isinstance(desk.sign_in("ana@example.org", OTHER_PASSWORD), SignedIn)


def test_one_address_of_the_network_asks_ten_times_in_five_minutes(desk: Desk) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(10):
            desk.ask(f"person{number}@example.org", f"2001:db8::{number}")  # one network: one asker
        with pytest.raises(TooManyRequests) as caught:
            desk.ask("more@example.org", "2001:db8::ffff")
        desk.ask("more@example.org", "192.0.2.1")
        clock.shift(timedelta(minutes=5))
        desk.ask("other@example.org", "2001:db8::1")

    assert caught.value.retry_after == 300


@pytest.mark.parametrize("email", ["", "ana", "ana@example", "a b@example.org", f"{'a' * 300}@example.org"])
def test_what_is_no_address_is_said_at_once(desk: Desk, email: str) -> None:
    with pytest.raises(Invalid) as caught:
        desk.ask(email)

    assert [problem.code for problem in caught.value.problems] == ["bad_email"]


@pytest.mark.abuse("A5")
def test_a_weak_or_mistyped_password_leaves_the_link_as_it_was(desk: Desk, ana: Actor) -> None:
    token = desk.link("ana@example.org")

    with pytest.raises(Invalid) as weak:
        desk.reset(token, "short")
    with pytest.raises(Invalid) as known:
        desk.reset(token, "peanutbutter")
    with pytest.raises(Invalid) as mistyped:
        desk.reset(token, OTHER_PASSWORD, "walnut harbour viola")

    assert [problem.code for problem in weak.value.problems] == ["too_short"]
    assert [problem.code for problem in known.value.problems] == ["too_common"]
    assert [problem.code for problem in mistyped.value.problems] == ["not_the_same"]
    assert desk.works(token)


def test_afterwards_sessions_have_ended_and_keys_go_on(desk: Desk, ana: Actor, people: People) -> None:
    key = people.key(ana)
    signed_in = desk.sign_in("ana@example.org", PASSWORD)

    desk.reset(desk.link("ana@example.org"))

    with desk.database.read() as session:
        assert sessions.find_identity(session, signed_in.token, LIFETIME) is None
        assert keys.find_identity(session, key) is not None


def test_the_person_is_told_and_the_act_is_recorded(desk: Desk, ana: Actor) -> None:
    desk.reset(desk.link("ana@example.org"))

    (told,) = desk.deliver()
    assert (told.recipient, told.subject) == ("ana@example.org", "Your password was changed")
    assert OTHER_PASSWORD not in told.body
    with desk.database.read() as session:
        actions = [event.action for event in audit.list_events(session, COMMAND_LINE)]
    assert {"accounts.password_reset_asked", "accounts.password_reset"} <= set(actions)


def test_a_wish_that_waited_too_long_for_the_worker_is_dropped(desk: Desk, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        desk.ask("ana@example.org")
        clock.shift(timedelta(minutes=30))

        assert desk.deliver() == []


def test_a_day_later_nobody_knows_who_asked(desk: Desk, ana: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        desk.link("ana@example.org")
        clock.shift(timedelta(days=1))
        with desk.database.write() as session:
            password_reset.clear_old(session)

    assert desk.rows("password_reset") == "[]"


@only_postgresql
def test_a_link_that_is_used_twice_at_once_works_once(desk: Desk, ana: Actor) -> None:
    token = desk.link("ana@example.org")
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def use(new: str) -> None:
        start.wait()
        try:
            desk.reset(token, new)
            outcomes.append("changed")
        except ResetUnusable:
            outcomes.append("refused")

    threads = [threading.Thread(target=use, args=(new,)) for new in (OTHER_PASSWORD, "another walnut harbour")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["changed", "refused"]


@only_postgresql
def test_two_workers_at_once_answer_each_wish_once(desk: Desk, ana: Actor) -> None:
    desk.ask("ana@example.org")
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        password_reset.answer_asked(desk.database, Catalogs(Path("nowhere")), BASE_URL)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(desk.deliver()) == 1


# --- the pages


def ask_on_page(browser: Browser, email: str) -> Response:
    return browser.post("/forgotten-password", data={"email": email})


@only_sqlite
def test_the_pages_lead_from_the_forgotten_password_to_the_next_sign_in(
    browse: Browse, desk: Desk, ana: Actor, app: FastAPI
) -> None:
    browser = browse()
    assert 'href="/forgotten-password"' in browser.get("/sign-in").text

    asked = ask_on_page(browser, "ana@example.org")
    assert "on its way" in browser.get(asked.headers["location"]).text
    (letter,) = desk.deliver()
    path = f"/password-reset/{token_of(letter)}"
    shown = browser.get(path)
    changed = browser.post(path, data={"password": OTHER_PASSWORD, "password_again": OTHER_PASSWORD})

    assert (asked.status_code, asked.headers["location"]) == (303, "/forgotten-password/sent")
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert (changed.status_code, changed.headers["location"]) == (303, "/sign-in")
    assert "session=" not in changed.headers.get("set-cookie", "")  # a second factor, if there is one, is still asked
    assert "Your password is changed" in browser.get("/sign-in").text
    assert browser.sign_in("ana@example.org", OTHER_PASSWORD).status_code == 303


@only_sqlite
def test_known_and_unknown_addresses_are_answered_alike(browse: Browse, ana: Actor) -> None:
    browser = browse()

    known, unknown = (ask_on_page(browser, email) for email in ("ana@example.org", "nobody@example.org"))

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.headers["location"] == unknown.headers["location"]
    assert sorted(known.headers) == sorted(unknown.headers)


@only_sqlite
@pytest.mark.abuse("A7")
def test_the_host_that_a_request_names_is_never_in_the_link(browse: Browse, desk: Desk, ana: Actor) -> None:
    browser = browse()
    browser.headers["X-Forwarded-Host"] = "evil.example"
    evil = browser.post("/forgotten-password", data={"email": "ana@example.org"}, headers={"Host": "evil.example"})
    ask_on_page(browser, "ana@example.org")

    (letter,) = desk.deliver()

    assert evil.status_code == 400
    assert "evil" not in letter.body
    assert letter.body.count(BASE_URL) == 1


@only_sqlite
@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "é"])
def test_a_link_that_is_made_up_says_what_to_do(browse: Browse, token: str) -> None:
    answer = browse().get(f"/password-reset/{token}")

    assert answer.status_code in {400, 404}
    assert "Forgotten your password?" in answer.text or answer.status_code == 400


@only_sqlite
def test_only_the_askers_own_address_is_refused_on_the_page(browse: Browse, ana: Actor) -> None:
    browser = browse()
    found = [ask_on_page(browser, "ana@example.org").status_code for _ in range(11)]

    assert found == [303] * 10 + [429]


def test_only_an_administrator_is_given_a_link_to_hand_over_and_it_counts_for_no_limit(
    database: Database, passwords: Passwords, people: People
) -> None:
    ana = people.add(Role.CONTRIBUTOR, "NZL", email="ana@example.org")
    coordinator = people.add(Role.COORDINATOR, "NZL")
    desk = Desk(database, passwords)
    assert ana.user_id is not None

    for actor in (ana, coordinator):
        with pytest.raises(Forbidden), database.write() as session:
            password_reset.hand_out(session, actor, ana.user_id)
    path = ""
    for _ in range(password_reset.MOST_PER_ADDRESS + 1):
        with database.write() as session:
            path = password_reset.hand_out(session, COMMAND_LINE, ana.user_id)

    assert path.startswith("/password-reset/")
    assert desk.works(path.removeprefix("/password-reset/"))
    assert desk.works(desk.link("ana@example.org"))
