"""Files of evidence as downloads: never shown by this site, and asked about anew each time."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.evidence import contents, service
from app.evidence.names import attachment
from app.evidence.service import VersionEntry
from app.infra.objects import Objects
from app.web.db import AppDatabase

router = APIRouter(prefix="/evidence", include_in_schema=False)

VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


def get_objects(request: Request) -> Objects:
    """Return the store of files, which `main` opened."""
    objects: Objects = request.app.state.objects
    return objects


@router.get("/{evidence_id}/versions/{version}/file")
def download(request: Request, evidence_id: UUID, version: VersionNumber, actor: CurrentActor, database: AppDatabase) -> Response:
    """Send a version of a file to be saved; no connection to the database is held while it is sent."""
    with database.read() as session:
        found = service.get_file(session, actor, evidence_id, version)
    return file_answer(get_objects(request), actor.economy or "", found)


def file_answer(objects: Objects, economy: str, found: VersionEntry) -> Response:
    """Send a file to be saved; whoever calls this has asked whether the reader may have it."""
    content = contents.load(objects, economy, found.sha256)
    headers = {
        "Content-Disposition": attachment(found.file_name),
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=found.media_type, headers=headers)
