"""Every statement on reviews. Who may see a review is part of the statement, so missing and forbidden look alike."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, false, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col

from app.domain.answers import Answer, AnswerState, Record, Value, plain
from app.domain.signed_answers import records_from, value_from
from app.economies.tables import Cycle
from app.kit.actor import Actor
from app.kit.clock import as_utc
from app.reviews.saved import SavedAnswer
from app.reviews.tables import Review, Submission

# Saving an answer and loading a section are the hot paths: Core statements, built once (an ORM upsert costs nine times as much).
_ANSWER = SQLModel.metadata.tables["answer"]
_REVISION = SQLModel.metadata.tables["answer_revision"]
# What `saved_answer` reads, in its order: a hundred rows by place cost half of what they cost by name.
_STORED = (
    *("item", "version", "state", "value", "not_applicable", "details", "reason", "comment", "evidence_url"),
    *("saved_at", "saved_by"),
)
ANSWER_COLUMNS, REVISION_COLUMNS = ([table.c[name] for name in _STORED] for table in (_ANSWER, _REVISION))
_ANSWERS_OF = select(*ANSWER_COLUMNS).where(_ANSWER.c.review_id == bindparam("review"))
_ANSWERS_OF_MANY = select(*ANSWER_COLUMNS, _ANSWER.c.review_id).where(
    _ANSWER.c.review_id.in_(bindparam("reviews", expanding=True))
)
_REVISION_AT = select(*REVISION_COLUMNS).where(
    _REVISION.c.review_id == bindparam("review"),
    _REVISION.c.item == bindparam("item"),
    _REVISION.c.version == bindparam("version"),
)
_STATES = {state.value: state for state in AnswerState}
_KEY = ("review_id", "item")
_DECODER = json.JSONDecoder()
_PUT_ANSWERS = {
    dialect: made.on_conflict_do_update(
        index_elements=_KEY, set_={column.name: made.excluded[column.name] for column in _ANSWER.c if column.name not in _KEY}
    )
    for dialect, made in (("sqlite", sqlite.insert(_ANSWER)), ("postgresql", postgresql.insert(_ANSWER)))
}
_REVISIONS_OF = select(*REVISION_COLUMNS).where(
    _REVISION.c.review_id == bindparam("review"), _REVISION.c.item.in_(bindparam("items", expanding=True))
)
_ADD_REVISIONS = insert(_REVISION)


# The same for everybody who may see a review (`visible_to`), so they are built once.
_WITH_CYCLE = (
    select(Review, Cycle)
    .join(Cycle, col(Cycle.id) == col(Review.cycle_id))
    .where(col(Review.economy) == bindparam("economy"), col(Cycle.holds_own_answers), col(Review.id) == bindparam("review"))
)
_LOCKED_WITH_CYCLE = _WITH_CYCLE.with_for_update(of=Review).execution_options(populate_existing=True)


@dataclass(slots=True)
class Other:
    """Another review of an economy: what it signed last, of the same questionnaire; what it answers now, of any other."""

    review: Review
    cycle: Cycle
    signed: str | None
    signed_hash: str | None
    answers: dict[str, SavedAnswer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignedRow:
    """What a reference to a submission is made of, and the review that it belongs to."""

    review_id: UUID
    economy: str
    questionnaire: str
    cycle: str
    answers_hash: str


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


def find_with_cycle(session: Session, actor: Actor, review_id: UUID, *, lock: bool = False) -> tuple[Review, Cycle] | None:
    """A review and its cycle in one statement: everything on the form begins with it."""
    if not actor.is_official:
        return None
    statement = _LOCKED_WITH_CYCLE if lock else _WITH_CYCLE
    found = session.execute(statement, {"economy": actor.economy, "review": review_id}).first()
    return None if found is None else (found[0], found[1])


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
    return {str(row[0]): saved_answer(row) for row in session.execute(_ANSWERS_OF, {"review": review_id}).all()}


def answers_of_many(session: Session, reviews: Collection[UUID]) -> dict[UUID, dict[str, SavedAnswer]]:
    found: dict[UUID, dict[str, SavedAnswer]] = {review: {} for review in reviews}
    for row in session.execute(_ANSWERS_OF_MANY, {"reviews": list(reviews)}):
        found[row[-1]][str(row[0])] = saved_answer(row)
    return found


def answer_at(session: Session, review_id: UUID, item: str, version: int) -> SavedAnswer | None:
    """The answer as it was at one version of its history."""
    row = session.execute(_REVISION_AT, {"review": review_id, "item": item, "version": version}).first()
    return saved_answer(row) if row is not None else None


def history_of(session: Session, review_id: UUID, item: str) -> list[SavedAnswer]:
    """Every version of one answer, newest first."""
    statement = select(*REVISION_COLUMNS).where(_REVISION.c.review_id == review_id, _REVISION.c.item == item)
    return [saved_answer(row) for row in session.execute(statement.order_by(_REVISION.c.version.desc()))]


def answers_at(session: Session, review_id: UUID, versions: Mapping[str, int]) -> dict[str, SavedAnswer]:
    """Many answers, each as it was at one version of its history; those that never had it are left out."""
    rows = session.execute(_REVISIONS_OF, {"review": review_id, "items": list(versions)})
    found = [(str(row[0]), saved_answer(row)) for row in rows]
    return {item: saved for item, saved in found if saved.version == versions[item]}


def put_answers(session: Session, review_id: UUID, saved: Mapping[str, SavedAnswer], *, user_id: UUID | None) -> None:
    """Replace some current answers and append each to the history."""
    if not saved:
        return
    rows = [{"review_id": review_id, "item": item, **_columns(answer)} for item, answer in saved.items()]
    session.execute(_PUT_ANSWERS[session.get_bind().dialect.name], rows)
    session.execute(_ADD_REVISIONS, [{**row, "user_id": user_id} for row in rows])


def find_submission(session: Session, review_id: UUID, revision: int) -> Submission | None:
    return session.scalars(
        select(Submission).where(col(Submission.review_id) == review_id, col(Submission.revision) == revision)
    ).first()


def list_submissions(session: Session, review_id: UUID) -> list[Submission]:
    statement = select(Submission).where(col(Submission.review_id) == review_id)
    return list(session.scalars(statement.order_by(col(Submission.revision).desc())))


def signed_answers(session: Session, submission_id: UUID) -> str:
    """The answers of a submission as they were written down and hashed."""
    return session.scalars(select(col(Submission.answers)).where(col(Submission.id) == submission_id)).one()


def newest_revision(session: Session, review_id: UUID) -> int:
    """The number of the last signed revision of a review that has one; no answers are read."""
    return session.scalars(select(func.max(col(Submission.revision))).where(col(Submission.review_id) == review_id)).one()


def signed_like(session: Session, actor: Actor, revision: int, hash_start: str) -> list[SignedRow]:
    """The submissions of the actor's economy with this number and a fingerprint that begins so, without their answers."""
    statement = (
        visible_to(actor)
        .with_only_columns(
            col(Review.id), col(Review.economy), col(Cycle.questionnaire), col(Cycle.code), col(Submission.answers_hash)
        )
        .join(Submission, col(Submission.review_id) == col(Review.id))
        .join(Cycle, col(Cycle.id) == col(Review.cycle_id))
        .where(col(Submission.revision) == revision, col(Submission.answers_hash).startswith(hash_start, autoescape=True))
    )
    return [SignedRow(*row) for row in session.execute(statement)]


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


