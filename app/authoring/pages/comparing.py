"""A draft beside any published version of its questionnaire."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session
from starlette.responses import Response

from app.authoring import comparing, drafts
from app.authoring.comparing import Against
from app.authoring.drafts import OpenDraft
from app.authoring.pages.frames import Administrator, draft_frame
from app.domain.drafting.document import language_of
from app.questionnaires.differing import ComparisonView, comparison_view, part_rows
from app.web import parts
from app.web.db import DbSession
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(prefix="/admin/drafts")


class Asked(BaseModel):
    """With which version; without one, the newest."""

    model_config = ConfigDict(extra="ignore")

    version: str = Field(default="", max_length=64, alias="from")


@router.get("/{draft_id}/compare")
def compare_draft(
    request: Request, draft_id: UUID, actor: Administrator, session: DbSession, asked: Annotated[Asked, Query()]
) -> Response:
    """Show what a draft changes since a version."""
    draft = drafts.open_draft(session, actor, draft_id)
    versions = comparing.versions_of(session, draft)
    wanted = asked.version or (versions[0].version if versions else "")
    found = comparing.against(session, draft, wanted) if wanted else None
    language = language_of(draft.document)
    return render(
        request,
        "authoring/compare.html",
        draft_frame(request, draft.entry, _("Compare with a published version")),
        entry=draft.entry,
        versions=[parts.Option(entry.version, entry.version) for entry in versions],
        version=wanted,
        view=_view(found, language),
        rows=part_rows(found.parts) if found else (),
        language=language,
    )


def worded_since(session: Session, draft: OpenDraft, version: str) -> ComparisonView | None:
    """Return what a draft changes since a version, with old and new words; None while it does not fit the format."""
    return _view(comparing.against(session, draft, version), language_of(draft.document))


def _view(found: Against | None, language: str) -> ComparisonView | None:
    return comparison_view(found.comparison, language) if found and found.comparison else None
