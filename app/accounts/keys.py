"""API keys: made by their owner, shown once, stored as a hash; they read what the owner may, and do what scopes name."""

from __future__ import annotations

import re
import secrets
import string
import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.accounts import queries, rules
from app.accounts.identity import Identity, actor_of
from app.accounts.scopes import READS, Scope, scopes_for, stored, written
from app.accounts.tables import ApiKey
from app.audit import service as audit
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict, Forbidden, NotFound, Problems
from app.kit.ids import new_id, new_token, token_hash
from app.kit.say import mark, say, say_number
from app.kit.text import clean
from app.kit.tiers import Tier, tier_of

DEFAULT_DAYS = 90
MOST_DAYS = 365
MOST_KEYS = 10

_NO_LABEL = mark("Enter what this key is for.")
_NOT_FOR_ROLE = mark(
    "Only an administrator can make a key that changes questionnaires. Ask one of yours, or make one that reads."
)
_BAD_LABEL = say("Write what this key is for on one line of at most {most} characters.", most=rules.LONGEST_NAME)

_PREFIX_LENGTH = 8
_PREFIX_LETTERS = string.ascii_lowercase + string.digits
# rdy_<8 of prefix>_<43 of secret><8 of CRC-32>: the checksum lets scanners and this service tell a key from a typing error.
_KEY = re.compile(r"(rdy_[a-z0-9]{8}_[A-Za-z0-9_-]{43})([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Key:
    """A key as its owner sees it: everything but the secret."""

    id: UUID
    prefix: str
    label: str
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None
    revoked_at: datetime | None
    scopes: frozenset[Scope] = READS
    tier: Tier = Tier.STANDARD
    follows: UUID | None = None
    """The key that it replaced; None for the first of its line."""
    revoked_reason: str = ""
    """Why somebody else revoked it; empty where nobody did."""

    def works_at(self, now: datetime) -> bool:
        """Tell whether the key is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class NewKey:
    """A fresh key with its secret, shown this once."""

    key: Key
    secret: str


def create_key(
    session: Session, actor: Actor, *, label: str, days: int = DEFAULT_DAYS, scopes: frozenset[Scope] = READS
) -> NewKey:
    """Make a key for the actor; a scope that is not for the actor's role is refused."""
    user_id = own_id(actor)
    label = clean(label)
    problems = Problems()
    rules.check_name(problems, label, field="label", missing=_NO_LABEL, unfit=_BAD_LABEL)
    if not 1 <= days <= MOST_DAYS:
        problems.add("days", "out_of_range", say("A key lasts between 1 and {most} days.", most=MOST_DAYS))
    if not scopes <= scopes_for(actor.role):
        problems.add("scopes", "not_for_this_role", _NOT_FOR_ROLE)
    problems.raise_if_any()
    now = clock.now()
    if queries.count_working_keys(session, user_id, now) >= MOST_KEYS:
        raise Conflict(
            say_number(
                "You have {number} key that works. Revoke one that you no longer need first.",
                "You have {number} keys that work. Revoke one that you no longer need first.",
                MOST_KEYS,
            )
        )
    fresh = issue(session, user_id, label=label, days=days, scopes=scopes)
    _record(session, actor, "accounts.key_created", fresh.key.id, {"days": days, "scopes": written(scopes)})
    return fresh


def issue(
    session: Session,
    user_id: UUID,
    *,
    label: str,
    days: int,
    expires_at: datetime | None = None,
    scopes: frozenset[Scope] = READS,
    tier: Tier = Tier.STANDARD,
    follows: UUID | None = None,
) -> NewKey:
    """Store a fresh key of a person, for some days or until an earlier end. The caller checked what it may be, and records it."""
    now = clock.now()
    prefix, secret = _new_secret()
    row = ApiKey(
        id=new_id(),
        prefix=prefix,
        secret_hash=token_hash(secret),
        label=label,
        user_id=user_id,
        created_at=now,
        expires_at=expires_at or now + timedelta(days=days),
        days=days,
        scopes=written(scopes),
        tier=tier.value,
        follows=follows,
    )
    session.add(row)
    session.flush()
    return NewKey(key_of(row), secret)


def list_keys(session: Session, actor: Actor) -> list[Key]:
    """List the actor's own keys, the newest first."""
    return [key_of(row) for row in queries.list_keys_for(session, actor)]


def revoke_key(session: Session, actor: Actor, key_id: UUID) -> None:
    """Make one of the actor's own keys stop working, at once and for ever."""
    row = queries.find_key_for(session, actor, key_id)
    if row is None:
        raise NotFound("key")
    row.revoked_at = clock.now()
    _record(session, actor, "accounts.key_revoked", row.id)


def looks_like_key(secret: str) -> bool:
    """Tell a whole key from anything else by its form and checksum, without asking the database."""
    parts = _KEY.fullmatch(secret)
    return parts is not None and parts[2] == _checksum(parts[1])


def find_tier(session: Session, secret: str) -> tuple[UUID, UUID, Tier] | None:
    """Return which key this is, whose, and how much it may ask; None for one that does not work."""
    found = queries.find_key(session, token_hash(secret), clock.now()) if looks_like_key(secret) else None
    return None if found is None else (found[0].id, found[0].user_id, tier_of(found[0].tier))


def find_identity(session: Session, secret: str) -> Identity | None:
    """Recognise a key that works; it acts as its owner."""
    now = clock.now()
    found = queries.find_key(session, token_hash(secret), now) if looks_like_key(secret) else None
    if found is None:
        return None
    row, owner = found
    actor = actor_of(owner)
    scopes = stored(row.scopes) & scopes_for(actor.role)
    return Identity(actor, owner.id, key_id=row.id, is_due_for_touch=row.last_used_on != now.date(), scopes=scopes)


def touch(session: Session, key_id: UUID) -> None:
    """Note the day on which a key was used."""
    queries.touch_key(session, key_id, clock.now().date())


def own_id(actor: Actor) -> UUID:
    """Return whose keys are meant; the command line has none."""
    if actor.user_id is None:
        raise Forbidden("A key belongs to a person with an account.")
    return actor.user_id


def _new_secret() -> tuple[str, str]:
    prefix = "".join(secrets.choice(_PREFIX_LETTERS) for _ in range(_PREFIX_LENGTH))
    body = f"rdy_{prefix}_{new_token()}"
    return prefix, body + _checksum(body)


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"


def _record(session: Session, actor: Actor, action: str, key_id: UUID, detail: audit.Detail | None = None) -> None:
    audit.record(session, actor, action, target_kind="api_key", target_id=key_id, economy=actor.economy, detail=detail)


def key_of(row: ApiKey) -> Key:
    """Return a stored key as its owner sees it."""
    times = row.created_at, row.expires_at, row.last_used_on, row.revoked_at
    return Key(row.id, row.prefix, row.label, *times, stored(row.scopes), tier_of(row.tier), row.follows, row.revoked_reason)
