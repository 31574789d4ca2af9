"""The keys of everybody, for administrators: whose they are, what they ask, and ending one with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from app.accounts import keys
from app.accounts.clients import letters, queries, usage
from app.accounts.clients.granting import checked_reason, must_administer
from app.accounts.keys import Key, key_of
from app.accounts.mailing.notices import Desk
from app.accounts.tables import ApiKey, User
from app.audit import service as audit
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, NotFound
from app.kit.say import mark


@dataclass(frozen=True, slots=True)
class ClientKey:
    """One key with its owner, and what it asked in the last thirty days."""

    key: Key
    owner_id: UUID
    owner: str
    role: Role
    used: usage.Used
    institution: str = ""
    """Who asked for it and what for; empty where its owner made it."""
    purpose: str = ""


def list_keys(session: Session, actor: Actor, *, with_ended: bool = False) -> list[ClientKey]:
    """List everybody's keys, the newest first; those that work, or all."""
    must_administer(actor)
    sums = queries.sum_use(session, usage.shown_since())
    found = queries.list_all_keys(session, works_at=None if with_ended else clock.now())
    return [_client_key(key, owner, sums.get(key.id, queries.Sums())) for key, owner in found]


def get_key(session: Session, actor: Actor, key_id: UUID) -> ClientKey:
    """Return one key of anybody."""
    must_administer(actor)
    found = queries.find_any_key(session, key_id)
    if found is None:
        raise NotFound("key")
    asked = queries.find_request_of(session, _line(session, found[0]))
    sums = queries.sum_use(session, usage.shown_since()).get(key_id, queries.Sums())
    institution, purpose = ("", "") if asked is None else (asked.institution, asked.purpose)
    return _client_key(*found, sums, institution, purpose)


def get_own(session: Session, actor: Actor, key_id: UUID) -> Key:
    """Return one of the actor's own keys, also one that works no more."""
    found = queries.find_key_of(session, keys.own_id(actor), key_id)
    if found is None:
        raise NotFound("key")
    return key_of(found)


def revoke(session: Session, actor: Actor, key_id: UUID, *, reason: str, desk: Desk) -> None:
    """Make anybody's key stop working, at once and for ever; its owner reads the reason."""
    must_administer(actor)
    found = queries.find_any_key(session, key_id, to_change=True)
    if found is None:
        raise NotFound("key")
    row, owner = found
    if not key_of(row).works_at(clock.now()):
        raise Conflict(mark("This key works no more already."))
    row.revoked_reason, row.revoked_at = checked_reason(reason), clock.now()
    letters.tell_revoked(session, actor, row, desk)
    session.flush()
    audit.record(session, actor, "accounts.key_revoked_by_other", target_kind="api_key", target_id=row.id, economy=owner.economy)


def _line(session: Session, row: ApiKey) -> list[UUID]:
    """Return the key and those that it followed."""
    line = [row.id]
    while row.follows is not None and (before := queries.find_any_key(session, row.follows)) is not None:
        row = before[0]
        line.append(row.id)
    return line


def _client_key(row: ApiKey, owner: User, sums: queries.Sums, institution: str = "", purpose: str = "") -> ClientKey:
    used = usage.Used(sums.requests, sums.unchanged, sums.refused)
    return ClientKey(key_of(row), owner.id, owner.name, Role(owner.role), used, institution, purpose)
