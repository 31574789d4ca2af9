"""Every statement on what is attached to items, alone or with the answers beside it: one for a whole review, and the economy
in each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import bindparam, null, select, union_all, update
from sqlmodel import Session, SQLModel, col

from app.domain.answers import Piece
from app.evidence import tables as _evidence  # noqa: F401 - its tables are read here
from app.kit.actor import Actor
from app.reviews.queries import ANSWER_COLUMNS, saved_answer, visible_to
from app.reviews.saved import SavedAnswer
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


# Opening a section begins with its answers and what is attached, so they come in one statement: first the columns of an
# answer, then the order, and the columns of a piece; each row has one of the two.
_ANSWERS = SQLModel.metadata.tables["answer"]
_OF_A_PIECE = [column for column in _PIECES.selected_columns if column.name not in {"review_id", "item"}]
_ANSWERS_AND_PIECES = union_all(
    select(*ANSWER_COLUMNS, null(), *(null() for _ in _OF_A_PIECE)).where(_ANSWERS.c.review_id == bindparam("review")),
    _PIECES.order_by(None)
    .with_only_columns(_ATTACHED.c.item, *(null() for _ in ANSWER_COLUMNS[1:]), _ATTACHED.c.added_at, *_OF_A_PIECE)
    .where(_ATTACHED.c.review_id == bindparam("review"), _ATTACHED.c.economy == bindparam("economy")),
)


def answers_and_pieces(
    session: Session, economy: str, review_id: UUID
) -> tuple[dict[str, SavedAnswer], dict[str, tuple[Piece, ...]]]:
    """The answers of one review, and what is attached to its items."""
    rows = session.execute(_ANSWERS_AND_PIECES, {"review": review_id, "economy": economy}).all()
    width = len(ANSWER_COLUMNS)
    answers = {str(row[0]): saved_answer(row[:width]) for row in rows if row[1] is not None}
    attached = sorted((row for row in rows if row[1] is None), key=lambda row: (row[width], str(row[width + 1])))
    pieces: dict[str, tuple[Piece, ...]] = {}
    for row in attached:
        pieces[str(row[0])] = (*pieces.get(str(row[0]), ()), _piece(row[width + 1 :]))
    return answers, pieces


def attached_to(session: Session, economy: str, reviews: Collection[UUID]) -> dict[UUID, dict[str, tuple[Piece, ...]]]:
    """What is attached to the items of some reviews of one economy, in the order in which it was attached."""
    return _by_review(session.execute(_ATTACHED_TO, {"reviews": list(reviews), "economy": economy}))


def _by_review(rows: Iterable[Sequence[object]]) -> dict[UUID, dict[str, tuple[Piece, ...]]]:
    found: dict[UUID, dict[str, tuple[Piece, ...]]] = {}
    for row in rows:
        items = found.setdefault(UUID(str(row[0])), {})
        items[str(row[1])] = (*items.get(str(row[1]), ()), _piece(row[2:]))
    return found


def _piece(row: Sequence[object]) -> Piece:
    evidence_id, version, *texts = row
    title, url, file_name, sha256 = map(str, texts)
    return Piece(str(UUID(str(evidence_id))), int(str(version)), title, url, file_name, sha256)


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


def lock_reviews(session: Session, actor: Actor) -> None:
    """Lock the reviews of the actor's economy, always in the same order, and read them anew.

    All of them, and not only those that name a piece: else one that names it a moment later could be handed over unseen.
    """
    statement = visible_to(actor).order_by(col(Review.id)).with_for_update().execution_options(populate_existing=True)
    session.scalars(statement).all()


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
