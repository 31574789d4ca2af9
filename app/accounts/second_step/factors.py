"""The ways in which a person can take the second step: which there are, and what their coming and going means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from app.accounts import queries
from app.accounts.identity import Identity
from app.accounts.mailing import letters
from app.accounts.second_step import guesses
from app.accounts.second_step import queries as factor_queries
from app.accounts.second_step.tables import FactorReset
from app.accounts.tables import User
from app.audit import service as audit
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound, NotSignedIn

FEW_CODES = 3


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    """One passkey as its owner knows it."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reset:
    """That an administrator took somebody's second step away."""

    at: datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has for the second step; `app_since` is None without an app."""

    app_since: datetime | None
    passkeys: tuple[OwnPasskey, ...]
    codes_left: int
    reset: Reset | None

    @property
    def has_any(self) -> bool:
        """Whether signing in asks for a second step."""
        return self.app_since is not None or bool(self.passkeys)

    @property
    def is_short_of_codes(self) -> bool:
        """Whether new recovery codes should be made soon."""
        return self.has_any and self.codes_left <= FEW_CODES


def read(session: Session, user_id: UUID) -> Factors:
    """Return what a person has."""
    app = factor_queries.find_authenticator(session, user_id)
    reset = factor_queries.find_reset(session, user_id)
    return Factors(
        None if app is None else app.confirmed_at,
        tuple(
            OwnPasskey(one.id, one.name, one.created_at, one.last_used_at)
            for one in factor_queries.list_passkeys(session, user_id)
        ),
        factor_queries.count_unused_codes(session, user_id),
        None if reset is None else Reset(reset.at, reset.by_name),
    )


def read_for(session: Session, actor: Actor, user_id: UUID) -> Factors | None:
    """Return what somebody has, to administrators; None is all that others learn."""
    return read(session, user_id) if actor.role is Role.ADMINISTRATOR else None


def added(session: Session, identity: Identity, kind: str) -> None:
    """Note that a person has set up a way: sessions that came without a second step end, but for this one."""
    factor_queries.delete_other_sessions(session, identity.user_id, identity.session_id)
    factor_queries.set_sessions_second_factor(session, identity.user_id, has_it=True)
    factor_queries.delete_halves_of(session, identity.user_id)
    guesses.forgive(session, identity.user_id)
    letters.tell_second_step_added(session, _person(session, identity))
    record(session, identity.actor, "accounts.second_step_added", identity.user_id, way=kind)


def removed(session: Session, identity: Identity, kind: str) -> None:
    """Note that a person has removed a way; with the last one the recovery codes go, which are of no use alone."""
    if not factor_queries.has_factor(session, identity.user_id):
        factor_queries.delete_codes(session, identity.user_id)
        factor_queries.set_sessions_second_factor(session, identity.user_id, has_it=False)
    factor_queries.delete_halves_of(session, identity.user_id)
    letters.tell_second_step_removed(session, _person(session, identity))
    record(session, identity.actor, "accounts.second_step_removed", identity.user_id, way=kind)


def reset_for(session: Session, actor: Actor, user_id: UUID) -> None:
    """Take away everything that a person has lost, as an administrator who knows who asks; their sessions end."""
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator may do this.")
    if actor.user_id == user_id:
        raise Forbidden("Nobody resets their own second step. Remove it under Ways to sign in, or ask another administrator.")
    user = queries.find_user_for(session, actor, user_id, to_change=True)
    if user is None:
        raise NotFound("person")
    if not factor_queries.has_factor(session, user_id):
        raise Conflict("This person has no second step that could be reset.")
    forget_all(session, user_id)
    session.merge(FactorReset(user_id=user_id, at=clock.now(), by_name=actor.name, seen_at=None))
    letters.tell_second_step_reset(session, user)
    audit.record(session, actor, "accounts.second_step_reset", target_kind="user", target_id=user_id, economy=user.economy)


def take_news_of_reset(session: Session, user_id: UUID) -> bool:
    """Tell, once, whether the person still has to learn of a reset."""
    reset = factor_queries.find_reset(session, user_id)
    if reset is None or reset.seen_at is not None:
        return False
    reset.seen_at = clock.now()
    return True


def record(session: Session, actor: Actor, action: str, user_id: UUID, **detail: str) -> None:
    """Record what was done about a person's second step."""
    audit.record(session, actor, action, target_kind="user", target_id=user_id, economy=actor.economy, detail=detail)


def forget_all(session: Session, user_id: UUID) -> None:
    """Forget every way to take the second step, and end what was signed in with it. For the use cases of this room."""
    factor_queries.delete_authenticator(session, user_id)
    factor_queries.delete_passkeys(session, user_id)
    factor_queries.delete_challenges(session, user_id)
    factor_queries.delete_codes(session, user_id)
    factor_queries.delete_halves_of(session, user_id)
    guesses.forgive(session, user_id)
    queries.delete_sessions_of(session, user_id)


def _person(session: Session, identity: Identity) -> User:
    person = queries.find_user(session, identity.user_id)
    if person is None:
        raise NotSignedIn
    return person
