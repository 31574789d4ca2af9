"""Saving a part that is gone, or in a draft that is closed: the words stay on the page, with who did it and what to do now."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from sqlmodel import Session
from starlette.responses import Response

from app.authoring import meanwhile
from app.authoring.drafts import OpenDraft
from app.authoring.labels import part_label
from app.authoring.meanwhile import Gone
from app.authoring.pages.frames import draft_frame, path_of
from app.authoring.pages.typing import typed_part
from app.domain.drafting.document import Address, Kind, Part, read_address
from app.domain.drafting.wording import wordings
from app.kit.actor import Actor
from app.kit.errors import Conflict
from app.questionnaires.differing import wording_views
from app.web.forms import TOKEN_FIELD, Form
from app.web.i18n import gettext as _
from app.web.templating import render


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a part cannot be saved; without `gone` the draft itself is closed."""

    where: Address
    last: Part
    gone: Gone | None = None


def lost_in(session: Session, actor: Actor, draft: OpenDraft, text: str) -> Lost | None:
    """Return why a part cannot be saved; None where it can, or where nothing is known of it."""
    where = read_address(text)
    if where is None or where.kind is Kind.WHOLE:
        return None
    last = draft.document.find(where)
    if last is not None:
        return None if draft.entry.state == "open" else Lost(where, last)
    gone = meanwhile.where_it_went(session, actor, draft.entry.id, draft.document, where)
    return None if gone is None else Lost(where, gone.last, gone)


def lost_page(request: Request, draft: OpenDraft, lost: Lost, form: Form) -> Response:
    """Answer with what was typed, and the way on."""
    gone, entry = lost.gone, draft.entry
    is_open = entry.state == "open"
    now = lost.where if gone is None else gone.now or lost.where
    typed = typed_part(draft, lost.where, form, lost.last)
    kept = {name: form.all(name) for name in form.names() if name != TOKEN_FIELD}
    if now != lost.where:
        kept["code"] = (now.code,)
    return render(
        request,
        "authoring/lost.html",
        draft_frame(request, entry, _("What you typed is not saved")),
        status=Conflict.status,
        entry=entry,
        part=part_label(lost.where.kind, lost.where.code),
        gone=gone,
        went_with="" if gone is None or gone.change.address == lost.where else _name(gone.change.address),
        now=now,
        now_label=part_label(now.kind, now.code) if now != lost.where else "",
        can_put_back=is_open and gone is not None and gone.now is None and gone.change.address.kind is not Kind.WHOLE,
        can_save=is_open and gone is not None,
        words=wording_views(wordings(lost.last, typed)),
        kept=[(name, value) for name, values in kept.items() for value in values],
        action=path_of(entry.id, "parts", str(now)),
    )


def _name(address: Address) -> str:
    return part_label(address.kind, address.code)
