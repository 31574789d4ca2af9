"""Rotation: a new key works at once, and the old one until a chosen time, so that no program stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.accounts import keys, queries
from app.accounts.clients import letters
from app.accounts.clients import queries as client_queries
from app.accounts.keys import MOST_KEYS, NewKey, key_of
from app.accounts.mailing.notices import Desk
from app.accounts.scopes import Scope, scopes_for, stored
from app.accounts.tables import ApiKey
from app.audit import service as audit
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict, NotFound, Problems
from app.kit.say import mark, say
from app.kit.tiers import tier_of

LONGEST_OVERLAP = 30
USUAL_OVERLAP = 7
_REPLACED = mark("This key was replaced already. Use the newer key, or revoke it and create another.")
_EXPIRED = mark("This key has expired, so it cannot be replaced. Create a new one.")
_TOO_MANY = mark("Too many of your keys work at the moment. Revoke those that you no longer need first.")


@dataclass(frozen=True, slots=True)
class Rotated:
    """The new key with its secret, shown this once, and until when the old one works."""

    fresh: NewKey
    old_works_until: datetime


def rotate(
    session: Session, actor: Actor, key_id: UUID, *, overlap_days: int, desk: Desk, is_key_itself: bool = False
) -> Rotated:
    """Replace one of the actor's own keys by a new one with the same label, scopes and limits.

    `is_key_itself`: a program asks with the key. Then the new key ends when the old one would have: only a person may make
    access last longer, so a stolen key never outlives what a person decided.
    """
    now = clock.now()
    row = queries.find_key_for(session, actor, key_id)
    if row is None:
        raise NotFound("key")
    _check(session, row, overlap_days, now)
    fresh = keys.issue(
        session,
        row.user_id,
        label=row.label,
        days=_days(row),
        expires_at=row.expires_at if is_key_itself else None,
        scopes=stored(row.scopes) & scopes_for(actor.role),
        tier=tier_of(row.tier),
        follows=row.id,
    )
    row.expires_at = min(row.expires_at, now + timedelta(days=overlap_days))
    session.flush()
    letters.tell_replaced(session, row, fresh.key, desk)
    detail: audit.Detail = {"overlap_days": overlap_days, "new_key": str(fresh.key.id)}
    audit.record(
        session, actor, "accounts.key_rotated", target_kind="api_key", target_id=row.id, economy=actor.economy, detail=detail
    )
    return Rotated(fresh, row.expires_at)


def needs_password(session: Session, actor: Actor, key_id: UUID) -> bool:
    """Tell whether a person is asked for the password before this key is replaced: where it changes something."""
    row = client_queries.find_key_of(session, keys.own_id(actor), key_id)
    return row is not None and Scope.AUTHOR in stored(row.scopes)


def successor_of(session: Session, key_id: UUID) -> keys.Key | None:
    """Return the key that replaced this one; None where none did."""
    found = client_queries.find_successor(session, key_id)
    return None if found is None else key_of(found)


def _check(session: Session, row: ApiKey, overlap_days: int, now: datetime) -> None:
    problems = Problems()
    if not 0 <= overlap_days <= LONGEST_OVERLAP:
        problems.add("overlap_days", "out_of_range", say("Choose between 0 and {most} days.", most=LONGEST_OVERLAP))
    problems.raise_if_any()
    if row.expires_at <= now:
        raise Conflict(_EXPIRED)
    if client_queries.find_successor(session, row.id) is not None:
        raise Conflict(_REPLACED)
    if queries.count_working_keys(session, row.user_id, now) >= 2 * MOST_KEYS:
        raise Conflict(_TOO_MANY)


def _days(row: ApiKey) -> int:
    """Return for how long a person made the key; of one older than that note, for how long it was."""
    return row.days or min(max((row.expires_at - row.created_at).days, 1), keys.MOST_DAYS)
