"""The JSON edge of results: an economy's own people only."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.deps import ApiActor
from app.domain.benchmark.over_time.change import NoChange
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION
from app.scores import service
from app.scores.certainty import get_certainty
from app.scores.certainty_rows import CertaintyRow, rows_of
from app.scores.change import ChangeSince, get_change
from app.web.db import DbSession
from app.web.errors import responses
from app.web.listing import Listing, NoQuery, csv_beside_json, listing
from app.web.paths import Revision

router = APIRouter(prefix="/reviews", tags=["Reviews"], responses=responses(401, 404, 422))

ReviewId = Annotated[UUID, Path(description="Id of the review, as the list of reviews gives it.")]
SignedRevision = Annotated[Revision, Path(description="Number of the signed revision, from 1.", examples=[1])]


class ResultRow(BaseModel):
    """One node's score of one signed revision, in one series."""

    series: Series = Field(description="Whose word the scores take.")
    node: str = Field(description="Code of the node.", examples=["B1"])
    title: str = Field(description="Title of the node.", examples=["Public sector capacity"])
    score: float | None = Field(description="From 0 to the questionnaire's scale, unrounded; null with a reason.")
    coverage: float = Field(description="Share of the applicable weight that was answered, 0 to 1.", examples=[0.9])
    reason: str | None = Field(description="Why there is no score; null where there is one.")
    band: str | None = Field(
        description="Code of the band that the score falls in; null without a score or bands.", examples=["advanced"]
    )
    held_back_by: list[str] = Field(
        description="Critical items that keep the band below what the score alone would reach.", examples=[[]]
    )
    floor: float | None = Field(description="The score if every missing answer were worth nothing.")
    ceiling: float | None = Field(description="The score if every missing answer were worth everything.")
    method_version: str = Field(description="Version of the method that computed it.")
    content_hash: str = Field(description="Hash of the questionnaire version that was answered.")
    notice: str = Field(description="What every reader of its data must know; empty when there is nothing.")


class ChangeRow(BaseModel):
    """One node's change since the economy's review of an earlier cycle, in one series, on what both have in common."""

    series: Series = Field(description="Whose word the scores take.")
    node: str = Field(description="Code of the node.", examples=["B1"])
    title: str = Field(description="Title of the node.", examples=["Public sector capacity"])
    cycle_before: str = Field(description="Code of the earlier cycle.", examples=["2026"])
    cycle_after: str = Field(description="Code of this review's cycle.", examples=["2027"])
    version_before: str = Field(description="Version of the questionnaire that was answered then.", examples=["2026.1"])
    version_after: str = Field(description="Version that is answered now.", examples=["2027.1"])
    before: float | None = Field(description="The earlier score on the core, unrounded; null with a reason.")
    after: float | None = Field(description="The later score on the core, unrounded; null with a reason.")
    change: float | None = Field(description="`after` minus `before`; null with a reason.", examples=[4.5])
    reason: NoChange | None = Field(description="Why no change is shown; null where one is.")
    status: Literal["B"] | None = Field(
        description="B, the SDMX observation status of a series break, where the versions differ too much; else null."
    )
    items: int = Field(description="Items of the core that are answered in both reviews: what the scores are made of.")
    share_before: float = Field(description="The core's share of the weight that applied then, 0 to 1.", examples=[1.0])
    share_after: float = Field(description="The core's share of the weight that applies now, 0 to 1.", examples=[0.8])
    coverage: float = Field(description="Share of the core that is answered in both reviews, 0 to 1.", examples=[0.95])
    method_version: str = Field(description="Version of the method that computed both scores.")
    hash_before: str = Field(description="Content hash of the version that was answered then.")
    hash_after: str = Field(description="Content hash of the version that is answered now.")
    notice: str = Field(description="What every reader of the data of either cycle must know; empty when there is nothing.")


@router.get(
    "/{review_id}/revisions/{revision}/results",
    response_model=Listing[ResultRow],
    responses=csv_beside_json(),
    summary="Results of a signed revision",
)
@router.get("/{review_id}/revisions/{revision}/results.csv", include_in_schema=False)
def list_results(
    request: Request,
    review_id: ReviewId,
    revision: SignedRevision,
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
            held_back_by=list(node.held_back_by),
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


@router.get(
    "/{review_id}/revisions/{revision}/change",
    response_model=Listing[ChangeRow],
    responses=csv_beside_json(),
    summary="Change since an earlier cycle",
)
@router.get("/{review_id}/revisions/{revision}/change.csv", include_in_schema=False)
def list_changes(
    request: Request,
    review_id: ReviewId,
    revision: SignedRevision,
    actor: ApiActor,
    session: DbSession,
    _query: Annotated[NoQuery, Query()],
) -> Response:
    """Return how every score of a signed revision of your economy changed; no rows without a review of an earlier cycle."""
    since = get_change(session, actor, review_id, revision)
    return listing(request, [] if since is None else _change_rows(since), list(ChangeRow.model_fields))


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


def _change_rows(since: ChangeSince) -> list[ChangeRow]:
    return [
        ChangeRow(
            series=series,
            node=node.code,
            title=since.after.questionnaire.nodes[node.code].title,
            cycle_before=since.before.cycle.code,
            cycle_after=since.after.cycle.code,
            version_before=since.before.questionnaire.version,
            version_after=since.after.questionnaire.version,
            before=node.before,
            after=node.after,
            change=node.change,
            reason=node.reason,
            status="B" if node.is_break else None,
            items=node.items,
            share_before=node.share_before,
            share_after=node.share_after,
            coverage=node.coverage,
            method_version=METHOD_VERSION,
            hash_before=since.before.questionnaire.content_hash,
            hash_after=since.after.questionnaire.content_hash,
            notice=" ".join(since.notices),
        )
        for series, nodes in since.series.items()
        for node in nodes.values()
    ]
