"""What changed since the review of an earlier cycle."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.deps import ApiActor
from app.domain.benchmark.over_time.change import NoChange
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION
from app.scores.api.parameters import ReviewId, SignedRevision
from app.scores.change import ChangeSince, get_change
from app.web.db import DbSession
from app.web.listing import Listing, NoQuery, csv_beside_json, listing

router = APIRouter()


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
