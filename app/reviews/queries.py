"""Every statement on reviews. Who may see a review is part of the statement, so missing and forbidden look alike."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, Select, bindparam, delete, false, func, insert, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col

from app.domain.answers import Answer, AnswerState, Record, Value, plain
from app.economies.tables import Cycle
from app.kit.actor import Actor
from app.kit.clock import as_utc
from app.reviews.saved import SavedAnswer
from app.reviews.tables import Review, Submission

# Saving an answer and loading a section are the hot paths: Core statements, built once (an ORM upsert costs nine times as much).
_ANSWER = SQLModel.metadata.tables["answer"]
_REVISION = SQLModel.metadata.tables["answer_revision"]
_ANSWERS_OF = select(_ANSWER).where(_ANSWER.c.review_id == bindparam("review"))
_ANSWERS_OF_MANY = select(_ANSWER).where(_ANSWER.c.review_id.in_(bindparam("reviews", expanding=True)))
_REVISION_AT = select(_REVISION).where(
    _REVISION.c.review_id == bindparam("review"),
    _REVISION.c.item == bindparam("item"),
    _REVISION.c.version == bindparam("version"),
)
_REVISIONS_OF = select(_REVISION).where(
    _REVISION.c.review_id == bindparam("review"), _REVISION.c.item.in_(bindparam("items", expanding=True))
)
_DROP_ANSWERS = delete(_ANSWER).where(
    _ANSWER.c.review_id == bindparam("review"), _ANSWER.c.item.in_(bindparam("items", expanding=True))
)
_ADD_ANSWERS = insert(_ANSWER)
_ADD_REVISIONS = insert(_REVISION)


def visible_to(actor: Actor) -> Select[Review]:
    """Reviews that this actor may open: what an official's own economy answered, and nothing else."""
    statement = select(Review)
    if not actor.is_official:
        return statement.where(false())
    answered = select(col(Cycle.id)).where(col(Cycle.holds_own_answers))
    return statement.where(col(Review.economy) == actor.economy, col(Review.cycle_id).in_(answered))


def find_for(session: Session, actor: Actor, review_id: UUID, *, lock: bool = False) -> Review | None:
    statement = visible_to(actor).where(col(Review.id) == review_id)
    if lock:  # and read it anew: what the session remembers may be older than the lock
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).first()


def list_for(session: Session, actor: Actor) -> list[Review]:
    return list(
        session.scalars(visible_to(actor).join(Cycle, col(Cycle.id) == col(Review.cycle_id)).order_by(col(Cycle.code).desc()))
    )


def find_of_economy(session: Session, cycle_id: UUID, economy: str) -> Review | None:
    return session.scalars(select(Review).where(col(Review.cycle_id) == cycle_id, col(Review.economy) == economy)).first()


def list_of_cycle(session: Session, cycle_id: UUID) -> list[Review]:
    return list(session.scalars(select(Review).where(col(Review.cycle_id) == cycle_id).order_by(col(Review.economy))))


def find_by_id(session: Session, review_id: UUID) -> Review | None:
    return session.get(Review, review_id)


def add(session: Session, row: Review | Submission) -> None:
    session.add(row)
    session.flush()


def answers_of(session: Session, review_id: UUID) -> dict[str, SavedAnswer]:
    rows = session.execute(_ANSWERS_OF, {"review": review_id}).mappings()
    return {str(row["item"]): _saved(row) for row in rows}


def answers_of_many(session: Session, reviews: Collection[UUID]) -> dict[UUID, dict[str, SavedAnswer]]:
    found: dict[UUID, dict[str, SavedAnswer]] = {review: {} for review in reviews}
    for row in session.execute(_ANSWERS_OF_MANY, {"reviews": list(reviews)}).mappings():
        found[row["review_id"]][str(row["item"])] = _saved(row)
    return found


def answer_at(session: Session, review_id: UUID, item: str, version: int) -> SavedAnswer | None:
    """The answer as it was at one version of its history."""
    row = session.execute(_REVISION_AT, {"review": review_id, "item": item, "version": version}).mappings().first()
    return _saved(row) if row is not None else None


def answers_at(session: Session, review_id: UUID, versions: Mapping[str, int]) -> dict[str, SavedAnswer]:
    """Many answers, each as it was at one version of its history; those that never had it are left out."""
    rows = session.execute(_REVISIONS_OF, {"review": review_id, "items": list(versions)}).mappings()
    return {str(row["item"]): _saved(row) for row in rows if row["version"] == versions[str(row["item"])]}


def put_answers(session: Session, review_id: UUID, saved: Mapping[str, SavedAnswer], *, user_id: UUID | None) -> None:
    """Replace some current answers and append each to the history."""
    if not saved:
        return
    rows = [{"review_id": review_id, "item": item, **_columns(answer)} for item, answer in saved.items()]
    session.execute(_DROP_ANSWERS, {"review": review_id, "items": list(saved)})
    session.execute(_ADD_ANSWERS, rows)
    session.execute(_ADD_REVISIONS, [{**row, "user_id": user_id} for row in rows])


def find_submission(session: Session, review_id: UUID, revision: int) -> Submission | None:
    return session.scalars(
        select(Submission).where(col(Submission.review_id) == review_id, col(Submission.revision) == revision)
    ).first()


