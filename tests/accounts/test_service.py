"""Who may create, see, change and disable whom."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.accounts import service
from app.audit import service as audit
from app.infra.db import Database
from app.infra.passwords import Passwords
from app.kit.actor import COMMAND_LINE, Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, People


def change_role(database: Database, actor: Actor, target: Actor, role: Role, economy: str | None) -> None:
    assert target.user_id is not None
    with database.write() as session:
        service.change_role(session, actor, target.user_id, role=role, economy=economy)


def disable(database: Database, actor: Actor, target: Actor) -> None:
    assert target.user_id is not None
    with database.write() as session:
        service.disable_user(session, actor, target.user_id)


def roles(database: Database) -> dict[str, tuple[str, str | None, bool]]:
    with database.read() as session:
        listed = service.list_users(session, COMMAND_LINE)
    return {person.name: (person.role.value, person.economy, person.is_disabled) for person in listed}


@pytest.mark.abuse("A6")
def test_a_fresh_database_has_no_account(database: Database) -> None:
    """A6."""
    assert roles(database) == {}


def test_an_address_has_one_account(people: People) -> None:
    people.add(Role.ANALYST, email="ana@example.org")

    with pytest.raises(Invalid) as refused:
        people.add(Role.APPROVER, email=" ANA@example.org")

    assert [problem.code for problem in refused.value.problems] == ["email_taken"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_create_accounts_and_set_passwords(
    database: Database, people: People, passwords: Passwords, role: Role
) -> None:
    actor = people.add(role)
    victim = people.add(Role.CONTRIBUTOR)
    assert victim.user_id is not None

    with pytest.raises(Forbidden), database.write() as session:
        service.create_user(
            session,
            actor,
            email="x@example.org",
            name="X",
            role=Role.ADMINISTRATOR,
            economy=None,
            password=PASSWORD,
            passwords=passwords,
        )
    with pytest.raises(Forbidden), database.write() as session:
        service.set_password(session, actor, victim.user_id, OTHER_PASSWORD, passwords=passwords)


def test_a_coordinator_sees_and_manages_the_own_economy_only(database: Database, people: People) -> None:
    coordinator = people.add(Role.COORDINATOR, "NZL", name="Ana")
    people.add(Role.CONTRIBUTOR, "NZL", name="Ben")
    stranger = people.add(Role.CONTRIBUTOR, "CHL", name="Cleo")
    people.add(Role.SECRETARIAT, name="Dora")

    with database.read() as session:
        seen = [person.name for person in service.list_users(session, coordinator)]
    with pytest.raises(NotFound) as foreign:
        disable(database, coordinator, stranger)
    with pytest.raises(NotFound) as random, database.write() as session:
        service.disable_user(session, coordinator, uuid4())

    assert seen == ["Ana", "Ben"]
    assert foreign.value.detail == random.value.detail
    assert roles(database)["Cleo"] == ("contributor", "CHL", False)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.APPROVER, Role.SECRETARIAT, Role.ANALYST])
def test_other_roles_manage_nobody(database: Database, people: People, role: Role) -> None:
    actor, colleague = people.add(role), people.add(Role.CONTRIBUTOR, name="Ben")

    with pytest.raises(Forbidden), database.read() as session:
        service.list_users(session, actor)
    with pytest.raises(NotFound):
        disable(database, actor, colleague)
    with pytest.raises(NotFound):
        change_role(database, actor, colleague, Role.APPROVER, "NZL")

    assert roles(database)["Ben"] == ("contributor", "NZL", False)


@pytest.mark.abuse("T18")
def test_nobody_changes_the_own_role(database: Database, people: People) -> None:
    """T18."""
    coordinator, administrator = people.add(Role.COORDINATOR, name="Ana"), people.add(Role.ADMINISTRATOR, name="Ben")

    with pytest.raises(Forbidden):
        change_role(database, coordinator, coordinator, Role.APPROVER, "NZL")
    with pytest.raises(Forbidden):
        change_role(database, administrator, administrator, Role.SECRETARIAT, None)

    assert roles(database) == {"Ana": ("coordinator", "NZL", False), "Ben": ("administrator", None, False)}


@pytest.mark.parametrize(("role", "economy"), [(Role.APPROVER, "CHL"), (Role.ADMINISTRATOR, None), (Role.SECRETARIAT, None)])
def test_a_coordinator_moves_nobody_out_of_the_economy(
    database: Database, people: People, role: Role, economy: str | None
) -> None:
    coordinator, colleague = people.add(Role.COORDINATOR), people.add(Role.CONTRIBUTOR, name="Ben")

    with pytest.raises(Forbidden):
        change_role(database, coordinator, colleague, role, economy)

    assert roles(database)["Ben"] == ("contributor", "NZL", False)


def test_a_coordinator_changes_roles_within_the_economy(database: Database, people: People) -> None:
    coordinator, colleague = people.add(Role.COORDINATOR), people.add(Role.CONTRIBUTOR, name="Ben")

    change_role(database, coordinator, colleague, Role.APPROVER, "NZL")

    assert roles(database)["Ben"] == ("approver", "NZL", False)
    with database.read() as session:
        event = audit.list_events(session, COMMAND_LINE)[0]
    assert (event.action, event.detail) == (
        "accounts.role_changed",
        {"role_before": "contributor", "role": "approver"},
    )


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
@pytest.mark.abuse("T18")
def test_the_last_one_of_a_role_does_not_leave(database: Database, people: People, role: Role) -> None:
    """T18."""
    last = people.add(role, name="Ana")
    if role is Role.COORDINATOR:
        people.add(role, "CHL")

    with pytest.raises(Conflict):
        disable(database, last, last)
    assert not roles(database)["Ana"][2]

    people.add(role, name="Ben")
    disable(database, last, last)
    assert roles(database)["Ana"][2]


def test_a_disabled_person_has_no_access_until_enabled_again(database: Database, people: People) -> None:
    coordinator, colleague = people.add(Role.COORDINATOR, name="Ana"), people.add(Role.CONTRIBUTOR, name="Ben")
    assert colleague.user_id is not None
    disable(database, coordinator, colleague)

    without = roles(database)["Ben"]
    with pytest.raises(NotFound), database.write() as session:
        service.enable_user(session, people.add(Role.COORDINATOR, "PER"), colleague.user_id)
    with database.write() as session:
        service.enable_user(session, coordinator, colleague.user_id)

    assert (without[2], roles(database)["Ben"][2]) == (True, False)


def enable(database: Database, actor: Actor, target: Actor) -> None:
    assert target.user_id is not None
    with database.write() as session:
        service.enable_user(session, actor, target.user_id)


def test_only_an_administrator_enables_whom_an_administrator_disabled(database: Database, people: People) -> None:
    coordinator, colleague = people.add(Role.COORDINATOR), people.add(Role.COORDINATOR, name="Ben")
    administrator = people.add(Role.ADMINISTRATOR)
    disable(database, administrator, colleague)
    disable(database, coordinator, colleague)

    with pytest.raises(Forbidden, match="only an administrator"):
        enable(database, coordinator, colleague)
    still = roles(database)["Ben"][2]
    enable(database, administrator, colleague)

    assert (still, roles(database)["Ben"][2]) == (True, False)


def test_an_administrator_takes_over_what_a_coordinator_disabled(database: Database, people: People) -> None:
    coordinator, colleague = people.add(Role.COORDINATOR), people.add(Role.CONTRIBUTOR, name="Ben")
    disable(database, coordinator, colleague)
    disable(database, people.add(Role.ADMINISTRATOR), colleague)

    with pytest.raises(Forbidden):
        enable(database, coordinator, colleague)


def test_what_counts_is_who_disabled_the_account_last(database: Database, people: People) -> None:
    coordinator, colleague = people.add(Role.COORDINATOR), people.add(Role.CONTRIBUTOR, name="Ben")
    disable(database, COMMAND_LINE, colleague)
    enable(database, COMMAND_LINE, colleague)
    disable(database, coordinator, colleague)

    enable(database, coordinator, colleague)

    assert not roles(database)["Ben"][2]


def test_an_economy_that_does_not_exist_is_named(people: People) -> None:
    with pytest.raises(Invalid) as refused:
        people.add(Role.CONTRIBUTOR, "XXX")

    assert [problem.field for problem in refused.value.problems] == ["economy"]
