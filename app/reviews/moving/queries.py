"""Every statement on moves of reviews, and on the answers that they take from the form or bring back."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, insert, or_, select
from sqlmodel import Session, SQLModel, col

from app.domain.answers import BLANK, Answer
from app.domain.signed_answers import answers_from_text, answers_to_text
from app.kit.clock import iso
from app.reviews.queries import REVISION_COLUMNS, saved_answer
from app.reviews.saved import SavedAnswer
from app.reviews.tables import AnswerRow, Review, ReviewMove

_ANSWER = SQLModel.metadata.tables["answer"]
_REVISION = SQLModel.metadata.tables["answer_revision"]


def moves_of(session: Session, review_id: UUID, economy: str) -> list[ReviewMove]:
    """Every move of a review, the newest first; those that were undone as well."""
    statement = select(ReviewMove).where(col(ReviewMove.review_id) == review_id, col(ReviewMove.economy) == economy)
    return list(session.scalars(statement.order_by(col(ReviewMove.number).desc())))


def add_move(session: Session, row: ReviewMove) -> None:
    """Keep a move."""
    session.add(row)
    session.flush()


def newest_versions(session: Session, review_id: UUID) -> dict[str, int]:
    """The number of the newest version in the history of every item, also of those that left the form."""
    statement = select(_REVISION.c.item, func.max(_REVISION.c.version)).where(_REVISION.c.review_id == review_id)
    return {str(row[0]): int(row[1]) for row in session.execute(statement.group_by(_REVISION.c.item))}


def newest_answers(session: Session, review_id: UUID, items: Collection[str]) -> dict[str, SavedAnswer]:
    """The newest answer in the history of some items that is not blank; where there is none but a blank one, that."""
    return _newest(session, select(*REVISION_COLUMNS).where(_REVISION.c.review_id == review_id, _REVISION.c.item.in_(items)))


def said_between(session: Session, review_id: UUID, begin: datetime, end: datetime) -> dict[str, SavedAnswer]:
    """The last answer to each item that was saved after one moment and before another; blank ones are none."""
    statement = select(*REVISION_COLUMNS).where(
        _REVISION.c.review_id == review_id, _REVISION.c.saved_at > begin, _REVISION.c.saved_at < end
    )
    return {item: saved for item, saved in _newest(session, statement).items() if saved.answer != BLANK}


def _newest(session: Session, statement: Select[tuple[object, ...]]) -> dict[str, SavedAnswer]:
    found: dict[str, SavedAnswer] = {}
    for row in session.execute(statement.order_by(_REVISION.c.version)):
        item, saved = str(row[0]), saved_answer(row)
        if saved.answer != BLANK or item not in found:
            found[item] = saved
    return found


def take_answers(session: Session, row: Review, items: Collection[str]) -> None:
    """Take answers from the form; their history stays."""
    if items:
        session.execute(delete(AnswerRow).where(col(AnswerRow.review_id) == row.id, col(AnswerRow.item).in_(items)))


def bring_back(session: Session, row: Review, versions: Mapping[str, int]) -> None:
    """Bring answers back to the form as the history has them, each at the version that it had."""
    if not versions:
        return
    columns = [column.name for column in _ANSWER.c]
    wanted = or_(*(and_(_REVISION.c.item == item, _REVISION.c.version == version) for item, version in versions.items()))
    past = select(*(_REVISION.c[name] for name in columns)).where(_REVISION.c.review_id == row.id, wanted)
    session.execute(insert(_ANSWER).from_select(columns, past))


def saved_to_text(saved: Mapping[str, SavedAnswer]) -> str:
    """Write answers as they stand, each with its version, and who saved it when."""
    content: dict[str, dict[str, object]] = json.loads(answers_to_text({code: each.answer for code, each in saved.items()}))
    for code, each in saved.items():
        content[code] |= {"version": each.version, "saved_at": iso(each.saved_at), "saved_by": each.saved_by}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def saved_from_text(text: str) -> tuple[dict[str, Answer], dict[str, int]]:
    """Read what `saved_to_text` wrote: the answers, and the version of each."""
    content: dict[str, dict[str, object]] = json.loads(text)
    return answers_from_text(text), {code: int(str(part["version"])) for code, part in content.items()}
