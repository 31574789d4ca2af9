"""Sessions: begin, recognise, keep alive, end. They live on the server, so ending one works at the next request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app.accounts import queries
from app.accounts.identity import Identity, SignedIn, actor_of
from app.accounts.tables import User, UserSession
from app.audit import service as audit
from app.infra.zones import UTC_NAME
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.kit.ids import new_id, new_token, token_hash

_TOKEN_LENGTH = 43
_LONGEST_AGENT = 200
_TOUCH_AFTER = timedelta(minutes=5)
_TOUCHES_PER_IDLE_TIME = 3
# A clock set back must not lengthen a session; time servers correct by seconds.
_CLOCK_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts without a request, and in any case."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One browser in which a person is signed in."""

    id: UUID
    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    is_this_one: bool


def begin(session: Session, user: User, *, user_agent: str, lifetime: Lifetime, has_second_factor: bool = False) -> SignedIn:
    """Start a session with a new token; those that have ended are cleared away.

    Who has just signed in comes through `second_step.steps.enter`, which asks for the second step first.
    """
    now, token = clock.now(), new_token()
    queries.delete_ended_sessions(session, now)
    session.add(
        UserSession(
            id=new_id(),
            token_hash=token_hash(token),
            user_id=user.id,
            csrf_secret=new_token(),
            created_at=now,
            last_seen_at=now,
            expires_at=now + lifetime.absolute,
            user_agent=_shortened(user_agent),
            has_second_factor=has_second_factor,
        )
    )
    return SignedIn(token, actor_of(user))


def find_identity(session: Session, token: str, lifetime: Lifetime) -> Identity | None:
    """Recognise a session that is neither idle for too long nor too old; None is all that anybody else learns."""
    found = queries.find_session(session, token_hash(token)) if len(token) == _TOKEN_LENGTH else None
    if found is None:
        return None
    row, user, time_zone = found
    now = clock.now()
    if not _is_alive(row, now, lifetime):
        return None
    touch_after = min(_TOUCH_AFTER, lifetime.idle / _TOUCHES_PER_IDLE_TIME)
    is_due = now - row.last_seen_at >= touch_after
    return Identity(
        actor_of(user),
        user.id,
        row.id,
        row.csrf_secret,
        is_due_for_touch=is_due,
        time_zone=time_zone or UTC_NAME,
        has_second_factor=row.has_second_factor,
    )


def touch(session: Session, session_id: UUID) -> None:
    """Note that a session is in use."""
    queries.touch_session(session, session_id, clock.now())


def list_own(session: Session, identity: Identity, lifetime: Lifetime) -> list[OpenSession]:
    """List the browsers in which this person is signed in."""
    now = clock.now()
    return [
        OpenSession(row.id, row.user_agent, row.created_at, row.last_seen_at, is_this_one=row.id == identity.session_id)
        for row in queries.list_sessions(session, identity.user_id, now, now - lifetime.idle)
    ]


def get_own(session: Session, identity: Identity, session_id: UUID, lifetime: Lifetime) -> OpenSession:
    """Return one of one's own sessions."""
    found = next((one for one in list_own(session, identity, lifetime) if one.id == session_id), None)
    if found is None:
        raise NotFound("session")
    return found


def end(session: Session, actor: Actor, token: str) -> None:
    """Sign out here."""
    queries.delete_session(session, token_hash(token))
    if actor.user_id is not None:
        audit.record(session, actor, "accounts.signed_out", target_kind="user", target_id=actor.user_id, economy=actor.economy)


def end_one(session: Session, identity: Identity, session_id: UUID) -> None:
    """End one of one's own sessions, such as that of a browser that was left open elsewhere."""
    if not queries.delete_session_of(session, identity.user_id, session_id):
        raise NotFound("session")
    actor = identity.actor
    audit.record(session, actor, "accounts.session_ended", target_kind="session", target_id=session_id, economy=actor.economy)


def end_others(session: Session, identity: Identity) -> None:
    """Sign a person out everywhere but here."""
    queries.delete_sessions_of(session, identity.user_id, but=identity.session_id)
    actor = identity.actor
    audit.record(
        session, actor, "accounts.signed_out_elsewhere", target_kind="user", target_id=identity.user_id, economy=actor.economy
    )


def end_all(session: Session, actor: Actor, user_id: UUID) -> None:
    """Sign a person out everywhere."""
    queries.delete_sessions_of(session, user_id)
    audit.record(session, actor, "accounts.signed_out_everywhere", target_kind="user", target_id=user_id, economy=actor.economy)


def _is_alive(row: UserSession, now: datetime, lifetime: Lifetime) -> bool:
    is_idle = now - row.last_seen_at >= lifetime.idle
    clock_went_back = now < row.last_seen_at - _CLOCK_SLACK
    is_too_old = now >= min(row.expires_at, row.created_at + lifetime.absolute)
    return not (is_idle or clock_went_back or is_too_old)


def _shortened(user_agent: str) -> str:
    return "".join(character if character.isprintable() else " " for character in user_agent)[:_LONGEST_AGENT]
