"""An invitation works once, for a week, for the role that it was made for; and says nothing about anybody else."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError

from app.accounts import invitations, queries, service
from app.accounts.identity import SignedIn
from app.accounts.invitations import InvitationUnusable, NewInvitation
from app.accounts.sessions import Lifetime
from app.accounts.tables import User
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.kit import clock
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Forbidden, Invalid
from app.kit.ids import token_hash
from tests.accounts.conftest import PASSWORD, People

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Post:
    """Makes invitations and accepts them."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self.database = database
        self.passwords = passwords

    def invite(
        self,
        actor: Actor,
        role: str = Role.CONTRIBUTOR,
        economy: str | None = "NZL",
        *,
        email: str = "new@example.org",
        name: str = "New Person",
    ) -> NewInvitation:
        with self.database.write() as session:
            return invitations.invite(session, actor, email=email, name=name, role=role, economy=economy)

    def accept(self, path: str, *, name: str = "New Person", password: str = PASSWORD, repeated: str | None = None) -> SignedIn:
        return invitations.accept_invitation(
            self.database,
            path.removeprefix("/invitations/"),
            name=name,
            password=password,
            repeated=password if repeated is None else repeated,
            passwords=self.passwords,
            user_agent="Tests/1",
            lifetime=Lifetime(timedelta(minutes=45), timedelta(hours=12)),
        )

    def is_open(self, path: str) -> bool:
        with self.database.read() as session:
            try:
                invitations.get_open(session, path.removeprefix("/invitations/"))
            except InvitationUnusable:
                return False
        return True

    def count_users(self) -> int:
        with self.database.read() as session:
            return len(service.list_users(session, COMMAND_LINE))


@pytest.fixture
def post(database: Database, passwords: Passwords) -> Post:
    return Post(database, passwords)


@pytest.fixture
def coordinator(people: People) -> Actor:
    return people.add(Role.COORDINATOR, "NZL")


def test_an_invited_person_has_the_role_and_economy_of_the_invitation(post: Post, coordinator: Actor) -> None:
    invitation = post.invite(coordinator, Role.APPROVER, email=" New@Example.ORG")

    signed_in = post.accept(invitation.path, name=" Newton ")

    assert (signed_in.actor.name, signed_in.actor.role, signed_in.actor.economy) == ("Newton", Role.APPROVER, "NZL")
    with post.database.read() as session:
        assert service.get_own(session, signed_in.actor).email == "new@example.org"
        assert invitations.list_open(session, coordinator) == []


def test_an_invitation_works_once(post: Post, coordinator: Actor) -> None:
    invitation = post.invite(coordinator)
    post.accept(invitation.path)

    with pytest.raises(InvitationUnusable):
        post.accept(invitation.path, password="another harbour violin")

    assert not post.is_open(invitation.path)
    assert post.count_users() == 2


def test_an_invitation_ends_after_seven_days(post: Post, coordinator: Actor) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        invitation = post.invite(coordinator)
        traveller.shift(timedelta(days=7, seconds=-1))
        assert post.is_open(invitation.path)
        traveller.shift(timedelta(seconds=1))

        with pytest.raises(InvitationUnusable):
            post.accept(invitation.path)


def test_a_newer_invitation_of_the_same_person_replaces_the_older(post: Post, coordinator: Actor) -> None:
    older, newer = post.invite(coordinator), post.invite(coordinator, Role.APPROVER)

    assert not post.is_open(older.path)
    assert post.is_open(newer.path)


def test_the_invitations_of_two_economies_do_not_touch_each_other(post: Post, coordinator: Actor, people: People) -> None:
    other = people.add(Role.COORDINATOR, "CHL")
    ours = post.invite(coordinator)

    theirs = post.invite(other, economy="CHL")

    assert post.is_open(ours.path)
    assert post.is_open(theirs.path)
    with post.database.read() as session:
        assert [one.economy for one in invitations.list_open(session, coordinator)] == ["NZL"]


def test_an_invitation_of_somebody_who_was_disabled_works_no_more(post: Post, coordinator: Actor) -> None:
    invitation = post.invite(coordinator)
    assert coordinator.user_id is not None
    with post.database.write() as session:
        service.disable_user(session, COMMAND_LINE, coordinator.user_id)

    assert not post.is_open(invitation.path)


@pytest.mark.abuse("T11")
def test_nobody_learns_from_inviting_whether_an_address_is_known_elsewhere(
    post: Post, coordinator: Actor, people: People
) -> None:
    """T11: the link looks like any other; whoever opens it is told what a used one says."""
    people.add(Role.APPROVER, "CHL", email="official@example.org")

    known = post.invite(coordinator, email="official@example.org")
    unknown = post.invite(coordinator, email="nobody@example.org")

    assert len(known.path) == len(unknown.path)
    assert post.is_open(known.path)
    with pytest.raises(InvitationUnusable):
        post.accept(known.path)
    assert post.is_open(known.path)


def test_a_member_of_the_own_team_is_not_invited_again(post: Post, coordinator: Actor, people: People) -> None:
    people.add(Role.CONTRIBUTOR, "NZL", email="colleague@example.org")

    with pytest.raises(Invalid) as refused:
        post.invite(coordinator, email="Colleague@example.org")

    assert [problem.code for problem in refused.value.problems] == ["already_member"]


