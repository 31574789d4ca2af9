"""Counts of what a new version of a questionnaire touches, and what was signed, without naming anybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Select, String, TableValuedAlias, cast, column, func, literal_column, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.economies.tables import Cycle
from app.reviews.tables import AnswerRow, Review, Submission

_Columns = TypeVarTuple("_Columns")
_NEWEST = (col(Submission.submitted_at).desc(), col(Submission.id))
Counted = tuple[str, str, int]
"""What is counted by, an economy, and how many of its reviews."""
_OPEN = ("draft", "in_sign_off", "reopened")


@dataclass(frozen=True, slots=True)
class SignedRow:
    """The last signed revision of one review, with its answers as they were written down."""

    submission: Submission
    economy: str
    cycle: str


def open_by_version(session: Session, questionnaire: str) -> list[Counted]:
    """How many open reviews there are, by the hash of the version that they answer, and by economy."""
    statement = _of(select(col(Review.content_hash), col(Review.economy), func.count()), questionnaire)
    grouped = statement.where(col(Review.state).in_(_OPEN)).group_by(col(Review.content_hash), col(Review.economy))
    return [(row[0], row[1], row[2]) for row in session.execute(grouped)]


def signed_by_version(session: Session, questionnaire: str) -> list[Counted]:
    """How many reviews were signed, by the hash of the version that was signed last, and by economy."""
    statement = _of(select(col(Submission.content_hash), col(Review.economy), func.count()), questionnaire)
    grouped = statement.join(Submission, _is_last()).group_by(col(Submission.content_hash), col(Review.economy))
    return [(row[0], row[1], row[2]) for row in session.execute(grouped)]


def open_answers(session: Session, questionnaire: str, items: Collection[str]) -> list[Counted]:
    """How many open reviews have an answer, by the code of the item, and by economy."""
    statement = _of(select(col(AnswerRow.item), col(Review.economy), func.count()), questionnaire).join(
        AnswerRow, col(AnswerRow.review_id) == col(Review.id)
    )
    statement = statement.where(
        col(Review.state).in_(_OPEN), col(AnswerRow.state) != "blank", col(AnswerRow.item).in_(items)
    ).group_by(col(AnswerRow.item), col(Review.economy))
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def signed_answers(session: Session, questionnaire: str, items: Collection[str]) -> list[Counted]:
    """How many reviews have an answer in what was signed last, by the code of the item, and by economy. The database opens the
    frozen text, so that no answer leaves it."""
    given, state = _given(session.get_bind().dialect.name)
    item = cast(given.c.key, String)
    statement = _of(select(item, col(Review.economy), func.count()), questionnaire)
    statement = statement.join(Submission, _is_last()).join(given, literal_column("1") == 1)
    statement = statement.where(item.in_(items), state != "blank").group_by(item, col(Review.economy))
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def last_signed(session: Session, questionnaire: str, until: datetime, most: int) -> list[SignedRow]:
    """The last revision of each review of a questionnaire that was signed by then, newest first, and no more than so many."""
    statement = _of(select(Submission, col(Review.economy), col(Cycle.code)), questionnaire).join(Submission, _is_last(until))
    return [SignedRow(row[0], row[1], row[2]) for row in session.execute(statement.order_by(*_NEWEST).limit(most))]


def signatures(session: Session, questionnaire: str, until: datetime, most: int) -> list[tuple[UUID, str, str, datetime]]:
    """The same without answers: submission, economy, hash of the version, and when."""
    wanted = (col(Submission.id), col(Review.economy), col(Submission.content_hash), col(Submission.submitted_at))
    statement = _of(select(*wanted), questionnaire).join(Submission, _is_last(until))
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(statement.order_by(*_NEWEST).limit(most))]


def _of(statement: Select[*_Columns], questionnaire: str) -> Select[*_Columns]:
    return (
        statement.select_from(Review)
        .join(Cycle, col(Cycle.id) == col(Review.cycle_id))
        .where(col(Cycle.questionnaire) == questionnaire)
    )


def _is_last(until: datetime | None = None) -> ColumnElement[bool]:
    other = aliased(Submission)
    newest = select(func.max(other.revision)).where(col(other.review_id) == col(Review.id))
    if until is not None:
        newest = newest.where(col(other.submitted_at) <= until)
    return (col(Submission.review_id) == col(Review.id)) & (col(Submission.revision) == newest.scalar_subquery())


def _given(dialect: str) -> tuple[TableValuedAlias, ColumnElement[str]]:
    """Return the frozen answers of a submission as rows, and the state of each; the two databases open JSON in their own ways."""
    names = (column("key", String), column("value", JSON))
    if dialect == "postgresql":
        rows = func.json_each(cast(col(Submission.answers), JSON)).table_valued(*names)
        return rows, rows.c.value["state"].as_string()
    rows = func.json_each(col(Submission.answers)).table_valued(*names)
    return rows, func.json_extract(rows.c.value, "$.state")
