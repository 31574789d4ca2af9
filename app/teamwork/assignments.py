"""Who is responsible for what: handing sections and single items over, taking them, and giving them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.audit import service as audit
from app.infra.times import today
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound, Problems
from app.kit.ids import new_id
from app.kit.say import mark
from app.teamwork import overview, people, queries, rules
from app.teamwork.state import Holder, Place

LOCKED = frozenset({"submitted", "closed"})
_NOT_YOURS = mark(
    "You can take for yourself what nobody has, and hand on what is yours. For the rest, ask the coordinator of your economy."
)


@dataclass(frozen=True, slots=True)
class HandOver:
    """To whom (None: to nobody), until when, and what they must know; as a form sends it."""

    to: UUID | None
    due_on: str = ""
    note: str = ""


def assign(session: Session, actor: Actor, review_id: UUID, places: Collection[Place], wanted: HandOver) -> int:
    """Make one person responsible for some places, all or none of them; return how many changed."""
    if actor.role is Role.APPROVER:
        raise Forbidden("The coordinator hands questions over. Approvers read them, and take part in discussions.")
    _must_be_open(session, actor, review_id)
    due_on, note = _checked(places, wanted)
    if wanted.to is not None:
        people.must_be_of_team(people.team_of(session, actor), {wanted.to})
    holders = overview.of_review(session, actor, review_id).holders
    if not all(rules.may_hand_on(actor, holders, place, wanted.to) for place in places):
        raise Invalid([FieldProblem("to", "not_yours", _NOT_YOURS)])
    changing = [place for place in sorted(set(places)) if not _is_same(holders.get(place), wanted.to, due_on, note)]
    if changing:
        _replace(session, actor, review_id, {place: holders.get(place) for place in changing}, (wanted.to, due_on, note))
    return len(changing)


def see(session: Session, actor: Actor, review_id: UUID) -> None:
    """Note that a person has seen what was assigned to them."""
    queries.see_assignments(session, actor, review_id, clock.now())


def _must_be_open(session: Session, actor: Actor, review_id: UUID) -> None:
    state = queries.review_state(session, actor, review_id, lock=True)
    if state is None:
        raise NotFound("review")
    if state in LOCKED:
        raise Conflict("This review is submitted, so there is nothing to hand over. The coordinator can reopen it.")


def _checked(places: Collection[Place], wanted: HandOver) -> tuple[date | None, str]:
    problems = Problems()
    if not places:
        problems.add("place", "missing", mark("Choose at least one section or question."))
    due_on = rules.check_due(problems, wanted.due_on, today())
    note = rules.check_note(problems, wanted.note)
    problems.raise_if_any()
    return due_on, note


def _is_same(holder: Holder | None, to: UUID | None, due_on: date | None, note: str) -> bool:
    if holder is None or to is None:
        return holder is None and to is None
    return (holder.user_id, holder.due_on, holder.note) == (to, due_on, note)


def _replace(
    session: Session,
    actor: Actor,
    review_id: UUID,
    changing: Mapping[Place, Holder | None],
    wanted: tuple[UUID | None, date | None, str],
) -> None:
    to, due_on, note = wanted
    now = clock.now()
    queries.end_assignments(session, actor, [holder.id for holder in changing.values() if holder], now)
    if to is not None:
        rows = [
            {
                "id": new_id(),
                "review_id": review_id,
                "economy": actor.economy,
                "section": place.section,
                "item": place.item,
                "user_id": to,
                "due_on": due_on,
                "note": note,
                "assigned_by": actor.user_id,
                "assigned_at": now,
                "seen_at": now if to == actor.user_id else None,
                "ended_at": None,
            }
            for place in changing
        ]
        try:
            queries.add_assignments(session, rows)
        except IntegrityError as error:  # a colleague was faster by less than a transaction
            raise Conflict("A colleague has just handed this over. Reload the page and look at it again.") from error
    audit.record(
        session,
        actor,
        "teamwork.assigned",
        target_kind="review",
        target_id=review_id,
        economy=actor.economy,
        detail={"places": " ".join(place.item or place.section for place in changing), "to": str(to) if to else None},
    )
