"""Who acts: the identity that every service takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person may do; the first three belong to one economy."""

    CONTRIBUTOR = "contributor"
    COORDINATOR = "coordinator"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    SECRETARIAT = "secretariat"
    ANALYST = "analyst"
    PEER_REVIEWER = "peer_reviewer"


ECONOMY_ROLES = frozenset({Role.CONTRIBUTOR, Role.COORDINATOR, Role.APPROVER})


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, an API key's owner, or the command line; `economy` is a code, or None outside economies."""

    user_id: UUID | None
    name: str
    role: Role
    economy: str | None = None

    @property
    def is_official(self) -> bool:
        """Whether the actor answers for an economy."""
        return self.role in ECONOMY_ROLES and self.economy is not None


COMMAND_LINE = Actor(user_id=None, name="Command line", role=Role.ADMINISTRATOR)
