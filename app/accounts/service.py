"""People: create, list, change their role, disable; who may do so is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.accounts import queries, rules
from app.accounts.mailing import letters
from app.accounts.tables import User
from app.audit import service as audit
from app.infra.passwords import Passwords
from app.kit import clock
from app.kit.actor import ECONOMY_ROLES, Actor, Role
from app.kit.errors import Conflict, Forbidden, Invalid, NotFound, Problems
from app.kit.errors import FieldProblem as Problem
from app.kit.ids import new_id
from app.kit.say import mark

_DISABLED = "accounts.user_disabled"


@dataclass(frozen=True, slots=True)
class Person:
    """A person with an account, as those who manage accounts see them."""

    id: UUID
    email: str
    name: str
    role: Role
    economy: str | None
    is_disabled: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person for whom an account is wanted, with a first password."""

    email: str
    name: str
    role: Role
    economy: str | None
    password: str


def create_user(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    role: Role,
    economy: str | None,
    password: str,
    passwords: Passwords,
) -> Person:
    """Create an account with a given password: for administrators and the command line; others invite."""
    wanted = NewPerson(email, name, role, economy, password)
    return create_users(session, actor, [wanted], passwords=passwords)[0]


def create_users(session: Session, actor: Actor, wanted: Sequence[NewPerson], *, passwords: Passwords) -> list[Person]:
    """Create several accounts, all or none; for administrators and the command line."""
    _must_administer(actor)
    # Before the first statement, so that no transaction is open while passwords are hashed.
    hashes = [_checked_hash(person, passwords) for person in wanted]
    created = []
    for person, password_hash in zip(wanted, hashes, strict=True):
        check_economy(session, person.economy)
        user = add_user(
            session,
            email=rules.normal_email(person.email),
            name=person.name,
            role=person.role,
            economy=person.economy,
            password_hash=password_hash,
        )
        _record(session, actor, "accounts.user_created", user, role=user.role)
        created.append(_read(user))
    return created


def set_password(session: Session, actor: Actor, user_id: UUID, password: str, *, passwords: Passwords) -> None:
    """Give a person a new password, from the command line or as an administrator; their sessions end."""
    _must_administer(actor)
    password = rules.normal_password(password)
    problems = Problems()
    rules.check_password(problems, password, email="", name="")
    problems.raise_if_any()
    password_hash = passwords.hash(password)
    user = _get_for(session, actor, user_id)
    user.password_hash, user.password_changed_at = password_hash, clock.now()
    queries.delete_sessions_of(session, user.id)
    letters.tell_password_changed(session, user)
    _record(session, actor, "accounts.password_set", user)


def change_role(session: Session, actor: Actor, user_id: UUID, *, role: str, economy: str | None) -> Person:
    """Give a person another role, never oneself; a coordinator only within the own economy. Their sessions end."""
    _must_be_somebody_else(actor, user_id)
    user = _get_for(session, actor, user_id)
    problems = Problems()
    rules.check_role(problems, role=role, economy=economy)
    problems.raise_if_any()
    must_manage(actor, role, economy)
    check_economy(session, economy)
    before = user.role
    user.role, user.economy = role, economy
    queries.delete_sessions_of(session, user.id)
    _record(session, actor, "accounts.role_changed", user, role_before=before, role=role)
    return _read(user)


def disable_user(session: Session, actor: Actor, user_id: UUID) -> None:
    """End a person's access at once: sessions and keys too, for ever. The last coordinator or administrator stays.

    A coordinator leaves an account alone that is disabled already: who did it says who may undo it."""
    user = _get_for(session, actor, user_id)
    if user.is_disabled and actor.role is not Role.ADMINISTRATOR:
        return
    if user.id == actor.user_id and not queries.has_another(session, user):
        raise Conflict("You are the last one with your role here. Give somebody else this role first.")
    user.is_disabled = True
    queries.delete_sessions_of(session, user.id)
    queries.revoke_keys_of(session, user.id, clock.now())
    _record(session, actor, _DISABLED, user)


def enable_user(session: Session, actor: Actor, user_id: UUID) -> None:
    """Give a disabled person access again; what an administrator ended, only an administrator undoes."""
    user = _get_for(session, actor, user_id)
    if user.is_disabled and not may_enable(session, actor, user.id):
        raise Forbidden("An administrator disabled this account, so only an administrator can enable it again. Ask them.")
    if rules.is_erased(user.email):
        raise Conflict("This person was erased and cannot come back. Invite them again.")
    user.is_disabled = False
    _record(session, actor, "accounts.user_enabled", user)