def list_submissions(session: Session, review_id: UUID) -> list[Submission]:
    statement = select(Submission).where(col(Submission.review_id) == review_id)
    return list(session.scalars(statement.order_by(col(Submission.revision).desc())))


def submissions_by_id(session: Session, ids: Collection[UUID]) -> list[tuple[Submission, Review]]:
    statement = select(Submission, Review).join(Review, col(Review.id) == col(Submission.review_id))
    rows = session.execute(statement.where(col(Submission.id).in_(ids)).order_by(col(Review.economy)))
    return [(submission, review) for submission, review in rows]


def latest_submissions(session: Session, cycle_id: UUID) -> list[tuple[Submission, Review]]:
    """The last submission of each review of a cycle; older ones, and their answers, are not read."""
    other = aliased(Submission)
    newest = select(func.max(other.revision)).where(col(other.review_id) == col(Review.id)).scalar_subquery()
    statement = (
        select(Submission, Review)
        .join(Review, col(Review.id) == col(Submission.review_id))
        .where(col(Review.cycle_id) == cycle_id, col(Submission.revision) == newest)
        .order_by(col(Review.economy))
    )
    return [(submission, review) for submission, review in session.execute(statement)]


def find_earlier_submission(
    session: Session, actor: Actor, economy: str, questionnaire: str, cycle: str
) -> tuple[Submission, Review] | None:
    """The last submission that an economy made in the nearest cycle of a questionnaire before one; cycles go by their codes."""
    statement = (
        visible_to(actor)
        .add_columns(Submission)
        .join(Cycle, col(Cycle.id) == col(Review.cycle_id))
        .join(Submission, col(Submission.review_id) == col(Review.id))
        .where(col(Review.economy) == economy, col(Cycle.questionnaire) == questionnaire, col(Cycle.code) < cycle)
        .order_by(col(Cycle.code).desc(), col(Submission.revision).desc())
        .limit(1)
    )
    found = session.execute(statement).first()
    return None if found is None else (found[1], found[0])


def signed_of_cycle(session: Session, cycle_id: UUID) -> list[tuple[UUID, str, int]]:
    """Every submission of a cycle, without its answers: id, economy, revision."""
    statement = select(col(Submission.id), col(Review.economy), col(Submission.revision))
    rows = session.execute(
        statement.join(Review, col(Review.id) == col(Submission.review_id)).where(col(Review.cycle_id) == cycle_id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def answers_to_text(answers: Mapping[str, Answer]) -> str:
    """Write answers as canonical JSON: what is signed and hashed."""
    content = {code: _signed(answer) for code, answer in answers.items()}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def answers_from_text(text: str) -> dict[str, Answer]:
    """Read what `answers_to_text` wrote."""
    content: dict[str, dict[str, object]] = json.loads(text)
    return {
        code: Answer(
            AnswerState(str(part["state"])),
            _value(part["value"]),
            str(part["reason"]),
            str(part["comment"]),
            str(part["evidence_url"]),
            _texts(part.get("not_applicable", [])),
            _records(part.get("details", [])),
        )
        for code, part in content.items()
    }


def _signed(answer: Answer) -> dict[str, object]:
    """Options that do not apply, and details, are written only where there are any, so that what was signed before keeps
    its hash."""
    left_out = {"not_applicable": list(answer.not_applicable)} if answer.not_applicable else {}
    details = {"details": plain(answer.details)} if answer.details else {}
    return {
        "state": answer.state.value,
        "value": plain(answer.value),
        "reason": answer.reason,
        "comment": answer.comment,
        "evidence_url": answer.evidence_url,
        **left_out,
        **details,
    }


def _columns(saved: SavedAnswer) -> dict[str, object]:
    answer = saved.answer
    return {
        "version": saved.version,
        "state": answer.state.value,
        "value": None if answer.value is None else _json(answer.value),
        "reason": answer.reason,
        "comment": answer.comment,
        "evidence_url": answer.evidence_url,
        "not_applicable": ";".join(answer.not_applicable),
        "details": _json(answer.details) if answer.details else "",
        "saved_at": saved.saved_at,
        "saved_by": saved.saved_by,
    }


def _saved(row: RowMapping) -> SavedAnswer:
    value = row["value"]
    answer = Answer(
        AnswerState(str(row["state"])),
        None if value is None else _value(json.loads(str(value))),
        str(row["reason"]),
        str(row["comment"]),
        str(row["evidence_url"]),
        tuple(str(row["not_applicable"]).split(";")) if row["not_applicable"] else (),
        _records(json.loads(str(row["details"]))) if row["details"] else (),
    )
    saved_at = row["saved_at"]
    if not isinstance(saved_at, datetime):
        message = "saved_at is a time"
        raise TypeError(message)
    return SavedAnswer(answer, int(str(row["version"])), as_utc(saved_at), str(row["saved_by"]))


def _value(value: object) -> Value | None:
    if isinstance(value, list):
        return _records(value) or _texts(value)
    return value if isinstance(value, int | float | str) else None


def _json(value: Value | tuple[Record, ...]) -> str:
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False)


def _records(value: object) -> tuple[Record, ...]:
    """Read records from a list of objects; anything else holds none."""
    groups = [group for group in value if isinstance(group, dict)] if isinstance(value, list) else []
    return tuple(
        Record(tuple((str(code), each) for code, each in group.items() if isinstance(each, int | float | str)))
        for group in groups
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, list) else ()
