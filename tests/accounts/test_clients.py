"""Clients of the API: asking for a key, granting it, collecting it once, replacing it, how it was used, and its end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import text

from app.accounts import keys, service
from app.accounts.clients import asking, ending, granting, overseeing, rotation, usage
from app.accounts.clients.asking import KeyLinkUnusable, Wish
from app.accounts.clients.tables import State
from app.accounts.identity import Identity
from app.accounts.mailing.notices import Desk
from app.accounts.scopes import READS, Scope
from app.accounts.signing_in.sign_in import Browser
from app.config import Settings
from app.infra.catalogs import Catalogs
from app.infra.db import Database
from app.infra.mail import Letter, MemorySender
from app.infra.tally import Counted
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound, TooManyRequests
from app.kit.tiers import Tier
from app.mail.delivery import deliver_due
from tests.accounts.conftest import BASE_URL, People

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WISH = Wish(
    "Rosa Reader",
    "Institute of Examples",
    "rosa@example.org",
    "We draw a map of readiness for our readers.",
    "large",
    agrees=True,
)
ADDRESS = "198.51.100.7"


@dataclass
class Clients:
    """The desk of administrators, a mailbox, and somebody who asks."""

    database: Database
    desk: Desk
    administrator: Actor

    def ask(self, wish: Wish = WISH, address: str = ADDRESS) -> None:
        asking.ask(self.database, wish, browser=Browser(address, ""), desk=self.desk)

    def letters(self) -> list[Letter]:
        box = MemorySender()
        deliver_due(self.database, box)
        return box.letters

    def link(self, kind: str, to: str = WISH.email) -> str:
        """Return the token of the newest such link in the mail that waits."""
        bodies = [letter.body for letter in self.letters() if letter.recipient == to]
        found = [match for body in bodies for match in re.findall(rf"{BASE_URL}/keys/{kind}/(\S+)", body)]
        return str(found[-1])

    def confirmed(self, wish: Wish = WISH) -> UUID:
        self.ask(wish)
        token = self.link("confirm", wish.email)
        with self.database.write() as session:
            asking.confirm(session, token, self.desk)
        with self.database.read() as session:
            return granting.list_open(session, self.administrator)[-1].id

    def grant(self, request_id: UUID, tier: str = "large", days: int = 90) -> str:
        with self.database.write() as session:
            granting.grant(session, self.administrator, request_id, tier=tier, days=days, desk=self.desk)
        return self.link("collect")

    def collect(self, token: str, viewer: Identity | None = None) -> keys.NewKey:
        with self.database.write() as session:
            return granting.collect(session, token, viewer)

    def client(self) -> keys.NewKey:
        return self.collect(self.grant(self.confirmed()))

    def identity(self, secret: str) -> Identity | None:
        with self.database.read() as session:
            return keys.find_identity(session, secret)

    def rotate(self, actor: Actor, key: keys.Key, days: int, *, is_key_itself: bool = False) -> rotation.Rotated:
        with self.database.write() as session:
            return rotation.rotate(session, actor, key.id, overlap_days=days, desk=self.desk, is_key_itself=is_key_itself)

    def count(self, table: str) -> int:
        with self.database.read() as session:
            return int(session.connection().execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def clients(database: Database, settings: Settings, people: People) -> Clients:
    desk = Desk(BASE_URL, Catalogs(settings.translations))
    return Clients(database, desk, people.add(Role.ADMINISTRATOR, email="ada@example.org", name="Ada"))


def owner_of(clients: Clients, secret: str) -> Actor:
    identity = clients.identity(secret)
    assert identity is not None
    return identity.actor


# --- asking


def test_whoever_asks_is_granted_and_collects_the_key_once(clients: Clients) -> None:
    request_id = clients.confirmed()

    token = clients.grant(request_id)
    fresh = clients.collect(token)

    identity = clients.identity(fresh.secret)
    assert identity is not None
    assert (identity.actor.role, identity.actor.name, identity.scopes) == (Role.ANALYST, "Rosa Reader", READS)
    assert (fresh.key.tier, fresh.key.label) == (Tier.LARGE, "Institute of Examples")
    with pytest.raises(KeyLinkUnusable):
        clients.collect(token)


@pytest.mark.abuse("K8")
def test_no_mail_holds_a_key_and_no_row_holds_a_token(clients: Clients, database: Database) -> None:
    """K8 and A12."""
    clients.ask()
    (first,) = clients.letters()
    token = re.findall(r"/keys/confirm/(\S+)", first.body)[0]

    with database.read() as session:
        rows = str(session.connection().execute(text("SELECT * FROM key_request")).all())

    assert token not in rows
    assert "rdy_" not in first.body


@pytest.mark.parametrize("known", [True, False])
def test_a_known_address_and_an_unknown_one_are_answered_alike(clients: Clients, people: People, known: bool) -> None:  # noqa: FBT001 - a claim
    if known:
        people.add(Role.COORDINATOR, "NZL", email=WISH.email)

    clients.ask()

    (letter,) = clients.letters()
    assert letter.subject == "Confirm your request for a key"
    assert clients.count("key_request") == 1


def test_a_request_that_nobody_confirmed_is_seen_by_nobody_and_forgotten(clients: Clients, database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as now:
        clients.ask()
        with database.read() as session:
            assert granting.list_open(session, clients.administrator) == []
        token = clients.link("confirm")
        now.shift(timedelta(days=2))
        with pytest.raises(KeyLinkUnusable), database.write() as session:
            asking.confirm(session, token, clients.desk)
        with database.write() as session:
            asking.clear_old(session)

    assert clients.count("key_request") == 0


def test_administrators_are_told_once_when_an_address_is_confirmed(clients: Clients, database: Database) -> None:
    clients.ask()
    token = clients.link("confirm")

    for _ in range(2):
        with database.write() as session:
            asking.confirm(session, token, clients.desk)

    assert [letter.recipient for letter in clients.letters()] == ["ada@example.org"]


def test_a_mailbox_gets_three_such_mails_a_day_and_the_answer_stays_the_same(clients: Clients) -> None:
    for place in range(5):
        clients.ask(address=f"203.0.113.{place}")

    assert len(clients.letters()) == 3


def test_one_network_asks_five_times_an_hour(clients: Clients) -> None:
    for place in range(5):
        clients.ask(replace(WISH, email=f"r{place}@example.org"), address=f"2001:db8::{place}")

    with pytest.raises(TooManyRequests):
        clients.ask(replace(WISH, email="r6@example.org"), address="2001:db8::99")
    clients.ask(replace(WISH, email="r7@example.org"), address="2001:db8:1::1")


@pytest.mark.parametrize(
    ("field", "wish"),
    [
        ("name", replace(WISH, name="")),
        ("institution", replace(WISH, institution="two\nlines")),
        ("institution", replace(WISH, institution="")),
        ("email", replace(WISH, email="nobody")),
        ("purpose", replace(WISH, purpose="short")),
        ("purpose", replace(WISH, purpose="x" * 2_001)),
        ("tier", replace(WISH, tier="anonymous")),
        ("tier", replace(WISH, tier="")),
        ("terms", replace(WISH, agrees=False)),
    ],
)
def test_what_is_missing_is_named(clients: Clients, field: str, wish: Wish) -> None:
    with pytest.raises(Invalid) as refusal:
        clients.ask(wish)

    assert [problem.field for problem in refusal.value.problems] == [field]


# --- granting


def test_a_second_grant_sends_a_new_link_and_ends_the_old_one(clients: Clients) -> None:
    request_id = clients.confirmed()
    old = clients.grant(request_id)

    new = clients.grant(request_id, tier="standard", days=30)

    with pytest.raises(KeyLinkUnusable):
        clients.collect(old)
    assert clients.collect(new).key.tier is Tier.STANDARD


def test_a_link_to_collect_works_for_fourteen_days(clients: Clients) -> None:
    with time_machine.travel(NOON, tick=False) as now:
        token = clients.grant(clients.confirmed())
        now.shift(timedelta(days=14))

        with pytest.raises(KeyLinkUnusable):
            clients.collect(token)


def test_a_declined_request_tells_its_reason_and_cannot_be_granted_any_more(clients: Clients, database: Database) -> None:
    request_id = clients.confirmed()
    clients.letters()

    with database.write() as session:
        granting.decline(session, clients.administrator, request_id, reason="Please say who reads it.", desk=clients.desk)

    (letter,) = clients.letters()
    assert letter.recipient == WISH.email
    assert "Please say who reads it." in letter.body
    with pytest.raises(Conflict):
        clients.grant(request_id)


def test_a_grant_can_be_taken_back_before_it_is_collected(clients: Clients, database: Database) -> None:
    request_id = clients.confirmed()
    token = clients.grant(request_id)

    with database.write() as session:
        granting.decline(session, clients.administrator, request_id, reason="A mistake.", desk=clients.desk)

    with pytest.raises(KeyLinkUnusable):
        clients.collect(token)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_decide_and_see_all_keys(clients: Clients, people: People, database: Database, role: Role) -> None:
    actor = people.add(role)
    request_id = clients.confirmed()
    acts: list[Callable[..., object]] = [
        lambda session: granting.list_open(session, actor),
        lambda session: granting.get(session, actor, request_id),
        lambda session: granting.grant(session, actor, request_id, tier="large", days=30, desk=clients.desk),
        lambda session: granting.decline(session, actor, request_id, reason="No.", desk=clients.desk),
        lambda session: overseeing.list_keys(session, actor),
        lambda session: overseeing.get_key(session, actor, uuid4()),
        lambda session: overseeing.revoke(session, actor, uuid4(), reason="No.", desk=clients.desk),
    ]

    for act in acts:
        with pytest.raises(Forbidden), database.write() as session:
            act(session)


def test_who_has_an_account_collects_signed_in_and_nobody_else_does(clients: Clients, people: People, database: Database) -> None:
    """Whoever reads another's mail gets no key that acts with that person's role."""
    owner, other = people.add(Role.COORDINATOR, "NZL", email=WISH.email), people.add(Role.ANALYST)
    assert owner.user_id is not None
    assert other.user_id is not None
    token = clients.grant(clients.confirmed())

    for viewer in (None, Identity(other, other.user_id)):
        with database.read() as session:
            assert granting.read_offer(session, token, viewer).needs_sign_in
        with pytest.raises(Forbidden):
            clients.collect(token, viewer)
    fresh = clients.collect(token, Identity(owner, owner.user_id))

    assert owner_of(clients, fresh.secret) == owner


def test_a_disabled_account_collects_nothing(clients: Clients, people: People, database: Database) -> None:
    owner = people.add(Role.ANALYST, email=WISH.email)
    assert owner.user_id is not None
    token = clients.grant(clients.confirmed())
    with database.write() as session:
        service.disable_user(session, COMMAND_LINE, owner.user_id)

    with pytest.raises(KeyLinkUnusable):
        clients.collect(token, Identity(owner, owner.user_id))


def test_what_was_done_is_recorded_without_addresses_or_secrets(clients: Clients, database: Database) -> None:
    fresh = clients.client()

    with database.read() as session:
        found = session.connection().execute(text("SELECT action, detail FROM audit_event ORDER BY sequence")).all()

    actions = [row.action for row in found]
    assert actions[-3:] == ["accounts.key_asked", "accounts.key_granted", "accounts.key_collected"]
    assert not any(secret in str(found) for secret in (WISH.email, fresh.secret[13:], WISH.purpose))


# --- replacing a key


@pytest.mark.abuse("K7")
def test_both_keys_work_until_the_chosen_second(clients: Clients) -> None:
    """K7."""
    with time_machine.travel(NOON, tick=False) as now:
        old = clients.client()
        rotated = clients.rotate(owner_of(clients, old.secret), old.key, 7)

        now.shift(timedelta(days=7, seconds=-1))
        assert clients.identity(old.secret) is not None
        now.shift(timedelta(seconds=1))
        assert clients.identity(old.secret) is None
        new = clients.identity(rotated.fresh.secret)

    assert new is not None
    assert (rotated.fresh.key.tier, rotated.fresh.key.label) == (Tier.LARGE, old.key.label)
    assert rotated.fresh.key.follows == old.key.id


def test_without_overlap_the_old_key_ends_at_once(clients: Clients) -> None:
    old = clients.client()

    clients.rotate(owner_of(clients, old.secret), old.key, 0)

    assert clients.identity(old.secret) is None


def test_a_person_begins_a_new_term_and_a_program_does_not(clients: Clients) -> None:
    """A stolen key that replaces itself never outlives what a person decided."""
    with time_machine.travel(NOON, tick=False) as now:
        first = clients.client()
        actor = owner_of(clients, first.secret)
        now.shift(timedelta(days=60))
        by_program = clients.rotate(actor, first.key, 7, is_key_itself=True).fresh.key
        by_person = clients.rotate(actor, by_program, 7).fresh.key

    assert by_program.expires_at == first.key.expires_at
    assert by_person.expires_at == NOON + timedelta(days=60 + 90)


@pytest.mark.parametrize("days", [-1, 31])
def test_an_overlap_lasts_thirty_days_at_most(clients: Clients, days: int) -> None:
    old = clients.client()

    with pytest.raises(Invalid) as refusal:
        clients.rotate(owner_of(clients, old.secret), old.key, days)

    assert [problem.field for problem in refusal.value.problems] == ["overlap_days"]


def test_a_key_is_replaced_once_and_only_by_its_owner(clients: Clients, people: People) -> None:
    old = clients.client()
    actor = owner_of(clients, old.secret)
    with pytest.raises(NotFound):
        clients.rotate(people.add(Role.ANALYST), old.key, 7)
    clients.rotate(actor, old.key, 7)

    with pytest.raises(Conflict):
        clients.rotate(actor, old.key, 7)


def test_the_owner_is_told_when_a_program_replaces_a_key(clients: Clients) -> None:
    old = clients.client()
    clients.letters()

    rotated = clients.rotate(owner_of(clients, old.secret), old.key, 7, is_key_itself=True)

    (letter,) = clients.letters()
    assert letter.recipient == WISH.email
    assert f"rdy_{rotated.fresh.key.prefix}" in letter.body
    assert rotated.fresh.secret[13:] not in letter.body


def test_a_replaced_key_loses_a_scope_that_its_owner_may_not_have_any_more(
    clients: Clients, people: People, database: Database
) -> None:
    boss = people.add(Role.ADMINISTRATOR)
    assert boss.user_id is not None
    with database.write() as session:
        old = keys.create_key(session, boss, label="desk", scopes=READS | {Scope.AUTHOR})
        service.change_role(session, COMMAND_LINE, boss.user_id, role="analyst", economy=None)

    fresh = clients.rotate(replace(boss, role=Role.ANALYST), old.key, 7).fresh

    assert fresh.key.scopes == READS


# --- everybody's keys


def test_an_administrator_revokes_a_key_with_a_reason_that_its_owner_reads(clients: Clients, database: Database) -> None:
    fresh = clients.client()
    clients.letters()

    with database.write() as session:
        overseeing.revoke(
            session, clients.administrator, fresh.key.id, reason="It stood in a public repository.", desk=clients.desk
        )

    assert clients.identity(fresh.secret) is None
    (letter,) = clients.letters()
    assert (letter.recipient, letter.subject) == (WISH.email, "Your key was revoked")
    assert "public repository" in letter.body
    with pytest.raises(Conflict), database.write() as session:
        overseeing.revoke(session, clients.administrator, fresh.key.id, reason="Again.", desk=clients.desk)


def test_a_reason_is_needed(clients: Clients, database: Database) -> None:
    fresh = clients.client()

    with pytest.raises(Invalid), database.write() as session:
        overseeing.revoke(session, clients.administrator, fresh.key.id, reason=" ", desk=clients.desk)

    assert clients.identity(fresh.secret) is not None


def test_a_key_shows_who_asked_for_its_line(clients: Clients, database: Database) -> None:
    old = clients.client()
    fresh = clients.rotate(owner_of(clients, old.secret), old.key, 7).fresh

    with database.read() as session:
        shown = overseeing.get_key(session, clients.administrator, fresh.key.id)
        listed = overseeing.list_keys(session, clients.administrator)

    assert (shown.institution, shown.owner) == (WISH.institution, WISH.name)
    assert [client.key.id for client in listed] == [fresh.key.id, old.key.id]


# --- use


def test_counts_add_up_over_batches_and_days(clients: Clients, database: Database) -> None:
    fresh = clients.client()
    batch = {(fresh.key.id, "releases"): Counted(5, 3, 1), (fresh.key.id, "sdmx"): Counted(2, 0, 0)}
    with time_machine.travel(NOON, tick=False) as now:
        for _ in range(2):
            with database.write() as session:
                usage.add(session, batch)
        now.shift(timedelta(days=1))
        with database.write() as session:
            usage.add(session, batch)
        with database.read() as session:
            found = usage.read(session, fresh.key.id)
            key = overseeing.get_key(session, clients.administrator, fresh.key.id).key

    assert found.total == usage.Used(21, 9, 3)
    assert found.by_family == {"releases": usage.Used(15, 9, 3), "sdmx": usage.Used(6, 0, 0)}
    assert list(found.by_day) == [date(2026, 11, 22), date(2026, 11, 21)]
    assert key.last_used_on == date(2026, 11, 22)


def test_use_is_shown_for_thirty_days_and_kept_for_ninety(clients: Clients, database: Database) -> None:
    fresh = clients.client()
    with time_machine.travel(NOON, tick=False) as now:
        with database.write() as session:
            usage.add(session, {(fresh.key.id, "releases"): Counted(5)})
        now.shift(timedelta(days=30))
        with database.read() as session:
            assert usage.read(session, fresh.key.id).total == usage.Used()
        now.shift(timedelta(days=61))
        with database.write() as session:
            usage.clear_old(session)

    assert clients.count("key_use") == 0


# --- the end of a key


def test_the_owner_is_told_fourteen_and_three_days_before_the_end_once_each(clients: Clients, database: Database) -> None:
    told = []
    with time_machine.travel(NOON, tick=False) as now:
        clients.client()
        for day in (0, 75, 76, 77, 86, 87, 88, 90):
            now.move_to(NOON + timedelta(days=day))
            clients.letters()
            for _ in range(2):
                ending.warn(database, clients.desk)
            told += [(day, letter.subject) for letter in clients.letters()]

    assert told == [(76, "Your key ends soon"), (87, "Your key ends soon")]


def test_a_replaced_key_and_a_short_one_end_in_silence(clients: Clients, people: People, database: Database) -> None:
    analyst = people.add(Role.ANALYST)
    with time_machine.travel(NOON, tick=False) as now:
        old = clients.client()
        clients.rotate(owner_of(clients, old.secret), old.key, 7)
        with database.write() as session:
            keys.create_key(session, analyst, label="short", days=2)
        clients.letters()
        now.shift(timedelta(days=1))
        ending.warn(database, clients.desk)

        assert clients.letters() == []


def test_requests_that_led_to_no_key_are_forgotten_after_three_months(clients: Clients, database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as now:
        clients.client()
        declined = clients.confirmed(replace(WISH, email="other@example.org"))
        with database.write() as session:
            granting.decline(session, clients.administrator, declined, reason="No.", desk=clients.desk)
        now.shift(timedelta(days=91))
        with database.write() as session:
            asking.clear_old(session)
        with database.read() as session:
            states = session.connection().execute(text("SELECT state FROM key_request")).scalars().all()

    assert states == [State.COLLECTED]
