"""One question of a peer review, as the reviewer sees it: agree, propose another answer with a reason, or ask."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.kit.actor import Actor
from app.kit.errors import Invalid, NotFound
from app.peer_reviews import conversation, service
from app.peer_reviews.opened import TALKING, OpenPeerReview
from app.peer_reviews.pages import context
from app.peer_reviews.pages.reviewer import crumbs
from app.peer_reviews.positions import Side
from app.reviews.pages import frames
from app.web.db import AppDatabase, DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.page import page_frame
from app.web.templating import render, see_other

router = APIRouter(prefix="/peer-reviews/{peer_id}/items/{code}")


@router.get("")
def show_item(request: Request, peer_id: UUID, code: str, actor: CurrentActor, database: AppDatabase) -> Response:
    """Show one question with the signed answer and what was said about it, once the reading is recorded."""
    with database.read() as session:
        economy = service.get_for_reviewer(session, actor, peer_id).economy
        page = _page(request, session, actor, peer_id, code)
    service.record_reading(database, actor, peer_id, economy)
    return page


@router.post("/remarks")
def ask(request: Request, peer_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Ask the economy something, or reply."""
    try:
        conversation.remark(session, actor, peer_id, code, form.first("remark"))
    except Invalid as refusal:
        return _page(request, session, actor, peer_id, code, context.Refused(form, refusal.problems))
    return see_other(request, f"/peer-reviews/{peer_id}/items/{code}", flash="peer_reviews.remarked")


@router.post("/agree")
def agree(request: Request, peer_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Say yes to what the economy holds; from the list of a section one comes back to it."""
    peer_review = service.open_to_work(session, actor, peer_id)
    conversation.agree(session, actor, peer_id, code, seen=context.seen(form))
    back = f"/peer-reviews/{peer_id}/items/{code}"
    if form.first("then") == "section":
        section = context.section_of(peer_review, code)
        back = f"/peer-reviews/{peer_id}/sections/{section.code}#{code.replace('.', '-')}"
    return see_other(request, back, flash="peer_reviews.agreed")


@router.post("/proposals")
def propose(request: Request, peer_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Propose another answer."""
    peer_review = _opened(session, actor, peer_id, code)
    entry = context.read_proposal(peer_review, code, form)
    try:
        conversation.propose(session, actor, peer_id, code, entry.raw, form.first("words"), seen=context.seen(form))
    except Invalid as refusal:
        return _page(request, session, actor, peer_id, code, context.Refused(form, refusal.problems, entry))
    return see_other(request, f"/peer-reviews/{peer_id}/items/{code}", flash="peer_reviews.proposed")


def _opened(session: DbSession, actor: Actor, peer_id: UUID, code: str) -> OpenPeerReview:
    peer_review = service.open_to_work(session, actor, peer_id)
    if code not in peer_review.threads:
        raise NotFound("question")
    return peer_review


def _page(
    request: Request,
    session: DbSession,
    actor: Actor,
    peer_id: UUID,
    code: str,
    refused: context.Refused = context.NOT_REFUSED,
) -> Response:
    peer_review = context.spoken(_opened(session, actor, peer_id, code))
    base = f"/peer-reviews/{peer_id}"
    item = peer_review.frozen.questionnaire.items[code]
    section = context.section_of(peer_review, code)
    can_talk = peer_review.state in TALKING
    return render(
        request,
        "peer_reviews/item.html",
        page_frame(
            request,
            f"{item.code} {item.text}",
            breadcrumbs=(
                *crumbs(request, peer_review),
                Crumb(f"{section.code} {section.title}", f"{base}/sections/{section.code}"),
                Crumb(item.code),
            ),
            has_errors=bool(refused.problems),
            notices=frames.notices_of(peer_review.frozen.cycle.notice),
        ),
        status=Invalid.status if refused.problems else 200,
        is_reviewer=True,
        view=context.item_view(peer_review, item, base, Side.REVIEWER),
        signed=context.signed_question(peer_review, code),
        said=context.conversation(peer_review, item),
        form=context.proposal(peer_review, code, refused.entry, refused.problems) if can_talk else None,
        can_decide=can_talk,
        can_talk=can_talk,
        can_keep=False,
        waits_for_hand_over=False,
        typed=refused.typed(),
        back=f"{base}/sections/{section.code}",
        following=_following(peer_review, base, code),
        summary=context.summary(peer_review, code, refused),
        errors=context.errors(refused.problems),
    )


def _following(peer_review: OpenPeerReview, base: str, code: str) -> str:
    """Return the next question that nobody has spoken of, or that waits for the reviewer; empty when there is none."""
    codes = list(peer_review.threads)
    after = codes[codes.index(code) + 1 :]
    due = [
        each for each in after if not peer_review.threads[each].is_touched or peer_review.threads[each].waits_for(Side.REVIEWER)
    ]
    return f"{base}/items/{due[0]}" if due else ""
