"""Answers from other reviews of the economy: what is offered, where it comes from, and one button to confirm."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.questionnaire.document import Questionnaire
from app.kit.actor import Actor
from app.kit.errors import FieldProblem
from app.kit.say import mark
from app.reviews import prefill, service
from app.reviews.pages import frames
from app.reviews.pages.evidence_words import titles
from app.reviews.pages.rewording_words import reworded
from app.reviews.prefill import Offer
from app.reviews.service import OpenReview
from app.reviews.words import answer_words, record_words
from app.web import parts
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import localized
from app.web.page import errors_by_field, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/prefill")

register_flash("reviews.taken_over", "success", mark("The answers are taken over. You can still change each of them."))


@router.get("")
def show_offers(request: Request, review_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show every answer that can be taken over, none of them ticked."""
    return _page(request, session, actor, review_id)


@router.post("")
def take_over(request: Request, review_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession) -> Response:
    """Confirm the ticked answers, and show what is left."""
    items = form.all("item")
    if not items:
        problem = FieldProblem("item", "missing", mark("Tick at least one answer to take over."))
        return _page(request, session, actor, review_id, (problem,))
    prefill.take_over(session, actor, review_id, items)
    return see_other(request, f"/reviews/{review_id}/prefill", flash="reviews.taken_over")


def _page(
    request: Request, session: DbSession, actor: Actor, review_id: UUID, problems: tuple[FieldProblem, ...] = ()
) -> Response:
    review = service.open_review(session, actor, review_id)
    title = _("Answers given before")
    return render(
        request,
        "reviews/prefill.html",
        frames.review_frame(request, review, title, Crumb(title), has_errors=bool(problems)),
        status=422 if problems else 200,
        review=review,
        offers=shown(review, prefill.offers(session, actor, review).values()),
        problems=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _rewordings(offer: Offer, document: Questionnaire) -> tuple[parts.Rewording, ...]:
    """Say how the question has changed since it was answered; nothing where it comes from another questionnaire."""
    if offer.source.questionnaire.code != document.code:
        return ()
    return reworded(localized(offer.source.questionnaire).items[offer.source_item], document.items[offer.item])


def shown(review: OpenReview, offers: Iterable[Offer]) -> list[parts.Offer]:
    """Say each offered answer in the words of this questionnaire, with the review that it comes from."""
    document = localized(review.questionnaire)
    return [
        parts.Offer(
            item=offer.item,
            key=offer.key,
            text=document.items[offer.item].text,
            is_carried=offer.source.questionnaire.code == review.questionnaire.code,
            rewordings=_rewordings(offer, document),
            answer=answer_words(document.items[offer.item], offer.answer),
            details=tuple(record_words(document.fields_of(document.items[offer.item]), each) for each in offer.answer.details),
            comment=offer.answer.comment,
            evidence_url=offer.answer.evidence_url,
            evidence=titles(offer.answer.evidence),
            source=_("{questionnaire}, {cycle}, question {item}, {state}").format(
                questionnaire=localized(offer.source.questionnaire).title,
                cycle=offer.source.cycle.title,
                item=offer.source_item,
                state=_("signed") if offer.source.is_signed else _("not signed yet"),
            ),
        )
        for offer in offers
    ]
