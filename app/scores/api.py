"""The JSON edge of results: an economy's own people only."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.deps import ApiActor
from app.domain.scoring.normalise import Series
from app.scores import service
from app.web.db import DbSession
from app.web.errors import responses
from app.web.listing import Listing, NoQuery, csv_beside_json, listing

router = APIRouter(prefix="/reviews", tags=["Reviews"], responses=responses(401, 404, 422))

Revision = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[1])]


class ResultRow(BaseModel):
    """One node's score of one signed revision, in one series."""

    series: Series
    node: str = Field(examples=["B1"])
    title: str
    score: float | None = Field(description="From 0 to the questionnaire's scale, unrounded; null with a reason.")
    coverage: float
    reason: str | None
    band: str | None
    floor: float | None = Field(description="The score if every missing answer were worth nothing.")
    ceiling: float | None = Field(description="The score if every missing answer were worth everything.")
    method_version: str
    content_hash: str
    notice: str


@router.get(
    "/{review_id}/revisions/{revision}/results",
    response_model=Listing[ResultRow],
    responses=csv_beside_json(),
    summary="Results of a signed revision",
)
@router.get("/{review_id}/revisions/{revision}/results.csv", include_in_schema=False)
def list_results(
    request: Request,
    review_id: UUID,
    revision: Revision,
    actor: ApiActor,
    session: DbSession,
    _query: Annotated[NoQuery, Query()],
) -> Response:
    """Return every score of a signed revision of your economy, in every series."""
    results = service.get_results(session, actor, review_id, revision)
    rows = [
        ResultRow(
            series=series,
            node=node.code,
            title=results.review.questionnaire.nodes[node.code].title,
            score=node.score,
            coverage=node.coverage,
            reason=node.reason,
            band=node.band,
            floor=node.floor,
            ceiling=node.ceiling,
            method_version=sheet.method_version,
            content_hash=sheet.content_hash,
            notice=results.review.cycle.notice,
        )
        for series, sheet in results.sheets.items()
        for node in sheet.nodes.values()
    ]
    return listing(request, rows, list(ResultRow.model_fields))
