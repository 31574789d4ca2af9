"""Downloads of a questionnaire version: the blank form and the workbook, each in every language that there is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.infra.catalogs import Language
from app.kit.errors import Problems
from app.questionnaires import service as questionnaires
from app.reports.blank_form import blank_form
from app.reports.workbook import workbook
from app.web.db import DbSession
from app.web.etag import conditional
from app.web.i18n import current

router = APIRouter(include_in_schema=False)

Code = Annotated[str, Path(max_length=64)]
LanguageCode = Annotated[str, Query(alias="language", max_length=35)]
_CACHE = "private, max-age=3600"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/questionnaires/{code}/{version}/form.pdf")
def download_form(
    request: Request, code: Code, version: Code, _actor: OptionalActor, session: DbSession, language: LanguageCode = ""
) -> Response:
    """Hand out the blank form, to print."""
    spoken = _language(request, language)
    body = blank_form(questionnaires.get_version(session, code, version), spoken)
    return _file(request, body, "application/pdf", f"{code}-{version}-{spoken.code}.pdf")


@router.get("/questionnaires/{code}/{version}/questions.xlsx")
def download_workbook(
    request: Request, code: Code, version: Code, _actor: OptionalActor, session: DbSession, language: LanguageCode = ""
) -> Response:
    """Hand out every question in a workbook, to consult ministries with."""
    spoken = _language(request, language)
    body = workbook(questionnaires.get_version(session, code, version), spoken)
    return _file(request, body, _XLSX, f"{code}-{version}-{spoken.code}.xlsx")


def _language(request: Request, code: str) -> Language:
    """Return the language that the address names; without one, the reader's."""
    catalogs = request.app.state.catalogs
    if not code:
        return current()
    if code not in catalogs.codes:
        problems = Problems()
        problems.add_unknown("language", [code], catalogs.codes)
        problems.raise_if_any()
    found: Language = catalogs.get(code)
    return found


def _file(request: Request, body: bytes, media_type: str, name: str) -> Response:
    answer = conditional(request, body, media_type, _CACHE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
