"""Reports and calculations over the JSON edge: an economy's own for its people, public ones for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.accounts.deps import ApiActor, Public
from app.economies import service as economies
from app.infra.catalogs import Catalogs, Language
from app.infra.language import speaking
from app.kit.errors import NotFound, Problems
from app.reports import service
from app.reports.economy.workbook import workbook_of
from app.reports.service import ReportEntry
from app.scores import service as scores
from app.scores.api.parameters import ReviewId, SignedRevision
from app.web.db import AppDatabase, DbSession
from app.web.errors import responses
from app.web.etag import conditional

own = APIRouter(prefix="/reviews", tags=["Reviews"], responses=responses(401, 404, 422))
public = APIRouter(tags=["Releases"], dependencies=[Public], responses=responses(404, 422))

Questionnaire = Annotated[str, Path(max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"])]
Number = Annotated[str, Path(max_length=80, description="Number of the release, or `latest`.", examples=["2026.1.0"])]
Economy = Annotated[str, Path(max_length=3, description="Code of the economy.", examples=["NZL"])]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PRIVATE, _SHORT = "private, no-cache", "public, max-age=0, must-revalidate"


class LanguageQuery(BaseModel):
    """In which language a report is."""

    model_config = ConfigDict(extra="forbid")

    language: str = Field(default="en", max_length=35, description="Code of the language of the report.", examples=["en"])


class ReportFile(BaseModel):
    """One file of a report."""

    name: str = Field(description="Name of the file.", examples=["report.pdf"])
    media_type: str = Field(description="What it is.", examples=["application/pdf"])
    size: int = Field(description="Its size in bytes.")
    sha256: str = Field(description="SHA-256 of its bytes, which never change.")
    href: str = Field(description="Where it is handed out.")


class ReportBody(BaseModel):
    """How far a report is, and its files."""

    state: str = Field(description="queued, running, done or failed.", examples=["done"])
    progress: int = Field(description="How far it is, 0 to 100.", examples=[100])
    step: str = Field(description="What is being done.", examples=["done"])
    language: str = Field(description="Its language.", examples=["en"])
    asked_at: datetime = Field(description="When it was last asked for.")
    finished_at: datetime | None = Field(description="When it was finished; null before.")
    files: list[ReportFile] = Field(description="Its files; empty until it is done.")


@own.get(
    "/{review_id}/revisions/{revision}/calculation",
    responses={200: {"description": "The workbook.", "content": {_XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
    response_class=Response,
    summary="Calculation of a signed revision as a workbook",
)
def read_calculation(
    request: Request,
    review_id: ReviewId,
    revision: SignedRevision,
    actor: ApiActor,
    database: AppDatabase,
    query: Annotated[LanguageQuery, Query()],
) -> Response:
    """Return a workbook (XLSX) whose live formulas compute the scores from the answers, with a check beside those stored."""
    language = _language(request, query.language)
    with database.read() as session:
        results = scores.get_results(session, actor, review_id, revision)
        economy = economies.get_economy(session, results.review.economy).formal_name
    with speaking(language):
        content = workbook_of(results, economy)
    answer = conditional(request, content, _XLSX, _PRIVATE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{results.review.reference}-calculation.xlsx"'
    return answer


@own.get("/{review_id}/revisions/{revision}/report", response_model=ReportBody, summary="Report of a signed revision")
def read_report(
    request: Request,
    review_id: ReviewId,
    revision: SignedRevision,
    actor: ApiActor,
    session: DbSession,
    query: Annotated[LanguageQuery, Query()],
) -> Response:
    """Return how far the report of a signed revision of your economy is; 404 until somebody asks for it on its page."""
    _language(request, query.language)
    entry = service.find_own(session, actor, review_id, revision, query.language)
    return _answer(request, entry, f"/reviews/{review_id}/revisions/{revision}/report", _PRIVATE)


@public.get(
    "/releases/{questionnaire}/{number}/economies/{economy}/report",
    response_model=ReportBody,
    summary="Public report of an economy",
)
def read_public_report(
    request: Request,
    questionnaire: Questionnaire,
    number: Number,
    economy: Economy,
    session: DbSession,
    query: Annotated[LanguageQuery, Query()],
) -> Response:
    """Return how far the public report of an economy on a release is; 404 where nothing of it is public, and until somebody
    asks for it on its page."""
    _language(request, query.language)
    entry = service.find_public(session, questionnaire, number, economy, query.language)
    if entry is None:
        raise NotFound("report")
    cycle = entry.release.rsplit(".", 2)[0]
    place = f"/benchmarks/{questionnaire}/{cycle}/economies/{economy}/report"
    return _answer(request, entry, place, _SHORT, f"?release={entry.release}")


def _answer(request: Request, entry: ReportEntry | None, place: str, cache: str, query: str = "") -> Response:
    if entry is None:
        raise NotFound("report")
    body = ReportBody(
        state=entry.state.value,
        progress=entry.progress,
        step=entry.step,
        language=entry.language,
        asked_at=entry.asked_at,
        finished_at=entry.finished_at,
        files=[
            ReportFile(
                name=file.name,
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
                href=f"{request.app.state.settings.base_url}{place}/{entry.id}/{file.name}{query}",
            )
            for file in entry.files
        ],
    )
    return conditional(request, body.model_dump_json().encode(), "application/json", cache)


def _language(request: Request, code: str) -> Language:
    catalogs: Catalogs = request.app.state.catalogs
    if code not in catalogs.codes:
        problems = Problems()
        problems.add_unknown("language", [code], catalogs.codes)
        problems.raise_if_any()
    return catalogs.get(code)
