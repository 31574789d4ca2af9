"""Adding a section, a score or a question to a draft; what is refused stays on the page as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.authoring import drafts, editing
from app.authoring.labels import item_types
from app.authoring.pages.drafts import Adding, draft_page
from app.authoring.pages.frames import Administrator, path_of
from app.domain.drafting.document import Kind, Part
from app.domain.drafting.edits import Place
from app.kit.errors import Invalid, NotFound
from app.kit.say import mark
from app.web.db import DbSession
from app.web.flash import register_flash, see_other
from app.web.forms import PageForm

router = APIRouter(prefix="/admin/drafts")

register_flash("authoring.added", "success", mark("Added. Fill it in."))

_BLANK: Mapping[str, Part] = {
    "maturity": {"levels": [{"level": level, "text": ""} for level in range(1, 6)]},
    "choice": {"options": []},
    "checklist": {"options": []},
    "records": {"fields": [], "record_label": ""},
    "reference": {"series": []},
    "number": {"unit": ""},
}


@router.post("/{draft_id}/parts")
def add_part(request: Request, draft_id: UUID, actor: Administrator, form: PageForm, session: DbSession) -> Response:
    """Add a section, a score or a question at the end of its like."""
    kind, code = form.first("kind"), form.first("code").strip()
    if kind not in {Kind.NODE, Kind.SECTION, Kind.ITEM}:
        raise NotFound("part of the draft")
    typed = Adding(kind, code, form.first("type"), form.first("section"))
    part = _new_part(Kind(kind), code, typed.type)
    try:
        added = editing.add_part(session, actor, draft_id, Kind(kind), part, Place(10_000, typed.section))
    except Invalid as refusal:
        return draft_page(request, drafts.open_draft(session, actor, draft_id), typed, refusal.problems)
    return see_other(request, path_of(draft_id, "parts", str(added.address)), flash="authoring.added")


def _new_part(kind: Kind, code: str, item_type: str) -> dict[str, object]:
    if kind is Kind.SECTION:
        return {"code": code, "title": "", "items": []}
    if kind is Kind.NODE:
        return {"code": code, "title": ""}
    chosen = item_type if item_type in item_types() else "maturity"
    return {"code": code, "type": chosen, "text": "", **_BLANK.get(chosen, {})}
