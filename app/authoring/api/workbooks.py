"""The items of a draft or a version as a workbook over the API, and a workbook back into a draft."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import Response

from app.accounts.deps import OptionalApiActor
from app.authoring import drafts
from app.authoring.api.shared import Author, Code, DraftId, HowToPut, Reader, Version, revision_etag
from app.authoring.api.whole import DocumentPut, put
from app.authoring.workbook import published_workbook
from app.authoring.workbook.origin import origin_of
from app.authoring.workbook.reading import read_items_workbook
from app.authoring.workbook.writing import MEDIA_TYPE, items_workbook
from app.questionnaires import service as questionnaires
from app.web.changing import CHANGING, READING, SEEING, UNCHANGED
from app.web.db import AppDatabase, DbSession
from app.web.errors import responses
from app.web.etag import conditional
from app.web.i18n import current
from app.web.listing import PERSONAL, NoQuery
from app.web.preconditions import SeenEtag

router = APIRouter()

_FILE: dict[int | str, dict[str, object]] = {200: {"content": {MEDIA_TYPE: {"schema": {}}}}}
_Workbook = Annotated[bytes, Body(media_type=MEDIA_TYPE, description="The workbook itself.")]


@router.get(
    "/questionnaires/{code}/versions/{version}/items.xlsx",
    response_class=Response,
    responses=responses(401, 404, 422) | UNCHANGED | _FILE,
    summary="The items of a version as a workbook",
)
def download_version(
    request: Request,
    code: Code,
    version: Version,
    _actor: OptionalApiActor,
    database: AppDatabase,
    _query: Annotated[NoQuery, Query()],
) -> Response:
    """Return a version as a workbook of its items, to start the next one from. Explanations are in the language asked for."""
    with database.read() as session:
        document = questionnaires.get_version(session, code, version)
    return _in_words(conditional(request, published_workbook(document, current()), MEDIA_TYPE, "private, max-age=3600"))


@router.get(
    "/drafts/{draft_id}/items.xlsx",
    response_class=Response,
    responses=READING | responses(409) | UNCHANGED | _FILE,
    summary="The items of a draft as a workbook",
)
def download_draft(
    request: Request, draft_id: DraftId, actor: Reader, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Return a draft as a workbook, faults included; put back untouched, nothing differs."""
    draft = drafts.open_draft(session, actor, draft_id)
    entry = draft.entry
    origin = origin_of(draft.document, entry.code, entry.version, entry.revision)
    body = items_workbook(draft.document, origin, current())
    return _in_words(conditional(request, body, MEDIA_TYPE, PERSONAL, etag=revision_etag(entry.revision)))


@router.put(
    "/drafts/{draft_id}/items.xlsx",
    response_model=DocumentPut,
    responses=CHANGING | SEEING,
    summary="Put a workbook of items in a draft's place",
)
def put_workbook(
    draft_id: DraftId,
    content: _Workbook,
    how: Annotated[HowToPut, Query()],
    seen: SeenEtag,
    actor: Author,
    database: AppDatabase,
) -> Response:
    """Replace the draft by a workbook of its items, as one change that can be undone; with `dry_run=true` nothing changes. What
    cannot be read is refused with its sheet, row and column."""
    read = read_items_workbook(content)  # before the transaction: nobody waits for a file to be read
    with database.write() as session:
        return put(session, actor, draft_id, read.document, how, seen, read.origin)


def _in_words(answer: Response) -> Response:
    """Say that the explanations in it depend on the language; what is read from it does not."""
    answer.headers["Vary"] = "Accept-Language, Authorization, Cookie"
    return answer
