"""How far translations are, over the API: every version and draft in every language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.authoring.api.places import catalogs_of
from app.authoring.api.shared import Reader
from app.authoring.translating import desk
from app.authoring.translating.desk import Row
from app.domain.translating.strings import Progress
from app.web.changing import READING
from app.web.db import DbSession
from app.web.errors import responses
from app.web.listing import Listing, Page, csv_beside_json, listing

router = APIRouter(prefix="/translations")


class AskedProgress(Page):
    """Of what progress is told; what is empty does not narrow."""

    questionnaire: str = Field(default="", max_length=64, description="Code of a questionnaire.")
    language: str = Field(default="", max_length=35, description="Code of a language.")


class ProgressRow(BaseModel):
    """How far one version or draft is in one language."""

    questionnaire: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    version: str = Field(description="Its version; of a draft, the one that it will be.", examples=["2026.1"])
    draft: str | None = Field(description="Id of the draft; null for a published version.")
    title: str = Field(description="Its title.", examples=["AI Readiness Review"])
    language: str = Field(description="Code of the language.", examples=["es"])
    total: int = Field(description="Strings to translate.", examples=[412])
    translated: int = Field(description="Those that are translated.", examples=[400])
    outdated: int = Field(description="Those whose source was reworded since.", examples=[8])
    missing: int = Field(description="Those that were never translated.", examples=[4])
    reviewed: int = Field(description="Translated ones that another person read.", examples=[380])


@router.get(
    "",
    response_model=Listing[ProgressRow],
    responses=READING | responses(409) | csv_beside_json(),
    summary="How far translations are",
)
def list_progress(request: Request, actor: Reader, session: DbSession, asked: Annotated[AskedProgress, Query()]) -> Response:
    """List every version and draft with every language of the service, or in which somebody began."""
    _languages, found = desk.list_progress(session, actor, catalogs_of(request))
    rows = sorted((each for row in found for each in _progress_rows(row) if _is_asked(each, asked)), key=_progress_key)
    after = asked.after(3)
    return listing(
        request,
        [row for row in rows if after is None or _progress_key(row) > after][: asked.limit + 1],
        list(ProgressRow.model_fields),
        asked,
        _progress_key,
    )


def _progress_rows(row: Row) -> list[ProgressRow]:
    draft = None if isinstance(row.where, desk.Version) else str(row.where)
    return [_progress_row(row, draft, language, found) for language, found in row.progress.items()]


def _progress_row(row: Row, draft: str | None, language: str, found: Progress) -> ProgressRow:
    return ProgressRow(
        questionnaire=row.code,
        version=row.version,
        draft=draft,
        title=row.title,
        language=language,
        total=found.total,
        translated=found.translated,
        outdated=found.outdated,
        missing=found.missing,
        reviewed=found.reviewed,
    )


def _progress_key(row: ProgressRow) -> tuple[str, str, str]:
    return row.questionnaire, row.draft or row.version, row.language


def _is_asked(row: ProgressRow, asked: AskedProgress) -> bool:
    return asked.questionnaire in {"", row.questionnaire} and asked.language in {"", row.language}