def may_enable(session: Session, actor: Actor, user_id: UUID) -> bool:
    """Tell, of a disabled person whom this actor manages, whether the actor may enable the account."""
    if actor.role is Role.ADMINISTRATOR:
        return True
    ended = audit.find_last(session, actor, _DISABLED, user_id)
    return ended is not None and ended.actor_role != Role.ADMINISTRATOR


def find_user_id(session: Session, actor: Actor, email: str) -> UUID | None:
    """Return the id under which an address has an account, to administrators; None when there is none."""
    _must_administer(actor)
    user = queries.find_user_by_email(session, rules.normal_email(email))
    return None if user is None else user.id


def list_users(session: Session, actor: Actor) -> list[Person]:
    """List the people whom this actor manages: an economy's for its coordinator, all for administrators."""
    if actor.role not in {Role.ADMINISTRATOR, Role.COORDINATOR}:
        raise Forbidden("Only a coordinator or an administrator sees this list.")
    return [_read(user) for user in queries.list_users_for(session, actor)]


def get_person(session: Session, actor: Actor, user_id: UUID) -> Person:
    """Return a person whom this actor manages."""
    return _read(_get_for(session, actor, user_id, to_change=False))


def list_economy_codes(session: Session, actor: Actor) -> list[str]:
    """List the economies to which this actor may invite people."""
    if actor.role is Role.ADMINISTRATOR:
        return queries.list_economy_codes(session)
    return [] if actor.economy is None else [actor.economy]


def list_answering_economies(session: Session) -> set[str]:
    """List the economies with a coordinator or an approver: somebody there can take up what the economy is asked."""
    return queries.list_economies_with(session, (Role.COORDINATOR, Role.APPROVER))


def get_own(session: Session, actor: Actor) -> Person:
    """Return the actor's own account."""
    user = None if actor.user_id is None else queries.find_user(session, actor.user_id)
    if user is None:
        raise NotFound("account")
    return _read(user)


def must_manage(actor: Actor, role: str, economy: str | None) -> None:
    """Refuse unless the actor may give somebody this role in this economy."""
    if actor.role is Role.ADMINISTRATOR:
        return
    if actor.role is not Role.COORDINATOR or actor.economy is None:
        raise Forbidden("Only a coordinator or an administrator may invite people and change their roles.")
    if role not in ECONOMY_ROLES or economy != actor.economy:
        raise Forbidden("A coordinator invites contributors, approvers and coordinators of the own economy only.")


def check_economy(session: Session, economy: str | None) -> None:
    """Refuse an economy that does not exist."""
    if economy is not None and not queries.economy_exists(session, economy):
        message = mark("Choose an economy from the list.")
        raise Invalid([Problem("economy", "unknown_economy", message)])


def add_user(session: Session, *, email: str, name: str, role: str, economy: str | None, password_hash: str | None) -> User:
    """Store a new person, without a password where one is chosen later.

    Two who take one address at the same moment are told apart by the database."""
    now = clock.now()
    user = User(
        id=new_id(),
        email=email,
        name=name,
        role=role,
        economy=economy,
        password_hash=password_hash,
        created_at=now,
        password_changed_at=None if password_hash is None else now,
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        message = mark("There is already an account with this mail address.")
        raise Invalid([Problem("email", "email_taken", message)]) from error
    return user


def _checked_hash(person: NewPerson, passwords: Passwords) -> str:
    email, password = rules.normal_email(person.email), rules.normal_password(person.password)
    problems = Problems()
    rules.check_person(problems, email=email, name=person.name)
    rules.check_role(problems, role=person.role, economy=person.economy)
    rules.check_password(problems, password, email=email, name=person.name)
    problems.raise_if_any()
    return passwords.hash(password)


def _must_administer(actor: Actor) -> None:
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator may do this.")


def _must_be_somebody_else(actor: Actor, user_id: UUID) -> None:
    if actor.user_id == user_id:
        raise Forbidden("Nobody changes their own role. Ask another coordinator or an administrator.")


def _get_for(session: Session, actor: Actor, user_id: UUID, *, to_change: bool = True) -> User:
    user = queries.find_user_for(session, actor, user_id, to_change=to_change)
    if user is None:
        raise NotFound("person")
    return user


def _record(session: Session, actor: Actor, action: str, user: User, **detail: str) -> None:
    audit.record(session, actor, action, target_kind="user", target_id=user.id, economy=user.economy, detail=detail)


def _read(user: User) -> Person:
    return Person(user.id, user.email, user.name, Role(user.role), user.economy, user.is_disabled, user.created_at)