def list_others(session: Session, actor: Actor, review_id: UUID, economy: str, questionnaire: str) -> list[Other]:
    """The economy's other reviews, in one statement: this stands beside every section that is opened."""
    is_other = col(Cycle.questionnaire) != questionnaire
    any_ = aliased(Submission)
    newest = select(func.max(any_.revision)).where(col(any_.review_id) == col(Review.id)).scalar_subquery()
    is_last = and_(col(Submission.review_id) == col(Review.id), col(Submission.revision) == newest, ~is_other)
    statement = (
        visible_to(actor)
        .add_columns(Cycle, col(Submission.answers), col(Submission.content_hash), *ANSWER_COLUMNS)
        .join(Cycle, col(Cycle.id) == col(Review.cycle_id))
        .outerjoin(Submission, is_last)
        .outerjoin(_ANSWER, and_(_ANSWER.c.review_id == col(Review.id), is_other))
        .where(col(Review.economy) == economy, col(Review.id) != review_id)
    )
    found: dict[UUID, Other] = {}
    for review, cycle, signed, signed_hash, *stored in session.execute(statement):
        other = found.setdefault(review.id, Other(review, cycle, signed, signed_hash))
        if stored[0] is not None:
            other.answers[str(stored[0])] = saved_answer(stored)
    return list(found.values())


def signed_of_cycle(session: Session, cycle_id: UUID) -> list[tuple[UUID, str, int]]:
    """Every submission of a cycle, without its answers: id, economy, revision."""
    statement = select(col(Submission.id), col(Review.economy), col(Submission.revision))
    rows = session.execute(
        statement.join(Review, col(Review.id) == col(Submission.review_id)).where(col(Review.cycle_id) == cycle_id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


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


def saved_answer(row: Sequence[object]) -> SavedAnswer:
    """Read the columns of `_STORED`."""
    _, version, state, value, left_out, details, reason, comment, evidence_url, saved_at, saved_by = row[: len(_STORED)]
    if not isinstance(saved_at, datetime) or not isinstance(version, int):
        message = "an answer has a version and a time"
        raise TypeError(message)
    answer = Answer(
        _STATES[str(state)],
        None if value is None else value_from(_read(str(value))),
        str(reason),
        str(comment),
        str(evidence_url),
        tuple(str(left_out).split(";")) if left_out else (),
        records_from(_read(str(details))) if details else (),
    )
    return SavedAnswer(answer, version, as_utc(saved_at), str(saved_by))


def _read(text: str) -> object:
    """Read what `_json` wrote; nothing stands around it, which `json.loads` would look for at the cost of reading once more."""
    return _DECODER.raw_decode(text)[0]


def _json(value: Value | tuple[Record, ...]) -> str:
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False)
