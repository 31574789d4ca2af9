"""Everything that the pages of a review show of its team, read in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel import Session

from app.kit import clock
from app.kit.actor import Actor
from app.teamwork import queries
from app.teamwork.state import Here, Holder, Place, Talk, TeamState, Visits

HERE_FOR = timedelta(seconds=90)


def of_review(session: Session, actor: Actor, review_id: UUID) -> TeamState:
    """Return what the team of a review is doing; nothing for a review of another economy."""
    rows = queries.state_rows(session, actor, here_since=clock.now() - HERE_FOR, review_id=review_id)
    return _state(rows, actor)


def of_economy(session: Session, actor: Actor) -> dict[UUID, TeamState]:
    """Return the same for every review of the actor's economy in which somebody has done something."""
    by_review: dict[UUID, list[RowMapping]] = {}
    for row in queries.state_rows(session, actor, here_since=clock.now() - HERE_FOR):
        by_review.setdefault(row["review_id"], []).append(row)
    return {review_id: _state(rows, actor) for review_id, rows in by_review.items()}


def holder_of(row: RowMapping) -> Holder:
    """Read who is responsible for a place."""
    return Holder(
        id=row["id"],
        review_id=row["review_id"],
        place=Place(row["section"], row["item"]),
        user_id=row["user_id"],
        name=row["name"],
        is_here=row["is_here"],
        due_on=row["due_on"],
        note=row["note"],
        assigned_by=row["assigned_by"] or "",
        assigned_at=row["at"],
        is_seen=row["at_also"] is not None,
    )


def here_of(row: RowMapping, *, at: str = "seen_at") -> Here:
    """Read where somebody is."""
    return Here(row["user_id"], row["name"], Place(row["section"], row["item"]), row[at])


def _state(rows: Iterable[RowMapping], actor: Actor) -> TeamState:
    holders: dict[Place, Holder] = {}
    talks: dict[str, Talk] = {}
    here: list[Here] = []
    visits: Visits | None = None
    for row in rows:
        match row["kind"]:
            case "holder":
                holder = holder_of(row)
                holders[holder.place] = holder
            case "here":
                here.append(here_of(row, at="at"))
            case "visit":
                visits = Visits(row["at"], row["at_also"])
            case _:
                talks[row["item"]] = _with(talks.get(row["item"], Talk()), row)
    me = next((each for each in here if each.user_id == actor.user_id), None)
    others = sorted((each for each in here if each is not me), key=lambda each: each.name.casefold())
    return TeamState(holders, talks, tuple(others), me, visits)


def _with(talk: Talk, row: RowMapping) -> Talk:
    match row["kind"]:
        case "talk":
            return replace(talk, open=row["number"], resolved=row["number_also"] - row["number"])
        case "unread":
            return replace(talk, unread=row["number"])
        case _:
            return replace(talk, others_last=row["at"])
