"""Offering that conditions follow a question that got another code."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.authoring import drafts, renaming
from app.authoring.drafts import OpenDraft
from app.authoring.labels import part_label
from app.authoring.pages.frames import Administrator, path_of
from app.domain.drafting.document import Address, Kind
from app.kit.errors import NotFound
from app.kit.say import mark
from app.web.db import DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm

router = APIRouter(prefix="/admin/drafts")

register_flash("authoring.followed", "success", mark("The conditions name the new code now. Each is a change of its own."))


@dataclass(frozen=True, slots=True)
class Offer:
    """The old code of a question, and the parts whose conditions still name it."""

    old: str
    parts: tuple[str, ...]


def offer_of(draft: OpenDraft, where: Address, old: str) -> Offer | None:
    """Return what could follow a new code; None where nothing names the old one, or another question has it."""
    if where.kind is not Kind.ITEM or not old or draft.document.find(Address(Kind.ITEM, old)) is not None:
        return None
    found = renaming.naming(draft.document, old)
    return Offer(old, tuple(part_label(each.kind, each.code) for each in found)) if found else None


@router.post("/{draft_id}/renaming/{code}")
def follow(request: Request, draft_id: UUID, code: str, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Let the conditions name the new code."""
    where = Address(Kind.ITEM, code)
    draft, old = drafts.open_draft(session, actor, draft_id), form.first("item")
    if draft.document.find(where) is None or offer_of(draft, where, old) is None:
        raise NotFound("question")
    renaming.follow(session, actor, draft_id, old, code)
    return see_other(request, path_of(draft_id, "parts", str(where)), flash="authoring.followed")
