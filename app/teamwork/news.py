"""What is new for each person of an economy: what a digest or a reminder would say. Three statements for everybody.

This room does not know what is answered. Whoever sends a reminder asks the room of the reviews which of the places that
are due have something left (`reviews.shares.still_left`), and leaves the others out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel import Session

from app.infra.zones import current_zone
from app.kit.actor import Actor
from app.teamwork import overview, queries
from app.teamwork.state import Holder, Place

SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody said something about an item."""

    review_id: UUID
    place: Place
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """What is new for one person, since a moment; and what is due, whenever it was assigned."""

    mentions: tuple[Said, ...] = ()
    assigned: tuple[Holder, ...] = ()
    said: tuple[Said, ...] = ()
    """By others, in open discussions of what is theirs."""
    due_soon: tuple[Holder, ...] = ()
    overdue: tuple[Holder, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.mentions or self.assigned or self.said or self.due_soon or self.overdue)


NOTHING = News()


def of_economy(session: Session, economy: str, *, since: datetime, now: datetime) -> dict[UUID, News]:
    """Return the news of every person of an economy for whom there are any."""
    found: dict[UUID, News] = {}
    holders = [overview.holder_of(row) for row in queries.assignments_of_economy(session, economy)]
    for holder in holders:
        if holder.is_here:
            found[holder.user_id] = _with_assignment(found.get(holder.user_id, NOTHING), holder, since, now)
    for row in queries.mentions_since(session, economy, since):
        news = found.get(row["user_id"], NOTHING)
        found[row["user_id"]] = replace(news, mentions=(*news.mentions, _said(row)))
    for user_id, said in _of_holders(queries.posts_since(session, economy, since), holders):
        news = found.get(user_id, NOTHING)
        found[user_id] = replace(news, said=(*news.said, said))
    return {user_id: news for user_id, news in found.items() if not news.is_empty}


def of_person(session: Session, actor: Actor, *, since: datetime, now: datetime) -> News:
    """Return the news of one person."""
    if actor.user_id is None or actor.economy is None:
        return NOTHING
    return of_economy(session, actor.economy, since=since, now=now).get(actor.user_id, NOTHING)


def _with_assignment(news: News, holder: Holder, since: datetime, now: datetime) -> News:
    if holder.assigned_at > since and not holder.is_seen:
        news = replace(news, assigned=(*news.assigned, holder))
    this_day = now.astimezone(current_zone()).date()
    if holder.due_on is None or holder.due_on > this_day + SOON:
        return news
    if holder.due_on < this_day:
        return replace(news, overdue=(*news.overdue, holder))
    return replace(news, due_soon=(*news.due_soon, holder))


def _of_holders(rows: Iterable[RowMapping], holders: Iterable[Holder]) -> Iterable[tuple[UUID, Said]]:
    by_place: Mapping[tuple[UUID, Place], Holder] = {(holder.review_id, holder.place): holder for holder in holders}
    for row in rows:
        said = _said(row)
        holder = by_place.get((said.review_id, said.place)) or by_place.get((said.review_id, Place(said.place.section)))
        if holder is not None and holder.is_here and holder.user_id != row["author"]:
            yield holder.user_id, said


def _said(row: RowMapping) -> Said:
    return Said(row["review_id"], Place(row["section"], row["item"]), row["name"], row["created_at"])
