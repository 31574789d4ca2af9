"""Who changed what in a draft, and putting it back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from sqlmodel import Session
from starlette.responses import Response

from app.authoring import drafts, history
from app.authoring.drafts import OpenDraft
from app.authoring.labels import act_label, field_label, part_label, tallied
from app.authoring.pages.frames import Administrator, draft_frame, path_of
from app.domain.comparison import PartChange, part_changes
from app.domain.drafting.document import Kind, language_of, read_draft
from app.domain.drafting.wording import wordings
from app.kit.errors import Conflict
from app.kit.say import mark
from app.questionnaires.differing import WordingView, part_rows, wording_views
from app.web.db import DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(prefix="/admin/drafts")

register_flash("authoring.put_back", "success", mark("Put back, as a new change."))
register_flash("authoring.undone_already", "info", mark("Nothing was changed: this is undone already."))

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/{draft_id}/history")
def show_history(
    request: Request,
    draft_id: UUID,
    actor: Administrator,
    session: DbSession,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """List changes, newest first."""
    draft = drafts.open_draft(session, actor, draft_id)
    changes = history.list_changes(session, actor, draft_id, before=before)
    more = changes[-1].number if len(changes) == history.PAGE and changes[-1].number > 1 else None
    return render(
        request,
        "authoring/history.html",
        draft_frame(request, draft.entry, _("History of the draft")),
        entry=draft.entry,
        changes=[(change, part_label(change.address.kind, change.address.code), act_label(change.act)) for change in changes],
        fields={change.number: _fields(change) for change in changes},
        more=more,
    )


@router.get("/{draft_id}/history/{number}")
def show_change(request: Request, draft_id: UUID, number: Number, actor: Administrator, session: DbSession) -> Response:
    """Show one change with old and new words."""
    return _change_page(request, session, actor, draft_id, number)


def _change_page(
    request: Request, session: Session, actor: Administrator, draft_id: UUID, number: int, refusal: Conflict | None = None
) -> Response:
    """Answer with one change; `refusal` says why it was not undone, beside what was done to the part since."""
    draft = drafts.open_draft(session, actor, draft_id)
    change = history.get_change(session, actor, draft_id, number)
    title, parts = _("Change {number}").format(number=number), _parts(change)
    return render(
        request,
        "authoring/change.html",
        draft_frame(request, draft.entry, title, has_errors=refusal is not None),
        status=refusal.status if refusal else 200,
        entry=draft.entry,
        refused=_(refusal.detail) if refusal else "",
        later=_since(history.list_changes(session, actor, draft_id), number) if refusal else [],
        part_path=_part_path(draft, change),
        change=change,
        part=part_label(change.address.kind, change.address.code),
        act=act_label(change.act),
        tally=tallied([part.difference for part in parts]),
        rows=part_rows(parts),
        words=_words(change),
        language=language_of(draft.document),
    )


@router.post("/{draft_id}/history/{number}/put-back")
def put_back(
    request: Request, draft_id: UUID, number: Number, actor: Administrator, _form: PageForm, session: DbSession
) -> Response:
    """Undo one change as a new change."""
    try:
        done = history.put_back(session, actor, draft_id, number)
    except Conflict as refusal:
        return _change_page(request, session, actor, draft_id, number, refusal)
    return see_other(
        request, path_of(draft_id, "history"), flash="authoring.put_back" if done.is_new else "authoring.undone_already"
    )


def _since(changes: list[history.Change], number: int) -> list[tuple[history.Change, str, str]]:
    later = [change for change in changes if change.number > number]
    return [(change, part_label(change.address.kind, change.address.code), act_label(change.act)) for change in later]


def _part_path(draft: OpenDraft, change: history.Change) -> str:
    """Return the address of a part that is still there; '' for others."""
    is_there = change.address.kind is not Kind.WHOLE and draft.document.find(change.address) is not None
    return path_of(draft.entry.id, "parts", str(change.address)) if is_there else ""


def _fields(change: history.Change) -> str:
    """Name the fields that an edit changed; of a whole that was replaced, its own page says what changed."""
    if change.before is None or change.after is None:
        return ""
    before, after = change.before.part, change.after.part
    return ", ".join(field_label(name) for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name))


def _parts(change: history.Change) -> tuple[PartChange, ...]:
    """Say part by part what a file changed."""
    if change.address.kind is not Kind.WHOLE or change.before is None or change.after is None:
        return ()
    return part_changes(read_draft(change.before.part), read_draft(change.after.part))


def _words(change: history.Change) -> tuple[WordingView, ...]:
    if change.address.kind is Kind.WHOLE:
        return ()
    before, after = (None if each is None else each.part for each in (change.before, change.after))
    return wording_views(wordings(before, after))
