"""From the first step of signing in to a session: at once, or by way of a half-signed-in state and a second step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from app.accounts import queries, sessions
from app.accounts.identity import HalfWay, SignedIn
from app.accounts.second_step import factors
from app.accounts.second_step import queries as factor_queries
from app.accounts.second_step.tables import HalfSignedIn
from app.accounts.sessions import Lifetime
from app.accounts.tables import User
from app.audit import service as audit
from app.infra.db import Database
from app.kit import clock
from app.kit.errors import NotSignedIn
from app.kit.ids import new_id, new_token, token_hash

LASTS = timedelta(minutes=5)

_TOKEN_LENGTH = 43


@dataclass(frozen=True, slots=True)
class Arrival:
    """In which browser somebody arrives, where they want to go, and the session that they had there before, if any."""

    user_agent: str
    lifetime: Lifetime
    back: str = "/"
    earlier_token: str | None = None


@dataclass(frozen=True, slots=True)
class Half:
    """A half-signed-in state that still counts."""

    id: UUID
    user_id: UUID
    back: str


def enter(session: Session, user: User, arrival: Arrival, *, way: str, is_proved: bool = False) -> SignedIn | HalfWay:
    """Go on after a first step; `is_proved` says that it held a second one, as some issuers ask for.

    Every way in leads through here, or a password alone would open what a second step is to keep shut.
    """
    if is_proved or not factor_queries.has_factor(session, user.id):
        return _begin(session, user, arrival, way, has_second_factor=is_proved)
    now, token = clock.now(), new_token()
    factor_queries.delete_ended_halves(session, now)
    session.add(
        HalfSignedIn(
            id=new_id(),
            token_hash=token_hash(token),
            user_id=user.id,
            back=arrival.back,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    return HalfWay(token)


def find(session: Session, token: str | None) -> Half | None:
    """Recognise a half-signed-in state by the token of its cookie."""
    found = _find(session, token)
    return None if found is None else Half(found[0].id, found[0].user_id, found[0].back)


def get(database: Database, token: str | None) -> Half:
    """Return the half-signed-in state; without one, the sign-in begins anew."""
    with database.read() as session:
        half = find(session, token)
    if half is None:
        raise NotSignedIn
    return half


def finish(session: Session, token: str | None, arrival: Arrival, *, way: str, flash: str = "") -> SignedIn:
    """Begin the session of somebody who has taken the second step; the state serves once."""
    found = _find(session, token)
    if found is None or not factor_queries.take_half(session, found[0].id):
        raise NotSignedIn
    signed_in = _begin(session, found[1], arrival, way, has_second_factor=True)
    return SignedIn(signed_in.token, signed_in.actor, signed_in.flash or flash)


def _begin(session: Session, user: User, arrival: Arrival, way: str, *, has_second_factor: bool) -> SignedIn:
    if arrival.earlier_token is not None:
        queries.delete_session(session, token_hash(arrival.earlier_token))
    begun = sessions.begin(
        session, user, user_agent=arrival.user_agent, lifetime=arrival.lifetime, has_second_factor=has_second_factor
    )
    flash = "accounts.second_step_was_reset" if factors.take_news_of_reset(session, user.id) else ""
    actor = begun.actor
    audit.record(
        session,
        actor,
        "accounts.signed_in",
        target_kind="user",
        target_id=str(user.id),
        economy=actor.economy,
        detail={"way": way},
    )
    return SignedIn(begun.token, actor, flash)


def _find(session: Session, token: str | None) -> tuple[HalfSignedIn, User] | None:
    if token is None or len(token) != _TOKEN_LENGTH:
        return None
    return factor_queries.find_half(session, token_hash(token), clock.now())