@pytest.mark.parametrize(
    ("role", "economy"),
    [
        (Role.APPROVER, "CHL"),
        (Role.SECRETARIAT, None),
        (Role.ADMINISTRATOR, None),
        (Role.ANALYST, None),
        (Role.SECRETARIAT, "NZL"),
        (Role.CONTRIBUTOR, None),
    ],
)
@pytest.mark.abuse("T18")
def test_a_coordinator_invites_into_the_own_economy_only(post: Post, coordinator: Actor, role: Role, economy: str | None) -> None:
    """T18."""
    with pytest.raises(Forbidden):
        post.invite(coordinator, role, economy)

    with post.database.read() as session:
        assert invitations.list_open(session, COMMAND_LINE) == []


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.APPROVER, Role.SECRETARIAT, Role.ANALYST])
def test_most_roles_invite_nobody(post: Post, people: People, role: Role) -> None:
    actor = people.add(role)

    with pytest.raises(Forbidden):
        post.invite(actor)
    with pytest.raises(Forbidden), post.database.read() as session:
        invitations.list_open(session, actor)


@pytest.mark.parametrize("role", list(Role))
def test_an_administrator_invites_to_every_role(post: Post, people: People, role: Role) -> None:
    administrator = people.add(Role.ADMINISTRATOR)
    has_economy = role in {Role.CONTRIBUTOR, Role.COORDINATOR, Role.APPROVER}

    invitation = post.invite(administrator, role, "CHL" if has_economy else None)

    assert post.accept(invitation.path).actor.role is role


@pytest.mark.parametrize(
    ("email", "name", "role", "economy", "fields"),
    [
        ("nobody", "", "contributor", "NZL", ["email", "name"]),
        ("new@example.org", "New", "root", "NZL", ["role"]),
        ("new@example.org", "x" * 121, "approver", "NZL", ["name"]),
        ("new@example.org", "New\nPerson", "approver", "NZL", ["name"]),
        ("new@example.org", "New", "approver", None, ["economy"]),
        ("new@example.org", "New", "analyst", "NZL", ["economy"]),
        ("new@example.org", "New", "approver", "XXX", ["economy"]),
    ],
)
def test_everything_that_is_wrong_is_named_at_once(
    post: Post, email: str, name: str, role: str, economy: str | None, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        post.invite(COMMAND_LINE, role, economy, email=email, name=name)

    assert [problem.field for problem in refused.value.problems] == fields


@pytest.mark.parametrize(
    ("name", "password", "repeated", "fields"),
    [
        ("", PASSWORD, PASSWORD, ["name"]),
        ("New", "short", "short", ["password"]),
        ("New", PASSWORD, "something else entirely", ["password_again"]),
        ("New", "newperson newperson", "newperson newperson", ["password"]),
        ("New", "peanutbutter", "peanutbutter", ["password"]),
    ],
)
@pytest.mark.abuse("A5")
def test_a_refused_acceptance_leaves_the_invitation_open(
    post: Post, coordinator: Actor, name: str, password: str, repeated: str, fields: list[str]
) -> None:
    invitation = post.invite(coordinator, email="newperson@example.org")

    with pytest.raises(Invalid) as refused:
        post.accept(invitation.path, name=name, password=password, repeated=repeated)

    assert [problem.field for problem in refused.value.problems] == fields
    assert post.is_open(invitation.path)
    assert post.count_users() == 1


@pytest.mark.abuse("R2")
def test_two_who_accept_at_once_make_one_account(post: Post, coordinator: Actor) -> None:
    invitation = post.invite(coordinator)
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def accept() -> None:
        start.wait()
        try:
            post.accept(invitation.path)
            outcomes.append("accepted")
        except InvitationUnusable:
            outcomes.append("refused")

    both = [threading.Thread(target=accept) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(outcomes) == ["accepted", "refused"]
    assert post.count_users() == 2


@pytest.mark.parametrize(("role", "economy"), [("root", None), ("approver", None), ("analyst", "NZL")])
def test_the_database_itself_refuses_a_role_without_its_economy(database: Database, role: str, economy: str | None) -> None:
    user = User(email="x@example.org", name="X", role=role, economy=economy, created_at=clock.now())

    with pytest.raises(IntegrityError), database.write() as session:
        session.add(user)
        session.flush()


def test_who_had_opened_the_link_already_cannot_take_it_once_it_is_withdrawn(post: Post, coordinator: Actor) -> None:
    """Between finding the row and claiming it, the withdrawal is committed."""
    fresh = post.invite(coordinator)
    with post.database.read() as session:
        found = queries.find_open_invitation(session, token_hash(fresh.path.removeprefix("/invitations/")), clock.now())
    assert found is not None
    with post.database.write() as session:
        invitations.withdraw(session, coordinator, fresh.id)

    with post.database.write() as session:
        is_claimed = queries.claim_invitation(session, found, clock.now())

    assert not is_claimed


def test_an_invitation_that_was_taken_meanwhile_is_not_withdrawn(post: Post, coordinator: Actor) -> None:
    fresh = post.invite(coordinator)
    post.accept(fresh.path)

    with post.database.write() as session:
        is_withdrawn = queries.withdraw_invitation(session, fresh.id, clock.now())

    assert not is_withdrawn
    with pytest.raises(InvitationUnusable):
        post.accept(fresh.path)
