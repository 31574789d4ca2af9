"""Discarding a draft after a look at who changed it last, and opening it again."""

from __future__ import annotations

import re
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from app.authoring import closing, drafts
from app.authoring.closing import ChangedMeanwhile
from app.authoring.pages.frames import Administrator, draft_frame, path_of
from app.kit.say import mark
from app.web.db import DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(prefix="/admin/drafts")

_NUMBER = re.compile(r"[0-9]{1,9}")

register_flash("authoring.discarded", "success", mark("The draft is discarded. It stands below, and can be opened again."))
register_flash("authoring.reopened", "success", mark("The draft is open again, as it was."))


@router.get("/{draft_id}/discard")
def ask_to_discard(request: Request, draft_id: UUID, actor: Administrator, session: DbSession) -> Response:
    """Say what is discarded and who changed it last, and ask."""
    return _page(request, session, actor, draft_id)


@router.post("/{draft_id}/discard")
def discard_draft(request: Request, draft_id: UUID, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Let a draft go, as the page showed it."""
    try:
        closing.discard(session, actor, draft_id, read_revision(form.first("revision")))
    except ChangedMeanwhile as changed:
        return _page(request, session, actor, draft_id, changed.detail)
    return see_other(request, "/admin/drafts", flash="authoring.discarded")


@router.post("/{draft_id}/reopen")
def reopen_draft(request: Request, draft_id: UUID, actor: Administrator, _form: PageForm, session: DbSession) -> Response:
    """Open a discarded draft again."""
    closing.reopen(session, actor, draft_id)
    return see_other(request, path_of(draft_id), flash="authoring.reopened")


def read_revision(text: str) -> int:
    """Read the revision that a page showed; what is none fits no draft."""
    return int(text) if _NUMBER.fullmatch(text) else -1


def _page(request: Request, session: Session, actor: Administrator, draft_id: UUID, refused: str = "") -> Response:
    draft = drafts.open_draft(session, actor, draft_id)
    return render(
        request,
        "authoring/discard.html",
        draft_frame(request, draft.entry, _("Discard this draft"), has_errors=bool(refused)),
        status=ChangedMeanwhile.status if refused else 200,
        entry=draft.entry,
        refused=_(refused) if refused else "",
    )
