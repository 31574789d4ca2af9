"""The JSON edge's files: a questionnaire version in the formats of others, public and immutable."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.accounts.deps import Public
from app.infra.catalogs import Catalogs
from app.kit.errors import Problems
from app.questionnaires import service as questionnaires
from app.reports.exports import EXPORTS, exported
from app.web.db import AppDatabase
from app.web.errors import responses
from app.web.etag import conditional

router = APIRouter(
    prefix="/questionnaires/{code}/versions/{version}",
    tags=["Questionnaires"],
    dependencies=[Public],
    responses=responses(404, 422),
    default_response_class=Response,
)

Code = Annotated[str, Path(max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"])]
Version = Annotated[str, Path(max_length=64, description="Its version: year and number.", examples=["2026.1"])]
_FOREVER = "public, max-age=3600"


class FileQuery(BaseModel):
    """In which language the texts come."""

    model_config = ConfigDict(extra="forbid")

    language: str = Field(
        default="", max_length=35, description="Code of a language that there is a translation for. Default: the questionnaire's."
    )


def _file(name: str) -> dict[int | str, dict[str, object]]:
    media = EXPORTS[name].media_type.split(";")[0]
    return {
        200: {"description": "The file.", "content": {media: {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "Unchanged since the ETag that was sent."},
    }


@router.get("/xlsform.xlsx", responses=_file("xlsform.xlsx"), summary="A version as an XLSForm")
def read_xlsform(
    request: Request, code: Code, version: Version, database: AppDatabase, query: Annotated[FileQuery, Query()]
) -> Response:
    """Return the form for collectors (ODK, KoboToolbox), in every language at once; `language` changes nothing in it."""
    return _answer(request, database, (code, version), "xlsform.xlsx", query.language)


@router.get("/codebook", responses=_file("codebook.csv"), summary="The codebook of a version")
@router.get("/codebook.csv", include_in_schema=False)
def read_codebook(
    request: Request, code: Code, version: Version, database: AppDatabase, query: Annotated[FileQuery, Query()]
) -> Response:
    """Return a table (CSV): a row for each item, and one for each option and field below it."""
    return _answer(request, database, (code, version), "codebook.csv", query.language)


@router.get("/ddi.xml", responses=_file("ddi.xml"), summary="The codebook of a version as DDI Codebook 2.5")
def read_ddi(
    request: Request, code: Code, version: Version, database: AppDatabase, query: Annotated[FileQuery, Query()]
) -> Response:
    """Return the codebook as data archives read it."""
    return _answer(request, database, (code, version), "ddi.xml", query.language)


def _answer(request: Request, database: AppDatabase, version: tuple[str, str], name: str, language: str) -> Response:
    """Make a file outside of the transaction that reads its questionnaire."""
    with database.read() as session:
        document = questionnaires.get_version(session, *version)
    catalogs: Catalogs = request.app.state.catalogs
    if language and language not in catalogs.codes:
        problems = Problems()
        problems.add_unknown("language", [language], catalogs.codes)
        problems.raise_if_any()
    content = exported(EXPORTS[name], document, catalogs.get(language or document.language), catalogs)
    answer = conditional(request, content, EXPORTS[name].media_type, _FOREVER)
    answer.headers["Content-Disposition"] = f'attachment; filename="{"-".join(version)}-{name}"'
    return answer
