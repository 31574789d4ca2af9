"""Every statement on requests for keys, on the use of keys, and on the keys of everybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from app.accounts.clients.tables import KeyRequest, KeyUse, State
from app.accounts.tables import ApiKey, User

# --- requests for keys


def count_requests(session: Session, since: datetime, *, address_hash: str | None = None, email: str | None = None) -> int:
    """Count requests: from one network, for one address of mail, or (with neither) in all."""
    statement = select(func.count()).select_from(KeyRequest).where(KeyRequest.asked_at > since)
    if address_hash is not None:
        statement = statement.where(KeyRequest.address_hash == address_hash)
    if email is not None:
        statement = statement.where(KeyRequest.email == email)
    return session.exec(statement).one()


def find_by_token(session: Session, token_hash: str, *, to_use: bool = False) -> KeyRequest | None:
    """Find the request behind a link; one that is to be used is locked until the end of the transaction."""
    statement = select(KeyRequest).where(KeyRequest.token_hash == token_hash)
    return session.exec(statement.with_for_update() if to_use else statement).first()


def find_request(session: Session, request_id: UUID, *, to_change: bool = False) -> KeyRequest | None:
    """Find a request whose address was confirmed."""
    statement = select(KeyRequest).where(KeyRequest.id == request_id, KeyRequest.state != State.UNCONFIRMED)
    return session.exec(statement.with_for_update() if to_change else statement).first()


def list_requests(session: Session, states: Collection[State], most: int) -> list[KeyRequest]:
    """List requests in some states, the oldest first."""
    wanted = col(KeyRequest.state).in_([state.value for state in states])
    return list(session.exec(select(KeyRequest).where(wanted).order_by(col(KeyRequest.asked_at)).limit(most)))


def find_request_of(session: Session, key_ids: Collection[UUID]) -> KeyRequest | None:
    """Find the request with which a line of keys began."""
    return session.exec(select(KeyRequest).where(col(KeyRequest.key_id).in_(key_ids))).first()


def delete_requests(session: Session, states: Collection[State], before: datetime) -> None:
    """Forget requests in some states that were made before a moment."""
    wanted = col(KeyRequest.state).in_([state.value for state in states])
    session.exec(delete(KeyRequest).where(wanted, col(KeyRequest.asked_at) <= before))


# --- keys of everybody


@dataclass(frozen=True, slots=True)
class Sums:
    """What a key asked in all, within some days."""

    requests: int = 0
    unchanged: int = 0
    refused: int = 0


def list_all_keys(session: Session, *, works_at: datetime | None) -> list[tuple[ApiKey, User]]:
    """List every key with its owner, the newest first; with a moment, those that work then."""
    statement = select(ApiKey, User).join(User, col(User.id) == ApiKey.user_id).order_by(col(ApiKey.created_at).desc())
    if works_at is not None:
        statement = statement.where(col(ApiKey.revoked_at).is_(None), ApiKey.expires_at > works_at)
    return [(key, owner) for key, owner in session.exec(statement)]


def find_any_key(session: Session, key_id: UUID, *, to_change: bool = False) -> tuple[ApiKey, User] | None:
    """Find any key and its owner."""
    statement = select(ApiKey, User).join(User, col(User.id) == ApiKey.user_id).where(ApiKey.id == key_id)
    found = session.exec(statement.with_for_update(of=ApiKey) if to_change else statement).first()
    return None if found is None else (found[0], found[1])


def find_key_of(session: Session, user_id: UUID, key_id: UUID) -> ApiKey | None:
    """Find one of a person's own keys, also one that works no more."""
    return session.exec(select(ApiKey).where(ApiKey.id == key_id, ApiKey.user_id == user_id)).first()


def find_successor(session: Session, key_id: UUID) -> ApiKey | None:
    """Find the key that replaced another."""
    return session.exec(select(ApiKey).where(ApiKey.follows == key_id)).first()


def list_ending(session: Session, now: datetime, until: datetime) -> list[tuple[ApiKey, User]]:
    """List keys that work, end until a moment, and were not replaced, with their owners; who owns them can still sign in."""
    replaced = select(ApiKey.follows).where(col(ApiKey.follows).is_not(None))
    statement = (
        select(ApiKey, User)
        .join(User, col(User.id) == ApiKey.user_id)
        .where(col(ApiKey.revoked_at).is_(None), ApiKey.expires_at > now, ApiKey.expires_at <= until)
        .where(col(User.is_disabled).is_(False), col(ApiKey.id).not_in(replaced))
    )
    return [(key, owner) for key, owner in session.exec(statement)]


def mark_warned(session: Session, key_id: UUID, days: int) -> bool:
    """Note that the owner of a key is told; False when that was done already, perhaps by another process."""
    is_due = or_(col(ApiKey.warned_days).is_(None), col(ApiKey.warned_days) > days)
    return session.exec(update(ApiKey).where(col(ApiKey.id) == key_id, is_due).values(warned_days=days)).rowcount == 1


# --- use


def add_use(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Add what was counted to what stands there, in one statement."""
    key = ["key_id", "day", "family"]
    if session.get_bind().dialect.name == "sqlite":
        lite = sqlite.insert(KeyUse)
        sums = {name: getattr(KeyUse, name) + lite.excluded[name] for name in ("requests", "unchanged", "refused")}
        session.execute(lite.on_conflict_do_update(index_elements=key, set_=sums), list(rows))
    else:
        great = postgresql.insert(KeyUse)
        sums = {name: getattr(KeyUse, name) + great.excluded[name] for name in ("requests", "unchanged", "refused")}
        session.execute(great.on_conflict_do_update(index_elements=key, set_=sums), list(rows))


def touch_keys(session: Session, key_ids: Collection[UUID], today: date) -> None:
    """Note the day on which some keys were used."""
    is_older = or_(col(ApiKey.last_used_on).is_(None), col(ApiKey.last_used_on) < today)
    session.exec(update(ApiKey).where(col(ApiKey.id).in_(key_ids), is_older).values(last_used_on=today))


def list_use(session: Session, key_id: UUID, since: date) -> list[KeyUse]:
    """List what a key asked since a day, by day and family."""
    statement = select(KeyUse).where(KeyUse.key_id == key_id, KeyUse.day >= since)
    return list(session.exec(statement.order_by(col(KeyUse.day).desc(), col(KeyUse.family))))


def sum_use(session: Session, since: date) -> dict[UUID, Sums]:
    """Return what each key asked in all since a day."""
    sums = (func.sum(KeyUse.requests), func.sum(KeyUse.unchanged), func.sum(KeyUse.refused))
    found = session.exec(select(KeyUse.key_id, *sums).where(KeyUse.day >= since).group_by(col(KeyUse.key_id)))
    return {key_id: Sums(int(requests), int(unchanged), int(refused)) for key_id, requests, unchanged, refused in found}


def delete_use_before(session: Session, day: date) -> None:
    session.exec(delete(KeyUse).where(col(KeyUse.day) < day))
