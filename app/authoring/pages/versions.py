"""A published version as a workbook of its items, to start the next one from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.authoring.workbook import published_workbook
from app.authoring.workbook.writing import MEDIA_TYPE
from app.questionnaires import service as questionnaires
from app.web.db import AppDatabase
from app.web.etag import conditional
from app.web.i18n import current

router = APIRouter()
Code = Annotated[str, Path(max_length=64)]


@router.get("/questionnaires/{code}/{version}/items.xlsx")
def download_items(request: Request, code: Code, version: Code, _actor: OptionalActor, database: AppDatabase) -> Response:
    """Hand the items of a version out; the file is made outside of the transaction that reads them."""
    with database.read() as session:
        document = questionnaires.get_version(session, code, version)
    answer = conditional(request, published_workbook(document, current()), MEDIA_TYPE, "private, max-age=3600")
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}-{version}-items.xlsx"'
    answer.headers["Vary"] = "Accept-Language"
    return answer
