"""One piece of evidence: what it supports, all its versions, and the ways to change or remove it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.evidence import service as evidence
from app.evidence.kinds import TAKEN
from app.evidence.service import EvidenceEntry
from app.infra import times
from app.kit.actor import Actor
from app.kit.errors import FieldProblem, Invalid
from app.reviews import attaching, service
from app.reviews.pages import context, evidence_words, frames
from app.reviews.pages.evidence import described, files_of, largest_file, sent_file
from app.reviews.words import localized_review
from app.web import parts
from app.web.db import AppDatabase, DbSession
from app.web.forms import Form, PageForm
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import mark
from app.web.page import errors_by_field, summary_of
from app.web.templating import register_flash, render, see_other

router = APIRouter(prefix="/reviews/{review_id}/evidence/{evidence_id}")

_LONGEST_NUMBER = 9

register_flash("evidence.changed", "success", mark("The change is saved as a new version. Earlier versions stay below."))
register_flash("evidence.removed", "success", mark("The evidence is removed."))
register_flash(
    "evidence.hidden",
    "info",
    mark("A signed revision names this evidence, so it stays readable there. It is no longer offered, and detached elsewhere."),
)


@router.get("")
def show_piece(request: Request, review_id: UUID, evidence_id: UUID, actor: CurrentActor, session: DbSession) -> Response:
    """Show one piece with its versions."""
    return _piece_page(request, session, actor, review_id, evidence_id)


@router.post("")
def change(
    request: Request, review_id: UUID, evidence_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """Change the title, the dates, or the address of a link, as a new version."""
    entry, _versions = evidence.get_evidence(session, actor, evidence_id)
    seen = _number(form.first("seen"))
    try:
        if entry.kind == "link":
            attaching.change_link(session, actor, review_id, evidence_id, described(form), form.first("url"), seen=seen)
        else:
            attaching.describe_file(session, actor, review_id, evidence_id, described(form), seen=seen)
    except Invalid as refusal:
        return _piece_page(request, session, actor, review_id, evidence_id, form=form, problems=refusal.problems)
    return see_other(request, _here(review_id, evidence_id), flash="evidence.changed")


@router.post("/file")
def replace_file(
    request: Request, review_id: UUID, evidence_id: UUID, actor: CurrentActor, form: PageForm, database: AppDatabase
) -> Response:
    """Put another file in the place of this one, as a new version."""
    seen = _number(form.first("seen"))
    try:
        attaching.replace_file(database, files_of(request), actor, review_id, evidence_id, sent_file(form), seen=seen)
    except Invalid as refusal:
        with database.read() as session:
            return _piece_page(request, session, actor, review_id, evidence_id, problems=refusal.problems)
    return see_other(request, _here(review_id, evidence_id), flash="evidence.changed")


@router.post("/detach")
def detach(
    request: Request, review_id: UUID, evidence_id: UUID, actor: CurrentActor, form: PageForm, session: DbSession
) -> Response:
    """Detach a piece from one question."""
    attaching.detach(session, actor, review_id, form.first("item"), evidence_id)
    return see_other(request, _here(review_id, evidence_id), flash="evidence.chosen")


@router.post("/remove")
def remove(
    request: Request, review_id: UUID, evidence_id: UUID, actor: CurrentActor, _form: PageForm, session: DbSession
) -> Response:
    """Remove a piece; one that was signed is hidden instead."""
    is_removed = attaching.remove(session, actor, review_id, evidence_id)
    flash = "evidence.removed" if is_removed else "evidence.hidden"
    return see_other(request, f"/reviews/{review_id}/evidence", flash=flash)


def _piece_page(
    request: Request,
    session: DbSession,
    actor: Actor,
    review_id: UUID,
    evidence_id: UUID,
    *,
    form: Form | None = None,
    problems: tuple[FieldProblem, ...] = (),
) -> Response:
    review = localized_review(service.open_review(session, actor, review_id))
    entry, versions = evidence.get_evidence(session, actor, evidence_id)
    title, all_title = entry.current.title, _("Evidence of this review")
    frame = frames.review_frame(request, review, title, Crumb(title), has_errors=bool(problems))
    items = review.questionnaire.items
    places = {item.code: section.code for section in review.questionnaire.sections for item in section.items}
    supported = [code for code in items if any(piece.id == str(entry.id) for piece in review.attached.get(code, ()))]
    return render(
        request,
        "reviews/evidence_piece.html",
        frame,
        status=422 if problems else 200,
        review=review,
        entry=entry,
        all_title=all_title,
        about=evidence_words.about(entry.current),
        link=evidence_words.link_task("", "", "", entry.link) if entry.link else None,
        advice=evidence_words.advice(entry.link),
        supported=[
            (code, items[code].text, f"/reviews/{review_id}/sections/{places[code]}#{context.anchor(code)}") for code in supported
        ],
        versions=[(version, evidence_words.about(version)) for version in versions],
        typed=_typed(form, entry),
        kinds=TAKEN,
        largest=largest_file(request),
        problems=summary_of(problems),
        errors=errors_by_field(problems),
        tag_kinds=parts.TASK_TAGS,
    )


def _typed(form: Form | None, entry: EvidenceEntry) -> dict[str, str]:
    """Return what stands in the form: what was typed, or how the piece is."""
    if form is not None and "title" in form.names():
        return {name: form.first(name) for name in ("title", "url", "dated_on", "retrieved_on")}
    current = entry.current
    dated_on = current.dated_on.isoformat() if current.dated_on else ""
    today = times.today().isoformat()
    retrieved_on = today if entry.kind == "link" else current.retrieved_on.isoformat()
    return {"title": current.title, "url": current.url, "dated_on": dated_on, "retrieved_on": retrieved_on}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0


def _here(review_id: UUID, evidence_id: UUID) -> str:
    return f"/reviews/{review_id}/evidence/{evidence_id}"
