"""When a cycle ends: its closing day moved, the cycle opened again, and the history of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from app.economies import last_day, queries
from app.economies.service import (
    CycleEntry,
    check_reason,
    cycle_entry,
    get_cycle,
    lock_cycle,
    record_change,
    require_administrator,
)
from app.kit import clock
from app.kit.actor import Actor
from app.kit.errors import Conflict, Problems
from app.kit.say import mark, say


@dataclass(frozen=True, slots=True)
class CycleChanged:
    """One change of a cycle's end: `opened`, `closing_day`, `closed` or `reopened`."""

    kind: str
    before: date | None
    closes_on: date | None
    reason: str
    at: datetime
    by: str


def history(session: Session, actor: Actor, questionnaire: str, code: str) -> list[CycleChanged]:
    """Return every change of a cycle's end, newest first."""
    require_administrator(actor)
    entry = get_cycle(session, questionnaire, code)
    return [
        CycleChanged(row.kind, row.closes_on_before, row.closes_on, row.reason, row.changed_at, row.changed_by)
        for row in queries.list_cycle_changes(session, entry.id)
    ]


def change_closing_day(
    session: Session,
    actor: Actor,
    questionnaire: str,
    code: str,
    *,
    closes_on: str,
    reason: str,
    seen: str | None = None,
    may_be_sooner: bool = True,
) -> CycleEntry:
    """Move the closing day, or take it away with an empty one; a later one opens a cycle again whose day has passed.

    `seen`: the cycle's etag as it was read; None where nobody asks. `may_be_sooner`: whether an earlier day is meant."""
    require_administrator(actor)
    row = lock_cycle(session, questionnaire, code, seen)
    if not row.is_open:
        raise Conflict(say("The cycle {cycle} was closed. Open it again first; you can choose a closing day there.", cycle=code))
    day, why = _checked(closes_on, reason)
    if day == row.closes_on:
        _refuse_the_same()
    if not may_be_sooner and is_sooner(row.closes_on, day):
        _ask_whether_it_is_meant()
    before, row.closes_on = row.closes_on, day
    session.flush()
    record_change(session, actor, row, "closing_day", before=before, reason=why)
    return cycle_entry(row)


def reopen(
    session: Session, actor: Actor, questionnaire: str, code: str, *, closes_on: str, reason: str, seen: str | None = None
) -> CycleEntry:
    """Open a cycle again that was closed or whose day has passed; every review is as it was."""
    require_administrator(actor)
    row = lock_cycle(session, questionnaire, code, seen)
    if cycle_entry(row).is_open:
        raise Conflict(say("The cycle {cycle} is open already.", cycle=code))
    day, why = _checked(closes_on, reason)
    before, row.closes_on, row.is_open = row.closes_on, day, True
    session.flush()
    record_change(session, actor, row, "reopened", before=before, reason=why)
    return cycle_entry(row)


def is_sooner(before: date | None, after: date | None) -> bool:
    """Tell whether a cycle ends earlier than officials were told; a first day comes sooner than none."""
    return after is not None and (before is None or after < before)


def _checked(closes_on: str, reason: str) -> tuple[date | None, str]:
    problems = Problems()
    day = last_day.read_closing_day(problems, closes_on, clock.now())
    why = check_reason(problems, reason)
    problems.raise_if_any()
    return day, why


def _refuse_the_same() -> None:
    problems = Problems()
    problems.add("closes_on", "unchanged", mark("This is the closing day already. Choose another, or leave the page."))
    problems.raise_if_any()


def _ask_whether_it_is_meant() -> None:
    problems = Problems()
    words = mark("The cycle would end earlier than officials were told. Tick the box if you mean it.")
    problems.add("sooner", "not_confirmed", words)
    problems.raise_if_any()
