"""One section a page: the form, what became of it, and the way on."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.domain.questionnaire.document import Section
from app.domain.questionnaire.flow import asked_items, next_section
from app.domain.questionnaire.items import ReferenceItem
from app.economies.references import Figure
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.reviews import answering, prefill, service
from app.reviews.answering import AnswersLocked, Entry, Outdated, SavedSection
from app.reviews.moving.read_words import ReadWords, read_words
from app.reviews.pages import context, evidence_words, frames, marks, team_words
from app.reviews.pages.outdated import lost_lines, outdated_lines, outdated_page, typed_beside
from app.reviews.pages.prefill import shown
from app.reviews.pages.section_form import NOTHING_SENT, Sent, asked, is_asked, section_form
from app.reviews.service import OpenReview
from app.reviews.words import closing_words, localized_review
from app.teamwork import overview as teamwork
from app.teamwork.state import Place
from app.web.db import DbSession
from app.web.forms import Form, PageForm
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
    "reviews.saved_after_a_move",
    "info",
    mark("Your answers are saved. While you worked, the review was moved to another version, so some questions have changed."),
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
    seen = form.first("questionnaire")
    words = read_words(session, before, seen)
    section = words.document.section(code)
    if section is None:
        raise NotFound("section")
    entries = context.read_entries(section, form)
    confirmed = form.first("use")
    taken = prefill.item_of(confirmed)
    if taken in entries:
        entries[taken] = context.without_answer(entries[taken])
    try:
        saved = answering.save_section(session, actor, review_id, code, entries, questionnaire=seen)
    except AnswersLocked as locked:
        review = service.open_review(session, actor, review_id)
        return _section_page(request, session, actor, review, code, _locked(session, review, words, entries, locked.detail))
    if saved.problems or saved.conflicts or saved.outdated:
        return _section_page(request, session, actor, saved.review, code, _not_saved(saved, code, entries, words))
    if taken:
        return _take_over(request, session, actor, saved.review, code, confirmed)
    way_on, said = _way_on(saved.review, code, form, words)
    return see_other(request, way_on, flash=said)


def _not_saved(saved: SavedSection, code: str, entries: Mapping[str, Entry], words: ReadWords) -> Sent:
    """Return what is shown again: beside its question where the page still has it, else in full."""
    if not words.are_outdated:
        return Sent(entries, saved.problems, saved.conflicts)
    section = saved.review.questionnaire.section(code)
    here = {item.code for item in asked_items(section, saved.review.answers)} if section else set()
    away = ({each.item for each in saved.problems} | {each.item for each in saved.conflicts}) - here
    elsewhere = [Outdated(item, entries[item], words.read(item, entries[item].raw), item) for item in sorted(away)]
    return Sent(
        entries,
        [each for each in saved.problems if each.item in here],
        [each for each in saved.conflicts if each.item in here],
        outdated_lines(saved.review, words, [*saved.outdated, *elsewhere]),
        is_of_before=True,
    )


def _locked(session: DbSession, review: OpenReview, words: ReadWords, entries: Mapping[str, Entry], why: str) -> Sent:
    """Return what was typed on a page that was open while the answers were locked, to be read beside those that stand."""
    lost = answering.not_saved(session, review, words, entries)
    return Sent(entries, outdated=lost_lines(words, lost), locked=_(why))


def _way_on(review: OpenReview, code: str, form: Form, words: ReadWords) -> tuple[str, str | None]:
    """Return where the person goes once everything is saved, and what is said there."""
    here, then = f"/reviews/{review.id}/sections/{code}", form.first("then")
    section = review.questionnaire.section(code)
    if section is not None and form.first("evidence") in {item.code for item in section.items}:
        return f"/reviews/{review.id}/items/{form.first('evidence')}/evidence", None
    if words.are_outdated:
        way_on = _after_saving(review, code, "", then) if is_asked(review, code) else f"/reviews/{review.id}"
        return way_on, "reviews.saved_after_a_move"
    if then != "leave" and section is not None and context.has_further_questions(section, form, review.answers):
        return here, "reviews.more_questions"
    return _after_saving(review, code, form.first("clear"), then), "reviews.saved"


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
    if (sent.outdated or sent.locked) and not is_asked(review, code):
        return outdated_page(request, review, list(sent.outdated), sent.locked)
    questionnaire = review.questionnaire.content_hash
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
        questionnaire=questionnaire,
        sent=sent,
        beside=context.Beside(
            figures,
            f"/reviews/{review.id}",
            {offer.item: offer for offer in shown(review, prefill.offers(session, actor, review, codes).values())},
            evidence_words.beside(review),
            {} if sent.locked else typed_beside(sent.outdated),
        ),
    )
    title = place.section.title
    page = render(
        request,
        "reviews/section.html",
        frames.review_frame(request, review, title, Crumb(title), has_errors=bool(form.problems or form.locked)),
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
