"""Uploading a file into a draft: choose it, see what differs part by part, and take it over."""

from __future__ import annotations

import re
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.authoring import drafts, replacing
from app.authoring.drafts import OpenDraft
from app.authoring.labels import tallied
from app.authoring.pages.frames import Administrator, draft_frame, path_of
from app.authoring.pages.problem_words import problem_views
from app.authoring.replacing import DraftChanged, Proposal
from app.authoring.workbook.origin import Origin
from app.authoring.workbook.reading import is_workbook, read_items_workbook
from app.domain.comparison import part_changes
from app.domain.drafting.document import DraftDocument, language_of
from app.kit.errors import Conflict, FieldProblem, Invalid
from app.kit.say import mark
from app.questionnaires.differing import part_rows
from app.web.db import DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm, SentFile
from app.web.i18n import gettext as _
from app.web.page import errors_by_field, summary_of
from app.web.templating import render

router = APIRouter(prefix="/admin/drafts")

_NUMBER = re.compile(r"[0-9]{1,9}")

register_flash("authoring.replaced", "success", mark("The draft now is what the file says. The history can undo it."))
register_flash("authoring.unchanged", "info", mark("Nothing was changed: the draft is already what the file says."))


@router.get("/{draft_id}/upload")
def show_upload(request: Request, draft_id: UUID, actor: Administrator, session: DbSession) -> Response:
    """Ask for the file."""
    return _upload_page(request, drafts.open_draft(session, actor, draft_id))


@router.post("/{draft_id}/upload")
def compare_file(request: Request, draft_id: UUID, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Show what the file would change; nothing is stored."""
    draft = drafts.open_draft(session, actor, draft_id)
    file = form.file("file")
    if file is None:
        return _upload_page(request, draft, (FieldProblem("file", "file_missing", mark("Choose the file.")),))
    try:
        document, origin = _read(file)
        proposal = replacing.propose(session, actor, draft_id, document, origin)
    except Invalid as refusal:
        return _upload_page(request, draft, refusal.problems)
    return _difference_page(request, proposal)


@router.post("/{draft_id}/replace")
def apply_file(request: Request, draft_id: UUID, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Take the file over; where the draft changed meanwhile, show the difference again as it is now."""
    draft = drafts.open_draft(session, actor, draft_id)
    try:
        document = replacing.unpacked(form.first("content"))
        return _applied(request, draft, document, actor, form.first("revision"), session)
    except Invalid as refusal:
        return _upload_page(request, draft, refusal.problems)


def _read(file: SentFile) -> tuple[DraftDocument, Origin | None]:
    if not is_workbook(file.content, file.name):
        return drafts.read_file(file.content), None
    read = read_items_workbook(file.content)
    return read.document, read.origin


def _applied(
    request: Request, draft: OpenDraft, document: DraftDocument, actor: Administrator, revision: str, session: DbSession
) -> Response:
    try:
        done = replacing.replace(session, actor, draft.entry.id, document, _revision(revision))
    except DraftChanged as changed:
        return _difference_page(request, replacing.propose(session, actor, draft.entry.id, document), changed)
    flash = "authoring.replaced" if done.revision != draft.entry.revision else "authoring.unchanged"
    return see_other(request, path_of(draft.entry.id), flash=flash)


def _revision(text: str) -> int:
    return int(text) if _NUMBER.fullmatch(text) else -1


def _upload_page(request: Request, draft: OpenDraft, problems: tuple[FieldProblem, ...] = ()) -> Response:
    return render(
        request,
        "authoring/upload.html",
        draft_frame(request, draft.entry, _("Upload a file"), has_errors=bool(problems)),
        status=422 if problems else 200,
        entry=draft.entry,
        summary=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _difference_page(request: Request, proposal: Proposal, changed: Conflict | None = None) -> Response:
    return render(
        request,
        "authoring/difference.html",
        draft_frame(request, proposal.entry, _("What the file changes")),
        status=409 if changed else 200,
        entry=proposal.entry,
        changed=_(changed.detail) if changed else "",
        is_older=proposal.is_older,
        made_from=proposal.origin.revision if proposal.origin else None,
        tally=tallied(proposal.differences),
        rows=part_rows(part_changes(proposal.before, proposal.document)),
        language=language_of(proposal.document),
        problems=problem_views(proposal.inspection.problems, proposal.document),
        content=replacing.packed(proposal.document),
    )
