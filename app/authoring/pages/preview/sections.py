"""A draft as an official meets it: the sections, one section's form, and the answers read before they are handed over."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.authoring.drafts import OpenDraft
from app.authoring.pages.frames import Administrator
from app.authoring.pages.preview.look import Look, Way, way_of
from app.authoring.pages.preview.stage import Stage, staged, unreadable
from app.authoring.preview import trying
from app.authoring.preview.trying import Trial
from app.domain.answers import BLANK
from app.domain.questionnaire.flow import asked_items, asked_sections, next_section
from app.domain.questionnaire.items import ReferenceItem
from app.kit.errors import Conflict, NotReady
from app.kit.say import mark
from app.reviews.pages import context, evidence_words, missing
from app.reviews.pages.section_form import NOTHING_SENT, Sent, asked, how_far, section_form, standing_of
from app.web import parts
from app.web.db import DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.i18n import gettext as _

router = APIRouter(prefix="/admin/drafts/{draft_id}/preview")

register_flash("authoring.preview_saved", "success", mark("Your test answers are kept. They count nowhere."))
register_flash("authoring.preview_filled", "success", mark("Every question has an example as its test answer."))
register_flash("authoring.preview_cleared", "success", mark("Your test answers are removed."))
register_flash(
    "authoring.preview_closed",
    "info",
    mark("This draft is closed, so it can be looked at, and takes no test answers."),
)
register_flash(
    "authoring.preview_not_asked",
    "info",
    mark("That section is not asked with these test answers, or has left the draft."),
)
register_flash(
    "authoring.preview_evidence",
    "info",
    mark("In a review, files and links are attached here. The preview takes none."),
)

Looked = Annotated[Look, Query()]


@router.get("")
def show_preview(request: Request, draft_id: UUID, actor: Administrator, session: DbSession, look: Looked) -> Response:
    """Show the sections of a draft as an official sees them, and what can be done with test answers."""
    found = trying.open_trial(session, actor, draft_id)
    if isinstance(found, OpenDraft):
        return unreadable(request, found, look)
    with staged(request, found, look) as stage:
        trial = stage.trial
        return stage.render(
            "authoring/preview/start.html",
            _("Preview"),
            questionnaire=trial.questionnaire,
            introduction=context.markdown(trial.questionnaire.summary),
            tasks=_tasks(trial, stage.way),
            next_href=next((stage.way.to("sections", each.section) for each in trial.progress if each.done < each.total), ""),
            done=sum(section.done for section in trial.progress),
            total=sum(section.total for section in trial.progress),
            has_answers=bool(trial.saved or trial.dropped),
            takes_answers=trial.draft.entry.state == "open",
        )


@router.get("/sections/{code}")
def show_section(request: Request, draft_id: UUID, code: str, actor: Administrator, session: DbSession, look: Looked) -> Response:
    """Show one section of the form."""
    found = trying.open_trial(session, actor, draft_id)
    return unreadable(request, found, look) if isinstance(found, OpenDraft) else _section_page(request, found, code, look)


@router.post("/sections/{code}")
def save_section(
    request: Request, draft_id: UUID, code: str, actor: Administrator, form: PageForm, session: DbSession, look: Looked
) -> Response:
    """Keep the test answers of a section, and go where the pressed button leads."""
    found, way = trying.open_trial(session, actor, draft_id), way_of(request, draft_id, look)
    section = None if isinstance(found, OpenDraft) else found.questionnaire.section(code)
    if section is None:
        return see_other(request, way.to(), flash="authoring.preview_not_asked")
    entries = context.read_entries(section, form)
    try:
        tried = trying.save_section(session, actor, draft_id, code, entries)
    except Conflict:
        return see_other(request, way.to("sections", code), flash="authoring.preview_closed")
    if tried.problems:
        return _section_page(request, tried.trial, code, look, Sent(entries, tried.problems))
    here = partial(way.to, "sections", code)
    if form.first("evidence"):
        return see_other(request, here(then=context.anchor(form.first("evidence"))), flash="authoring.preview_evidence")
    if form.first("then") != "leave" and context.has_further_questions(section, form, tried.trial.answers):
        return see_other(request, here(), flash="reviews.more_questions")
    if form.first("clear"):
        return see_other(request, here(then=context.anchor(form.first("clear"))), flash="authoring.preview_saved")
    return see_other(request, _after_saving(tried.trial, way, code, form.first("then")), flash="authoring.preview_saved")


@router.get("/check")
def check_answers(request: Request, draft_id: UUID, actor: Administrator, session: DbSession, look: Looked) -> Response:
    """Show every test answer, and what sign-off would wait for."""
    found = trying.open_trial(session, actor, draft_id)
    if isinstance(found, OpenDraft):
        return unreadable(request, found, look)
    with staged(request, found, look, "check") as stage:
        trial, address = stage.trial, partial(stage.way.to, "sections")
        return stage.render(
            "authoring/preview/check.html",
            _("Check your answers"),
            stage.start,
            missing=missing.answers(trial, address),
            missing_count=len(trial.missing),
            left_empty=missing.scores(trial, address) if trial.can_be_scored and not trial.missing else [],
            progress={section.section: section for section in trial.progress},
            sections=[
                (
                    section,
                    context.summary_rows(trial.questionnaire, section, trial.answers, change_href=address(section.code)),
                )
                for section in asked_sections(trial.questionnaire, trial.answers)
            ],
        )


@router.post("/examples")
def fill_in(
    request: Request, draft_id: UUID, actor: Administrator, _form: PageForm, session: DbSession, look: Looked
) -> Response:
    """Answer every question with an example."""
    way = way_of(request, draft_id, look)
    try:
        trying.fill_in(session, actor, draft_id, _("An example."))
    except NotReady:  # its page says what to correct first
        raise
    except Conflict:
        return see_other(request, way.to(), flash="authoring.preview_closed")
    return see_other(request, way.to(), flash="authoring.preview_filled")


@router.post("/clear")
def clear(request: Request, draft_id: UUID, actor: Administrator, _form: PageForm, session: DbSession, look: Looked) -> Response:
    """Remove every test answer of this administrator."""
    trying.clear(session, actor, draft_id)
    return see_other(request, way_of(request, draft_id, look).to(), flash="authoring.preview_cleared")


def _section_page(request: Request, trial: Trial, code: str, look: Look, sent: Sent = NOTHING_SENT) -> Response:
    path = {section.code: section for section in asked_sections(trial.questionnaire, trial.answers)}
    if code not in path:
        way = way_of(request, trial.draft.entry.id, look)
        return see_other(request, way.to(item=look.item), flash="authoring.preview_not_asked")
    with staged(request, trial, look, "sections", code, section=path[code]) as stage:
        place = asked(stage.trial, code)
        form = section_form(
            stage.trial,
            place,
            action=stage.way.to("sections", code),
            sent=sent,
            beside=context.Beside(evidence=_evidence(stage)),
        )
        return stage.render(
            "authoring/preview/section.html",
            place.section.title,
            stage.start,
            status=sent.status,
            has_errors=bool(form.problems),
            form=form,
            team=None,
            closing="",
        )


def _evidence(stage: Stage) -> dict[str, parts.Attached]:
    """Say of every asked question whether evidence would still be needed; the button for it is there, and leads nowhere else."""
    trial = stage.trial
    items = [item for section in trial.questionnaire.sections for item in asked_items(section, trial.answers)]
    return {
        item.code: evidence_words.attached(item, trial.answers.get(item.code, BLANK), (), stage.way.to())
        for item in items
        if not isinstance(item, ReferenceItem)
    }


def _tasks(trial: Trial, way: Way) -> list[parts.Task]:
    titles = {section.code: f"{section.code} {section.title}" for section in trial.questionnaire.sections}
    return [
        parts.Task(titles[each.section], *standing_of(each), way.to("sections", each.section), how_far(each))
        for each in trial.progress
    ]


def _after_saving(trial: Trial, way: Way, code: str, then: str) -> str:
    following = next_section(trial.questionnaire, trial.answers, code)
    if then == "leave":
        return way.to()
    if then == "check" or following is None:
        return way.to("check", then=f"section-{context.anchor(code)}" if then == "check" else "")
    return way.to("sections", following.code)
