"""Every statement on test answers. Whose they are is part of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col

from app.authoring.preview.tables import PreviewAnswer

_ANSWER = SQLModel.metadata.tables["preview_answer"]
_PUT = {
    dialect: made.on_conflict_do_update(
        index_elements=("draft_id", "user_id", "item"),
        set_={"answer": made.excluded.answer, "saved_at": made.excluded.saved_at},
    )
    for dialect, made in (("sqlite", sqlite.insert(_ANSWER)), ("postgresql", postgresql.insert(_ANSWER)))
}


def answers_of(session: Session, draft_id: UUID, user_id: UUID) -> list[PreviewAnswer]:
    """Return one person's test answers to a draft."""
    statement = select(PreviewAnswer).where(col(PreviewAnswer.draft_id) == draft_id, col(PreviewAnswer.user_id) == user_id)
    return list(session.execute(statement).scalars())


def put_answers(session: Session, draft_id: UUID, user_id: UUID, answers: Mapping[str, str], now: datetime) -> None:
    """Put test answers in the place of earlier ones."""
    key = {"draft_id": draft_id, "user_id": user_id, "saved_at": now}
    rows = [{**key, "item": item, "answer": answer} for item, answer in sorted(answers.items())]
    if rows:
        session.connection().execute(_PUT[session.get_bind().dialect.name], rows)


def forget(session: Session, draft_id: UUID) -> None:
    """Remove everybody's test answers to a draft."""
    session.connection().execute(delete(_ANSWER).where(_ANSWER.c.draft_id == draft_id))


def remove_answers(session: Session, draft_id: UUID, user_id: UUID, items: Collection[str] | None = None) -> None:
    """Remove one person's test answers to some items of a draft, or to all."""
    statement = delete(_ANSWER).where(_ANSWER.c.draft_id == draft_id, _ANSWER.c.user_id == user_id)
    if items is None:
        session.connection().execute(statement)
    elif items:
        session.connection().execute(statement.where(_ANSWER.c.item.in_(sorted(items))))
