"""Record what was done, in the same transaction; and prove later that the record was not touched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.audit import queries
from app.audit.tables import AuditEvent
from app.audit.wanted import EVERYTHING, Wanted
from app.kit import clock
from app.kit.actor import Actor

Detail = Mapping[str, str | int | None]

_BEFORE_THE_FIRST = "0" * 64
PAGE = 100


@dataclass(frozen=True, slots=True)
class Event:
    """One recorded act, as read."""

    sequence: int
    at: datetime
    actor_user_id: UUID | None
    actor_name: str
    actor_role: str
    economy: str | None
    action: str
    target_kind: str
    target_id: str
    detail: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Head:
    """The chain's end: kept elsewhere, it shows later whether the end was cut off."""

    sequence: int
    hash: str


def record(
    session: Session,
    actor: Actor,
    action: str,
    *,
    target_kind: str,
    target_id: UUID | str,
    economy: str | None = None,
    detail: Detail | None = None,
) -> None:
    """Append one event, such as "accounts.signed_in"; call it last, for on PostgreSQL others wait until this commits.

    Never put a secret, a mail address, a name or an answer into `detail`: what is chained can never be taken out. A person
    stands in it as an id, and the name is looked up when it is shown.
    """
    queries.lock_chain(session)
    end = head(session)
    content: dict[str, object] = {
        "sequence": end.sequence + 1,
        "at": clock.now(),
        "actor_user_id": actor.user_id,
        "actor_name": actor.name if actor.user_id is None else "",
        "actor_role": actor.role.value,
        "economy": economy,
        "action": action,
        "target_kind": target_kind,
        "target_id": str(target_id),
        "detail": _canonical(detail or {}),
    }
    queries.append(session, {**content, "previous_hash": end.hash, "hash": _hash(end.hash, content)})


def take_turn(session: Session) -> None:
    """Wait for whoever recorded something and has not committed yet: for an act that must see what they did before it decides.

    Take it before any lock on a row. On SQLite there is one writer at a time anyway."""
    queries.lock_chain(session)


def verify(session: Session) -> int | None:
    """Return the first sequence number that is missing or was changed; None when the chain is whole."""
    expected, previous_hash = 1, _BEFORE_THE_FIRST
    for event in queries.each_event(session):
        links = event.sequence == expected and event.previous_hash == previous_hash
        if not links or event.hash != _hash(previous_hash, _content(event)):
            return expected
        expected, previous_hash = expected + 1, event.hash
    return None


def head(session: Session) -> Head:
    """Return the end of the chain."""
    end = queries.find_end(session)
    return head_before_the_first() if end is None else Head(*end)


def has_head(session: Session, kept: Head) -> bool:
    """Tell whether the record still holds an end that was kept elsewhere; where it does not, its end was cut off or rewritten."""
    return kept == head_before_the_first() or queries.find_hash(session, kept.sequence) == kept.hash


def head_before_the_first() -> Head:
    """Return the end of a record without events."""
    return Head(0, _BEFORE_THE_FIRST)


def list_events(
    session: Session, actor: Actor, *, before: int | None = None, limit: int = PAGE, wanted: Wanted = EVERYTHING
) -> list[Event]:
    """List events newest first: all for administrators, an economy's for its coordinator, one's own for others."""
    found = queries.list_for(session, actor, before=before, limit=limit, wanted=wanted)
    return [_read(event, name) for event, name in found]


def find_last(session: Session, actor: Actor, action: str, target_id: UUID | str) -> Event | None:
    """Return the newest event of one kind about one thing; None where there is none, or none that this actor may see."""
    found = queries.find_last_for(session, actor, action, str(target_id))
    return None if found is None else _read(*found)


def find_who_last(session: Session, action: str, target_id: UUID | str) -> UUID | None:
    """Return whose act of one kind about one thing was the newest: for a rule that two people must act, shown to nobody."""
    return queries.find_who_last(session, action, str(target_id))


def _read(event: AuditEvent, name: str) -> Event:
    return Event(
        event.sequence,
        event.at,
        event.actor_user_id,
        name,
        event.actor_role,
        event.economy,
        event.action,
        event.target_kind,
        event.target_id,
        json.loads(event.detail),
    )


def _content(event: AuditEvent) -> dict[str, object]:
    return event.model_dump(exclude={"previous_hash", "hash"})


def _hash(previous_hash: str, content: Mapping[str, object]) -> str:
    return hashlib.sha256((previous_hash + _canonical(content)).encode()).hexdigest()


def _canonical(content: Mapping[str, object]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_plain)


def _plain(value: object) -> str:
    return clock.as_utc(value).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)
