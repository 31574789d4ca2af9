"""Everything of a release in one archive."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import Public
from app.config import Settings
from app.releases.api.answering import answer_bytes, said_of
from app.releases.api.asking import Numbered, StrictRoute
from app.releases.bundle import write_bundle
from app.releases.formats.choosing import Format
from app.web.errors import responses
from app.web.listing import NoQuery

router = APIRouter(
    prefix="/releases/{questionnaire}/{number}",
    tags=["Releases"],
    dependencies=[Public],
    responses=responses(400, 404, 406),
    route_class=StrictRoute,
)
ZIP = Format("zip", "application/zip", ("application/zip",))


@router.get(
    "/bundle.zip",
    responses={
        200: {"content": {ZIP.media_type: {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "Unchanged since the ETag or the time that was sent."},
    },
    response_class=Response,
    summary="Everything of a release in one archive",
)
def read_bundle(request: Request, release: Numbered, _query: Annotated[NoQuery, Query()]) -> Response:
    """Return tables, codelists, questionnaires, method and descriptions (Data Package, CSVW, DCAT) as one archive."""
    settings: Settings = request.app.state.settings
    if ZIP.name not in release.built:
        method = (settings.project_dir / "docs" / "method.md").read_bytes()
        release.built[ZIP.name] = write_bundle(release, method=method, base_url=settings.base_url)
    answer = answer_bytes(request, release.built[ZIP.name], ZIP, said_of(release, request, below="/bundle.zip"))
    name = f"{release.entry.questionnaire}-{release.entry.number}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
