"""Files of evidence for reviewers to whom the economy shows them, asked about anew each time."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import CurrentActor
from app.evidence.pages import VersionNumber, file_answer, get_objects
from app.peer_reviews import service
from app.web.db import AppDatabase

router = APIRouter(prefix="/peer-reviews/{peer_id}/evidence")


@router.get("/{evidence_id}/versions/{version}/file")
def download(
    request: Request, peer_id: UUID, evidence_id: UUID, version: VersionNumber, actor: CurrentActor, database: AppDatabase
) -> Response:
    """Send a file as it was signed; no connection to the database is held while it is sent."""
    with database.read() as session:
        economy, found = service.get_evidence_file(session, actor, peer_id, evidence_id, version)
    service.record_reading(database, actor, peer_id, economy)
    return file_answer(get_objects(request), economy, found)
