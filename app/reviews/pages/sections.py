"""One section a page: the form, what became of it, and the way on."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.questionnaire.document import Section
from app.domain.questionnaire.flow import next_section
from app.domain.questionnaire.items import ReferenceItem
from app.economies.references import Figure
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.reviews import answering, prefill, service
from app.reviews.pages import context, evidence_words, frames, marks, team_words
from app.reviews.pages.prefill import shown
from app.reviews.pages.section_form import NOTHING_SENT, Sent, asked, section_form
from app.reviews.service import OpenReview
from app.reviews.words import closing_words, localized_review
from app.teamwork import overview as teamwork
from app.teamwork.state import Place
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import mark
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/sections/{code}")

register_flash("reviews.saved", "success", mark("Your answers are saved."))
register_flash(
    "reviews.not_taken_over",
    "warning",
    mark("That answer can no longer be taken over: it was answered here, or changed there. The rest of the page is saved."),
)
register_flash(
    "reviews.more_questions", "info", mark("Your answers are saved. Because of them, the questions on this page have changed.")
)


@router.get("")
def show_section(request: Request, review_id: UUID, code: str, actor: CurrentActor, session: DbSession) -> Response:
    """Show one section of the form."""
    review = service.open_review(session, actor, review_id)
    return _section_page(request, session, actor, review, code)


@router.post("")
def save_section(
    request: Request, review_id: UUID, code: str, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """Save a section; problems and conflicts come back with everything that was typed."""
    before = service.open_review(session, actor, review_id)
    section = before.questionnaire.section(code)
    if section is None:
        raise NotFound("section")
    entries = context.read_entries(section, form)
    confirmed = form.first("use")
    taken = prefill.item_of(confirmed)
    if taken in entries:
        entries[taken] = context.without_answer(entries[taken])
    saved = answering.save_section(session, actor, review_id, code, entries)
    if saved.problems or saved.conflicts:
        return _section_page(request, session, actor, saved.review, code, Sent(entries, saved.problems, saved.conflicts))
    if taken:
        return _take_over(request, session, actor, saved.review, code, confirmed)
    if form.first("evidence") in entries:
        return see_other(request, f"/reviews/{review_id}/items/{form.first('evidence')}/evidence")
    if form.first("then") != "leave" and context.has_further_questions(section, form, saved.review.answers):
        return see_other(request, f"/reviews/{review_id}/sections/{code}", flash="reviews.more_questions")
    return see_other(request, _after_saving(saved.review, code, form.first("clear"), form.first("then")), flash="reviews.saved")


def _take_over(request: Request, session: DbSession, actor: Actor, review: OpenReview, code: str, confirmed: str) -> Response:
    """Confirm the offered answer of one question; everything else of the page is saved already."""
    taken = prefill.item_of(confirmed)
    here = f"/reviews/{review.id}/sections/{code}#{context.anchor(taken)}"
    if confirmed not in {offer.key for offer in prefill.offers(session, actor, review, [taken]).values()}:
        return see_other(request, here, flash="reviews.not_taken_over")
    prefill.take_over(session, actor, review.id, [confirmed])
    return see_other(request, here, flash="reviews.taken_over")


def _section_page(
    request: Request, session: DbSession, actor: Actor, review: OpenReview, code: str, sent: Sent = NOTHING_SENT
) -> Response:
    review = localized_review(review)
    place = asked(review, code)
    codes = [item.code for item in place.section.items]
    figures: list[Figure] = request.app.state.figures_of(review.economy) if _shows_figures(place.section) else []
    state = teamwork.of_review(session, actor, review.id)
    form = section_form(
        review,
        place,
        action=f"/reviews/{review.id}/sections/{code}" if review.is_editable else "",
        autosave=f"/api/v1/reviews/{review.id}/answers",
        sent=sent,
        beside=context.Beside(
            figures,
            f"/reviews/{review.id}",
            {offer.item: offer for offer in shown(review, prefill.offers(session, actor, review, codes).values())},
            evidence_words.beside(review),
        ),
    )
    title = place.section.title
    page = render(
        request,
        "reviews/section.html",
        frames.review_frame(request, review, title, Crumb(title), has_errors=bool(form.problems)),
        status=sent.status,
        review=review,
        form=form,
        closing=closing_words(review.cycle, review.state),
        team=team_words.section_team(review, place.section, state, actor),
    )
    return marks.noted(request, page, actor, review.id, state, place=Place(code))


def _shows_figures(section: Section) -> bool:
    return any(isinstance(item, ReferenceItem) for item in section.items)


def _after_saving(review: OpenReview, code: str, cleared: str, then: str) -> str:
    if cleared:
        return f"/reviews/{review.id}/sections/{code}#{context.anchor(cleared)}"
    following = next_section(review.questionnaire, review.answers, code)
    if then == "leave":
        return f"/reviews/{review.id}"
    if then == "check":
        return f"/reviews/{review.id}/sections/{code}/check"
    return f"/reviews/{review.id}/sections/{following.code}" if following else f"/reviews/{review.id}/check"
