"""Every statement on peer reviews. Who may see one is part of the statement, so missing and forbidden look alike."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlmodel import Session, SQLModel, col

from app.accounts.tables import Invitation
from app.kit.actor import Actor, Role
from app.peer_reviews.tables import PeerAgreement, PeerProposal, PeerRemark, PeerReview, PeerReviewer
from app.reviews.tables import Review, Submission

Row = TypeVar("Row", PeerRemark, PeerProposal, PeerAgreement)
_ENDED = ("closed", "withdrawn")


def of_review(actor: Actor, review_id: UUID) -> Select[PeerReview]:
    """Peer reviews of one review of an official's own economy."""
    mine = col(PeerReview.economy) == actor.economy if actor.is_official else false()
    return select(PeerReview).where(mine, col(PeerReview.review_id) == review_id)


def under_way(actor: Actor, review_id: UUID | None) -> Select[PeerReview]:
    """Peer reviews of an official's own economy that have not ended: of one review, or of all."""
    mine = col(PeerReview.economy) == actor.economy if actor.is_official else false()
    found = select(PeerReview).where(mine, col(PeerReview.state).not_in((*_ENDED, "declined")))
    return found if review_id is None else found.where(col(PeerReview.review_id) == review_id)


def for_reviewer(actor: Actor) -> Select[PeerReview]:
    """Peer reviews that an actor is asked for: an expert by the invitation that they took, an official by their economy.

    Contributors join once a coordinator or approver has accepted. What has ended is there for those who took part only."""
    asked: ColumnElement[bool] = false()
    if actor.role is Role.PEER_REVIEWER:
        asked = exists().where(col(Invitation.id) == col(PeerReview.invitation_id), col(Invitation.user_id) == actor.user_id)
    elif actor.is_official:
        asked = col(PeerReview.reviewer_economy) == actor.economy
        if actor.role not in {Role.COORDINATOR, Role.APPROVER}:
            asked = and_(asked, col(PeerReview.opened_at).is_not(None))
    took_part = exists().where(col(PeerReviewer.peer_review_id) == col(PeerReview.id), col(PeerReviewer.user_id) == actor.user_id)
    is_under_way = col(PeerReview.state).not_in((*_ENDED, "declined"))
    has_ended = and_(col(PeerReview.state).in_(_ENDED), took_part)
    return select(PeerReview).where(asked, or_(is_under_way, has_ended))


def find(session: Session, visible: Select[PeerReview], peer_review_id: UUID, *, lock: bool) -> PeerReview | None:
    statement = visible.where(col(PeerReview.id) == peer_review_id)
    if lock:  # and read it anew: what the session remembers may be older than the lock
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).first()


def list_in_order(session: Session, visible: Select[PeerReview]) -> list[PeerReview]:
    """The newest first."""
    return list(session.scalars(visible.order_by(col(PeerReview.invited_at).desc(), col(PeerReview.id).desc())))


def add(session: Session, row: SQLModel) -> None:
    session.add(row)
    session.flush()


def find_latest_submission(session: Session, actor: Actor, review_id: UUID) -> Submission | None:
    """The last signed revision of a review of the actor's economy."""
    statement = (
        select(Submission)
        .join(Review, col(Review.id) == col(Submission.review_id))
        .where(col(Review.id) == review_id, col(Review.economy) == actor.economy)
    )
    return session.scalars(statement.order_by(col(Submission.revision).desc())).first()


def reviewers_of(session: Session, peer_reviews: Collection[UUID]) -> list[PeerReviewer]:
    statement = select(PeerReviewer).where(col(PeerReviewer.peer_review_id).in_(peer_reviews))
    return list(session.scalars(statement.order_by(col(PeerReviewer.given_at), col(PeerReviewer.id))))


def said(session: Session, table: type[Row], peer_reviews: Collection[UUID]) -> list[Row]:
    """Remarks, proposals or agreements in the order in which they were made."""
    statement = select(table).where(col(table.peer_review_id).in_(peer_reviews))
    return list(session.scalars(statement.order_by(col(table.at), col(table.id))))


def agreements_of_closed(session: Session, submissions: Collection[UUID]) -> list[tuple[UUID, PeerAgreement]]:
    """The agreements that stand in closed peer reviews of some submissions, in the order in which they were made."""
    latest = (
        select(func.max(col(PeerProposal.number)))
        .where(
            col(PeerProposal.peer_review_id) == col(PeerAgreement.peer_review_id),
            col(PeerProposal.item) == col(PeerAgreement.item),
        )
        .scalar_subquery()
    )
    statement = (
        select(col(PeerReview.submission_id), PeerAgreement)
        .join(PeerReview, col(PeerReview.id) == col(PeerAgreement.peer_review_id))
        .where(
            col(PeerReview.submission_id).in_(submissions),
            col(PeerReview.state) == "closed",
            col(PeerAgreement.number) == func.coalesce(latest, 0),
        )
        .order_by(col(PeerAgreement.at), col(PeerAgreement.id))
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def find_invitation(session: Session, invitation_id: UUID | None) -> Invitation | None:
    return session.scalars(select(Invitation).where(col(Invitation.id) == invitation_id)).first()
