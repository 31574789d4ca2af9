"""One section a page: the form, what became of it, and the way on."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.answers import BLANK
from app.domain.questionnaire.document import Section
from app.domain.questionnaire.flow import asked_items, asked_sections, is_dealt_with, next_section
from app.domain.questionnaire.items import ReferenceItem
from app.economies.references import Figure
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.reviews import answering, prefill, service
from app.reviews.answering import Entry, SavedSection
from app.reviews.pages import context, evidence_words, frames, marks, team_words
from app.reviews.pages.prefill import shown
from app.reviews.service import OpenReview
from app.reviews.words import closing_words, localized_review
from app.teamwork import overview as teamwork
from app.teamwork.state import Place
from app.web import parts
from app.web.db import DbSession
from app.web.forms import PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
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
        return _section_page(request, session, actor, saved.review, code, saved=saved, sent=entries)
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
    request: Request,
    session: DbSession,
    actor: Actor,
    review: OpenReview,
    code: str,
    *,
    saved: SavedSection | None = None,
    sent: Mapping[str, Entry] | None = None,
) -> Response:
    review = localized_review(review)
    path = asked_sections(review.questionnaire, review.answers)
    section = next((section for section in path if section.code == code), None)
    if section is None:
        raise NotFound("section")
    problems = saved.problems if saved else ()
    conflicts = saved.conflicts if saved else ()
    codes = [item.code for item in section.items]
    figures: list[Figure] = request.app.state.figures_of(review.economy) if _shows_figures(section) else []
    summary = _summary(review, saved, sent or {})
    lead, _blank, rest = (section.introduction or "").partition("\n\n")
    instructions = "\n\n".join(filter(None, (rest.strip(), review.questionnaire.instructions)))
    state = teamwork.of_review(session, actor, review.id)
    page = render(
        request,
        "reviews/section.html",
        frames.review_frame(request, review, section.title, Crumb(section.title), has_errors=bool(summary)),
        status=422 if problems else 409 if conflicts else 200,
        review=review,
        section=section,
        closing=closing_words(review.cycle, review.state),
        introduction=context.markdown(lead.strip()),
        instructions=context.markdown(instructions),
        questions=context.questions(
            review.questionnaire,
            section,
            {code: stored for code, stored in review.saved.items() if code in review.answers},
            is_read_only=not review.is_editable,
            sent=sent,
            problems=problems,
            conflicts=conflicts,
            beside=context.Beside(
                figures,
                f"/reviews/{review.id}",
                {offer.item: offer for offer in shown(review, prefill.offers(session, actor, review, codes).values())},
                evidence_words.beside(review),
            ),
        ),
        problems=summary,
        has_kept=bool({item.code for item in section.items} & review.saved.keys() - {problem.item for problem in problems}),
        position=path.index(section) + 1,
        length=len(path),
        next_blank=_next_blank(section, review),
        progress=next(progress for progress in review.progress if progress.section == code),
        team=team_words.section_team(review, section, state, actor),
    )
    return marks.noted(request, page, actor, review.id, state, place=Place(code))


def _shows_figures(section: Section) -> bool:
    return any(isinstance(item, ReferenceItem) for item in section.items)


def _summary(review: OpenReview, saved: SavedSection | None, sent: Mapping[str, Entry]) -> list[parts.Problem]:
    """Name what could not be saved, and what collided, each with a link to its control."""
    if saved is None:
        return []
    items = review.questionnaire.items
    fault = _("{item}: {problem}")
    wrong = [
        parts.Problem(
            fault.format(item=problem.item, problem=_(problem.message)),
            f"#{context.field_id(items[problem.item], problem.field, sent.get(problem.item))}",
        )
        for problem in saved.problems
    ]
    words = _("{item}: {name} saved another answer. Choose which one to keep.")
    collided = [
        parts.Problem(words.format(item=clash.item, name=clash.theirs.saved_by), f"#{context.anchor(clash.item)}-resolve")
        for clash in saved.conflicts
    ]
    return [*wrong, *collided]


def _next_blank(section: Section, review: OpenReview) -> str | None:
    """Return the anchor of the first question that is still blank; None when all are dealt with."""
    for item in asked_items(section, review.answers):
        answer = review.answers.get(item.code, BLANK)
        if not isinstance(item, ReferenceItem) and not is_dealt_with(review.questionnaire, item, answer):
            return context.anchor(item.code)
    return None


def _after_saving(review: OpenReview, code: str, cleared: str, then: str) -> str:
    if cleared:
        return f"/reviews/{review.id}/sections/{code}#{context.anchor(cleared)}"
    following = next_section(review.questionnaire, review.answers, code)
    if then == "leave":
        return f"/reviews/{review.id}"
    if then == "check":
        return f"/reviews/{review.id}/sections/{code}/check"
    return f"/reviews/{review.id}/sections/{following.code}" if following else f"/reviews/{review.id}/check"
