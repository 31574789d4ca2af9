"""Who a request comes from, once its session or key was found."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.accounts.scopes import READS, Scope
from app.accounts.tables import User
from app.infra.zones import UTC_NAME
from app.kit.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class Identity:
    """An actor, and either the session or the API key that showed who it is."""

    actor: Actor
    user_id: UUID
    session_id: UUID | None = None
    csrf_secret: str | None = None
    key_id: UUID | None = None
    is_due_for_touch: bool = False
    time_zone: str = UTC_NAME
    """That of the actor's economy; UTC for those who belong to none."""
    has_second_factor: bool = False
    scopes: frozenset[Scope] = READS
    """What a key may do, never more than its owner; it says nothing of a session, which may do what its owner may."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: its token goes into the cookie and is stored nowhere."""

    token: str
    actor: Actor
    flash: str = ""
    """A registered message that the next page shows; empty where there is none."""


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The first step is done, the second is to come: the token goes into a cookie of its own, and is no session."""

    token: str


def actor_of(user: User) -> Actor:
    """Return the actor that a person is."""
    return Actor(user_id=user.id, name=user.name, role=Role(user.role), economy=user.economy)
