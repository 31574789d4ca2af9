"""The people of an economy's team, as all of them may know each other: names and roles, never an address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import Session

from app.kit.actor import Actor, Role
from app.kit.errors import NotFound
from app.teamwork import queries
from app.teamwork.state import Member


def team_of(session: Session, actor: Actor) -> list[Member]:
    """List the colleagues of the actor's economy who have an account that works, by name; the actor too."""
    if not actor.is_official:
        return []
    return [Member(user.id, user.name, Role(user.role)) for user in queries.members(session, actor)]


def must_be_of_team(team: Sequence[Member], ids: Collection[UUID]) -> None:
    """Refuse somebody who is not of the team; another economy's official looks like nobody."""
    if not set(ids) <= {member.id for member in team}:
        raise NotFound("person")
