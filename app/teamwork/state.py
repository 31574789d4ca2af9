"""What a review's team is doing, as read: who has what, what is discussed, who is here, and when one was here last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.kit.actor import Role


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A section, or one item of it; `item` is empty for the section as a whole."""

    section: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the economy's team, as every colleague may know them: no address."""

    id: UUID
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is responsible for a place at present, until when, and what was said when it was handed over."""

    id: UUID
    review_id: UUID
    place: Place
    user_id: UUID
    name: str
    is_here: bool
    """Whether the person still belongs to the team: neither disabled nor moved elsewhere."""
    due_on: date | None
    note: str
    assigned_by: str
    assigned_at: datetime
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """What is discussed about one item: open and resolved threads, mentions that one has not read, the others' last post."""

    open: int = 0
    resolved: int = 0
    unread: int = 0
    others_last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """Where somebody was, and when."""

    user_id: UUID
    name: str
    place: Place
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Visits:
    """When one was here last, and when the visit before ended; None at the first."""

    last: datetime
    previous: datetime | None


@dataclass(frozen=True, slots=True)
class TeamState:
    """Everything of a team that the pages of a review show, read for one person."""

    holders: Mapping[Place, Holder] = field(default_factory=dict)
    talks: Mapping[str, Talk] = field(default_factory=dict)
    here: tuple[Here, ...] = ()
    """The others who are here now."""
    me: Here | None = None
    """Where the person was last; None before the first time."""
    visits: Visits | None = None

    def holder(self, place: Place) -> Holder | None:
        """Return who is responsible for a place; an item's own assignment wins over its section's."""
        return self.holders.get(place) or self.holders.get(Place(place.section))
