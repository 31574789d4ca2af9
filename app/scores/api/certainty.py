"""How sure the scores of a signed revision are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import ApiActor
from app.scores.api.parameters import ReviewId, SignedRevision
from app.scores.certainty import get_certainty
from app.scores.certainty_rows import CertaintyRow, rows_of
from app.web.db import DbSession
from app.web.errors import responses
from app.web.listing import Listing, NoQuery, csv_beside_json, listing

router = APIRouter()


@router.get(
    "/{review_id}/revisions/{revision}/certainty",
    response_model=Listing[CertaintyRow],
    responses=csv_beside_json() | responses(409),
    summary="Ranges of the scores of a signed revision",
)
@router.get("/{review_id}/revisions/{revision}/certainty.csv", include_in_schema=False)
def list_ranges(
    request: Request,
    review_id: ReviewId,
    revision: SignedRevision,
    actor: ApiActor,
    session: DbSession,
    _query: Annotated[NoQuery, Query()],
) -> Response:
    """Return how sure every score of a signed revision of your economy is; 409 where scales depend on who else takes part."""
    return listing(request, rows_of(get_certainty(session, actor, review_id, revision)), list(CertaintyRow.model_fields))
