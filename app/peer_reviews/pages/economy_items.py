"""One question of a peer review, as the economy sees it: what was said, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.kit.actor import Actor, Role
from app.kit.errors import Invalid, NotFound
from app.peer_reviews import conversation, service
from app.peer_reviews.opened import TALKING, PeerReviewState
from app.peer_reviews.pages import context
from app.peer_reviews.pages.economy import crumbs
from app.peer_reviews.positions import Side
from app.reviews.pages import frames
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import mark
from app.web.page import page_frame
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/peer-reviews/{peer_id}/items/{code}")

register_flash("peer_reviews.remarked", "success", mark("Your words are saved, and the other side can read them."))
register_flash("peer_reviews.proposed", "success", mark("Your proposal is saved."))
register_flash("peer_reviews.agreed", "success", mark("Agreed. A later proposal of either side would open the question again."))
register_flash("peer_reviews.kept", "success", mark("Your answer stands. It counts as agreed once the reviewer says yes to it."))


@router.get("")
def show_item(request: Request, review_id: UUID, peer_id: UUID, code: str, actor: CurrentActor, session: DbSession) -> Response:
    """Show the conversation on one question."""
    return _page(request, session, actor, review_id, peer_id, code)


@router.post("/remarks")
def reply(
    request: Request, review_id: UUID, peer_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """Reply to a question, or ask back."""
    try:
        conversation.remark(session, actor, peer_id, code, form.first("remark"), review_id=review_id)
    except Invalid as refusal:
        return _page(request, session, actor, review_id, peer_id, code, context.Refused(form, refusal.problems))
    return _back(request, review_id, peer_id, code, "peer_reviews.remarked")


@router.post("/agree")
def accept_proposal(
    request: Request, review_id: UUID, peer_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """Say yes to what the reviewer proposes."""
    conversation.agree(session, actor, peer_id, code, seen=context.seen(form), review_id=review_id)
    return _back(request, review_id, peer_id, code, "peer_reviews.agreed")


@router.post("/keep")
def keep_answer(
    request: Request, review_id: UUID, peer_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """Hold on to the signed answer, with a reply."""
    try:
        conversation.keep(session, actor, peer_id, code, form.first("keep_words"), seen=context.seen(form), review_id=review_id)
    except Invalid as refusal:
        return _page(request, session, actor, review_id, peer_id, code, context.Refused(form, refusal.problems))
    return _back(request, review_id, peer_id, code, "peer_reviews.kept")


@router.post("/proposals")
def propose(
    request: Request, review_id: UUID, peer_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """Propose an answer in between."""
    peer_review = service.open_for_economy(session, actor, review_id, peer_id)
    if code not in peer_review.threads:
        raise NotFound("question")
    entry = context.read_proposal(peer_review, code, form)
    try:
        conversation.propose(
            session, actor, peer_id, code, entry.raw, form.first("words"), seen=context.seen(form), review_id=review_id
        )
    except Invalid as refusal:
        return _page(request, session, actor, review_id, peer_id, code, context.Refused(form, refusal.problems, entry))
    return _back(request, review_id, peer_id, code, "peer_reviews.proposed")


def _back(request: Request, review_id: UUID, peer_id: UUID, code: str, flash: str) -> Response:
    return see_other(request, f"/reviews/{review_id}/peer-reviews/{peer_id}/items/{code}", flash=flash)


def _page(
    request: Request,
    session: DbSession,
    actor: Actor,
    review_id: UUID,
    peer_id: UUID,
    code: str,
    refused: context.Refused = context.NOT_REFUSED,
) -> Response:
    peer_review = context.spoken(service.open_for_economy(session, actor, review_id, peer_id))
    if code not in peer_review.threads:
        raise NotFound("question")
    base = f"/reviews/{review_id}/peer-reviews/{peer_id}"
    item = peer_review.frozen.questionnaire.items[code]
    thread = peer_review.threads[code]
    can_decide = actor.role is Role.COORDINATOR and peer_review.state is PeerReviewState.IN_RESPONSE
    return render(
        request,
        "peer_reviews/item.html",
        page_frame(
            request,
            f"{item.code} {item.text}",
            breadcrumbs=(*crumbs(request, peer_review), Crumb(item.code)),
            has_errors=bool(refused.problems),
            notices=frames.notices_of(peer_review.frozen.cycle.notice),
        ),
        status=Invalid.status if refused.problems else 200,
        is_reviewer=False,
        view=context.item_view(peer_review, item, base, Side.ECONOMY),
        signed=context.signed_question(peer_review, code),
        said=context.conversation(peer_review, item),
        form=context.proposal(peer_review, code, refused.entry, refused.problems) if can_decide else None,
        can_decide=can_decide,
        can_talk=peer_review.state in TALKING,
        can_keep=can_decide and thread.latest.side is Side.REVIEWER and thread.agreed is None,
        waits_for_hand_over=peer_review.state is PeerReviewState.OPEN,
        typed=refused.typed(),
        back=base,
        following=_following(base, peer_review.waiting_for(Side.ECONOMY), code),
        summary=context.summary(peer_review, code, refused),
        errors=context.errors(refused.problems),
    )


def _following(base: str, waiting: Sequence[str], code: str) -> str:
    """Return the next question that waits for a reply; empty when there is none."""
    others = [each for each in waiting if each != code]
    return f"{base}/items/{others[0]}" if others else ""
