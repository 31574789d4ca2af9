"""Every statement on what is attached to items: one for a whole review, and the economy in each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, SQLModel, col

from app.domain.answers import Piece
from app.evidence import tables as _evidence  # noqa: F401 - its tables are read here
from app.kit.actor import Actor
from app.reviews.queries import visible_to
from app.reviews.tables import AnswerEvidence, AnswerRow, Review, Submission

Attached: TypeAlias = Mapping[str, tuple[Piece, ...]]

_ATTACHED = SQLModel.metadata.tables["answer_evidence"]
_EVIDENCE = SQLModel.metadata.tables["evidence"]
_VERSION = SQLModel.metadata.tables["evidence_version"]
_PIECES = (
    select(
        _ATTACHED.c.review_id,
        _ATTACHED.c.item,
        _VERSION.c.evidence_id,
        _VERSION.c.version,
        _VERSION.c.title,
        _VERSION.c.url,
        _VERSION.c.file_name,
        _VERSION.c.sha256,
    )
    .join(_EVIDENCE, (_EVIDENCE.c.id == _ATTACHED.c.evidence_id) & (_EVIDENCE.c.economy == _ATTACHED.c.economy))
    .join(_VERSION, (_VERSION.c.evidence_id == _EVIDENCE.c.id) & (_VERSION.c.version == _EVIDENCE.c.version))
    .where(_ATTACHED.c.removed_at.is_(None))
    .order_by(_ATTACHED.c.added_at, _ATTACHED.c.id)
)
# Opening a section pays for this one, so it is built once.
_ATTACHED_TO = _PIECES.where(
    _ATTACHED.c.review_id.in_(bindparam("reviews", expanding=True)), _ATTACHED.c.economy == bindparam("economy")
)


def attached_to(session: Session, economy: str, reviews: Collection[UUID]) -> dict[UUID, dict[str, tuple[Piece, ...]]]:
    """What is attached to the items of some reviews of one economy, in the order in which it was attached."""
    return _by_review(session.execute(_ATTACHED_TO, {"reviews": list(reviews), "economy": economy}))


def _by_review(rows: Iterable[Sequence[object]]) -> dict[UUID, dict[str, tuple[Piece, ...]]]:
    found: dict[UUID, dict[str, tuple[Piece, ...]]] = {}
    for row in rows:
        piece = Piece(str(row[2]), int(str(row[3])), str(row[4]), str(row[5]), str(row[6]), str(row[7]))
        items = found.setdefault(UUID(str(row[0])), {})
        items[str(row[1])] = (*items.get(str(row[1]), ()), piece)
    return found


def attached_to_cycle(session: Session, cycle_id: UUID) -> dict[UUID, dict[str, tuple[Piece, ...]]]:
    """What is attached to the items of every review of a cycle, for those who see all of it: the command line."""
    economies = select(col(Review.id)).where(col(Review.cycle_id) == cycle_id)
    return _by_review(session.execute(_PIECES.where(_ATTACHED.c.review_id.in_(economies))))


def attach(session: Session, row: Review, item: str, evidence: Collection[UUID], actor: Actor, now: datetime) -> None:
    """Attach pieces to an item."""
    for evidence_id in evidence:
        session.add(
            AnswerEvidence(
                review_id=row.id,
                item=item,
                evidence_id=evidence_id,
                economy=row.economy,
                added_at=now,
                added_by=actor.name,
                user_id=actor.user_id,
            )
        )
    session.flush()


def detach(session: Session, row: Review, item: str, evidence: Collection[UUID], actor: Actor, now: datetime) -> None:
    """Say since when pieces are no longer attached to an item."""
    session.execute(
        update(AnswerEvidence)
        .where(
            col(AnswerEvidence.review_id) == row.id,
            col(AnswerEvidence.item) == item,
            col(AnswerEvidence.economy) == row.economy,
            col(AnswerEvidence.evidence_id).in_(evidence),
            col(AnswerEvidence.removed_at).is_(None),
        )
        .values(removed_at=now, removed_by=actor.name)
    )


def reviews_with(session: Session, actor: Actor, evidence_id: UUID) -> list[tuple[Review, str]]:
    """The reviews of the actor's economy, with the items, to which a piece is attached."""
    statement = (
        visible_to(actor)
        .add_columns(col(AnswerEvidence.item))
        .join(AnswerEvidence, col(AnswerEvidence.review_id) == col(Review.id))
        .where(
            col(AnswerEvidence.evidence_id) == evidence_id,
            col(AnswerEvidence.economy) == col(Review.economy),
            col(AnswerEvidence.removed_at).is_(None),
        )
    )
    return [(row[0], str(row[1])) for row in session.execute(statement)]


def is_signed(session: Session, economy: str, evidence_id: UUID) -> bool:
    """Tell whether a submission of the economy names a piece. An id is in no text by chance."""
    statement = (
        select(col(Submission.id))
        .join(Review, col(Review.id) == col(Submission.review_id))
        .where(col(Review.economy) == economy, col(Submission.answers).contains(f'"id":"{evidence_id}"', autoescape=True))
    )
    return session.execute(statement.limit(1)).first() is not None


def pasted_links(session: Session) -> list[tuple[str, str]]:
    """The links that stand in answers now, with their economies."""
    statement = (
        select(col(Review.economy), col(AnswerRow.evidence_url))
        .join(Review, col(Review.id) == col(AnswerRow.review_id))
        .where(col(AnswerRow.evidence_url) != "")
    )
    return [(str(economy), str(url)) for economy, url in session.execute(statement.distinct())]
