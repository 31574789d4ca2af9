"""What second opinions wait for from a person of the economy that asked: for the pages of its reviews, which stand below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import Request
from sqlmodel import Session

from app.kit.actor import Actor, Role
from app.peer_reviews import service
from app.peer_reviews.opened import OpenPeerReview, PeerReviewState
from app.peer_reviews.pages import context
from app.peer_reviews.positions import Side
from app.web import parts
from app.web.i18n import gettext as _
from app.web.i18n import ngettext


def waiting_for(
    request: Request, session: Session, actor: Actor, review_id: UUID | None
) -> Mapping[UUID, Sequence[parts.Waiting]]:
    """Return what waits for the actor, by review; of one review where one is named."""
    found: dict[UUID, list[parts.Waiting]] = {}
    for each in service.list_under_way(session, actor, review_id):
        waiting = _waiting(request, each, actor)
        if waiting is not None:
            found.setdefault(each.review_id, []).append(waiting)
    return found


def _waiting(request: Request, peer_review: OpenPeerReview, actor: Actor) -> parts.Waiting | None:
    title = _("Second opinion of {reviewer}").format(reviewer=context.reviewer_words(request, peer_review))
    href = f"/reviews/{peer_review.review_id}/peer-reviews/{peer_review.id}"
    if peer_review.has_conflict_to_decide and actor.role is Role.COORDINATOR:
        text = _("The reviewer declares a conflict of interest. Decide whether to go on.")
        return parts.Waiting(title, text, _("Read and decide"), href)
    if peer_review.state is PeerReviewState.CLOSING:
        text = _("The outcome is handed over to you. Read it, then close the peer review, or go on talking.")
        label = _("Read and close")
        return parts.Waiting(title, text, label, href) if actor.role is Role.APPROVER else None
    number = len(peer_review.waiting_for(Side.ECONOMY))
    if not number:
        return None
    words = ngettext("{number} question waits for your reply.", "{number} questions wait for your reply.", number)
    return parts.Waiting(title, words.format(number=number), _("Read and reply"), f"{href}?show=waiting#questions")
