"""Erasing a person who asks for it: name and address are gone everywhere, what the person did stays under a pseudonym."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.accounts import rules
from app.audit import service as audit
from app.keeping import erasing_queries as queries
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of it. `pseudonym` is empty where nobody had the address. `remaining`: where the name still stands, with the
    number of rows: it may be somebody else's of the same name there, or cannot change."""

    pseudonym: str
    remaining: tuple[tuple[str, int], ...]


def erase(session: Session, actor: Actor, email: str) -> Erased:
    """Erase whoever has this address. Run again, it finds nothing more; it is all one transaction."""
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator can erase a person.")
    address = rules.normal_email(email)
    found = queries.find_person(session, address)
    if found is not None and found.is_last_administrator:
        raise Conflict("This is the last administrator. Give somebody else this role first.")
    queries.forget_address(session, address)
    if found is None:
        return Erased("", ())
    pseudonym = pseudonym_of(found.id)
    is_only_one = queries.is_only_one_named(session, found.name)
    queries.delete_what_is_theirs(session, found.id)
    queries.replace_names(session, found.id, found.name, pseudonym, by_name=is_only_one)
    queries.erase_account(session, found.id, pseudonym, rules.erased_address(found.id))
    remaining = queries.count_names(session, found.id, found.name)
    audit.record(session, actor, "accounts.erased", target_kind="user", target_id=found.id, economy=found.economy)
    return Erased(pseudonym, tuple(remaining))


def pseudonym_of(user_id: UUID) -> str:
    """Return under which name a person's acts are shown afterwards: always the same, and telling nothing."""
    return f"Erased person {user_id.hex[-6:]}"
