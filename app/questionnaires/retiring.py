"""Retire a version: no review starts with it any more; it stays readable, and reviews that began with it go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.audit import service as audit
from app.kit import clock
from app.kit.actor import Actor, Role
from app.kit.errors import Conflict, Forbidden, NotFound, NotReady, Problems
from app.kit.say import mark, say
from app.kit.text import clean, has_forbidden_characters
from app.questionnaires import queries
from app.questionnaires.tables import Retirement

_LONGEST_REASON = 1_000
_ALREADY = mark("This version is retired already.")


@dataclass(frozen=True, slots=True)
class Retired:
    """Why and since when no review starts with a version."""

    reason: str
    retired_at: datetime
    retired_by: str


def retire(session: Session, actor: Actor, code: str, version: str, reason: str) -> Retired:
    """Retire a version, with a reason that everybody reads. It cannot be undone: publish the same again under the next number."""
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Only an administrator can retire a version. Ask one of yours.")
    found = queries.find_version(session, code, version)
    if found is None:
        raise NotFound("questionnaire version")
    row = Retirement(version_id=found.id, reason=_checked(reason), retired_at=clock.now(), retired_by=actor.name)
    if queries.find_retirement(session, found.id) is not None:
        raise Conflict(_ALREADY)
    try:
        queries.add(session, row)
    except IntegrityError as error:  # somebody was faster by less than a transaction
        raise Conflict(_ALREADY) from error
    audit.record(session, actor, "questionnaires.retired", target_kind="questionnaire_version", target_id=f"{code} {version}")
    return Retired(row.reason, row.retired_at, row.retired_by)


def retired(session: Session, code: str | None = None) -> dict[tuple[str, str], Retired]:
    """Return every retired version, by code and version: of one questionnaire or of all."""
    return {
        (found_code, version): Retired(row.reason, row.retired_at, row.retired_by)
        for found_code, version, row in queries.list_retirements(session, code)
    }


def must_not_be_retired(session: Session, code: str, version: str) -> None:
    """Refuse to begin something new with a retired version."""
    found = retired(session, code).get((code, version))
    if found is not None:
        words = say("Version {version} is retired, so no review starts with it: {reason}", version=version, reason=found.reason)
        raise NotReady(words)


def _checked(reason: str) -> str:
    problems, text = Problems(), clean(reason)
    if not text:
        problems.add("reason", "missing", mark("Say why, in a sentence: officials and analysts read it."))
    elif len(text) > _LONGEST_REASON:
        problems.add("reason", "too_long", say("Write at most {number} characters.", number=str(_LONGEST_REASON)))
    elif has_forbidden_characters(text):
        problems.add("reason", "forbidden_characters", mark("Remove the control characters or direction marks from this text."))
    problems.raise_if_any()
    return text
