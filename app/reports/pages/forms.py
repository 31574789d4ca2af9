"""Downloads of a questionnaire version: the blank form, the workbook and the formats of others, in every language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.domain.questionnaire.document import Questionnaire
from app.infra.catalogs import Catalogs, Language
from app.infra.db import Database
from app.kit.errors import NotFound, Problems
from app.questionnaires import service as questionnaires
from app.reports.blank_form import blank_form
from app.reports.exports import EXPORTS, exported
from app.reports.workbook import workbook
from app.web.db import AppDatabase
from app.web.etag import conditional
from app.web.i18n import current

router = APIRouter()

Code = Annotated[str, Path(max_length=64)]
LanguageCode = Annotated[str, Query(alias="language", max_length=35)]
_CACHE = "private, max-age=3600"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/questionnaires/{code}/{version}/form.pdf")
def download_form(
    request: Request, code: Code, version: Code, _actor: OptionalActor, database: AppDatabase, language: LanguageCode = ""
) -> Response:
    """Hand out the blank form, to print."""
    return _file(request, database, (code, version), language, blank_form, "application/pdf", "pdf")


@router.get("/questionnaires/{code}/{version}/questions.xlsx")
def download_workbook(
    request: Request, code: Code, version: Code, _actor: OptionalActor, database: AppDatabase, language: LanguageCode = ""
) -> Response:
    """Hand out every question in a workbook, to consult ministries with."""
    return _file(request, database, (code, version), language, workbook, _XLSX, "xlsx")


@router.get("/questionnaires/{code}/{version}/export/{name}")
def download_export(
    request: Request,
    code: Code,
    version: Code,
    name: Code,
    _actor: OptionalActor,
    database: AppDatabase,
    language: LanguageCode = "",
) -> Response:
    """Hand the version out in a format of others."""
    if name not in EXPORTS:
        raise NotFound("format")
    catalogs: Catalogs = request.app.state.catalogs
    stem, _dot, ending = name.partition(".")

    def make(document: Questionnaire, spoken: Language) -> bytes:
        return exported(EXPORTS[name], document, spoken, catalogs)

    answer = _file(request, database, (code, version), language, make, EXPORTS[name].media_type, ending)
    suffix = "" if EXPORTS[name].has_every_language else f"-{answer.headers['Content-Language']}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}-{version}-{stem}{suffix}.{ending}"'
    return answer


def _file(
    request: Request,
    database: Database,
    name: tuple[str, str],
    language: str,
    make: Callable[[Questionnaire, Language], bytes],
    media_type: str,
    ending: str,
) -> Response:
    """Make a file outside of the transaction that reads its questionnaire: setting pages takes longer than reading them."""
    spoken = _language(request, language)
    with database.read() as session:
        document = questionnaires.get_version(session, *name)
    answer = conditional(request, make(document, spoken), media_type, _CACHE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{"-".join(name)}-{spoken.code}.{ending}"'
    answer.headers["Content-Language"] = spoken.code
    if not language:
        answer.headers["Vary"] = "Accept-Language"
    return answer


def _language(request: Request, code: str) -> Language:
    """Return the language that the address names; without one, the reader's."""
    catalogs: Catalogs = request.app.state.catalogs
    if not code:
        return current()
    if code not in catalogs.codes:
        problems = Problems()
        problems.add_unknown("language", [code], catalogs.codes)
        problems.raise_if_any()
    return catalogs.get(code)
