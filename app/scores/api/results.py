"""Scores of a signed revision."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.deps import ApiActor
from app.domain.scoring.attribution import attribution
from app.domain.scoring.normalise import Series
from app.scores import service
from app.scores.api.parameters import ReviewId, SignedRevision
from app.web.db import DbSession
from app.web.listing import Listing, NoQuery, csv_beside_json, listing

router = APIRouter()


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
    attribution: dict[str, int] = Field(
        description="Number of answers beneath by the grade of their attribution; empty where no item asks for one.",
        examples=[{"example": 1, "before_after": 3}],
    )
    floor: float | None = Field(description="The score if every missing answer were worth nothing.")
    ceiling: float | None = Field(description="The score if every missing answer were worth everything.")
    method_version: str = Field(description="Version of the method that computed it.")
    content_hash: str = Field(description="Hash of the questionnaire version that was answered.")
    notice: str = Field(description="What every reader of its data must know; empty when there is nothing.")


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
    document, answers = results.review.questionnaire, results.review.answers
    graded = {code: attribution(document, answers, code) for code in document.nodes}
    grades = {code: {option.code: number for option, number in found.grades} if found else {} for code, found in graded.items()}
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
            attribution=grades[node.code],
            floor=node.floor,
            ceiling=node.ceiling,
            method_version=sheet.method_version,
            content_hash=sheet.content_hash,
            notice=results.review.cycle.notice,
        )
        for series, sheet in results.sheets.items()
        for node in sheet.nodes.values()
    ]
    return listing(request, rows, [name for name in ResultRow.model_fields if name != "attribution"])
