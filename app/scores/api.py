"""The JSON edge of results: an economy's own people only."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.accounts.deps import ApiActor
from app.domain.benchmark.over_time.change import NoChange
from app.domain.scoring.gaps import Gap
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION
from app.kit.text import listed
from app.scores import priorities, service
from app.scores.change import ChangeSince, get_change
from app.scores.priorities import Asked
from app.web.db import DbSession
from app.web.errors import responses
from app.web.listing import PERSONAL, Listing, NoQuery, csv_beside_json, listing, one
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


class PriorityRow(BaseModel):
    """One answered item below a node: its gap to the target, and what closing it would bring."""

    item: str = Field(description="Code of the item.", examples=["B1-01"])
    score: float = Field(description="Its score, unrounded.", examples=[25.0])
    target: float = Field(description="The target.", examples=[75.0])
    weight: float = Field(description="Its share of the node among what is answered, 0 to 1.", examples=[0.1])
    gap: float = Field(description="Target less score; 0 where it is reached.", examples=[50.0])
    gain: float = Field(description="What the node would gain if this item alone reached the target.", examples=[5.0])
    urgency: int = Field(description="1, 2 or 3: low, medium, high.", examples=[1])
    effort: int = Field(description="1, 2 or 3: low, medium, high.", examples=[1])
    priority: float = Field(description="Gain times urgency divided by effort.", examples=[5.0])


class PriorityList(BaseModel):
    """The gaps below one node, the highest priority first, and what to answer first."""

    node: str = Field(description="Code of the node whose points are meant.", examples=["B1"])
    value: float | None = Field(description="The node's value now; null where nothing is answered.", examples=[60.0])
    target: float = Field(description="The target for every item.", examples=[75.0])
    gaps: list[PriorityRow] = Field(description="Answered items, those that reached the target last.")
    unanswered: list[str] = Field(description="Codes of items without an answer, in the order of the form.")
    method_version: str = Field(description="Version of the method that computed it.")
    notice: str = Field(description="What every reader of its data must know; empty when there is nothing.")


class PriorityQuery(BaseModel):
    """What to raise, how far, and how urgent and how hard each gap is."""

    model_config = ConfigDict(extra="forbid")

    node: str = Field(default="", max_length=64, description="Code of a node; default: the first at the top.", examples=["B1"])
    target: str = Field(
        default="",
        max_length=64,
        description="A number on the scale, or the code of a band; default: the scale.",
        examples=["75"],
    )
    urgency: str = Field(
        default="", max_length=1_000, description="1, 2 or 3 by item, with commas between.", examples=["B1-01:3,B1-02:2"]
    )
    effort: str = Field(default="", max_length=1_000, description="1, 2 or 3 by item, with commas between.", examples=["B1-01:2"])


@router.get(
    "/{review_id}/revisions/{revision}/priorities",
    response_model=PriorityList,
    summary="Gaps of a signed revision, by priority",
)
def list_priorities(
    request: Request,
    review_id: ReviewId,
    revision: SignedRevision,
    actor: ApiActor,
    session: DbSession,
    query: Annotated[PriorityQuery, Query()],
) -> Response:
    """Return which gaps of your economy to take up first. Nothing is stored."""
    results = service.get_results(session, actor, review_id, revision)
    asked = Asked(query.node, query.target, _by_item(query.urgency), _by_item(query.effort))
    wish, problems = priorities.read_wish(results.review.questionnaire, asked, "query.")
    problems.raise_if_any()
    found = priorities.list_priorities(results, wish)
    body = PriorityList(
        node=found.node,
        value=found.value,
        target=wish.target,
        gaps=[_row(gap) for gap in found.gaps],
        unanswered=[item.code for item in found.unanswered],
        method_version=results.sheets[Series.SELF].method_version,
        notice=results.review.cycle.notice,
    )
    return one(request, body, cache=PERSONAL)


def _row(gap: Gap) -> PriorityRow:
    return PriorityRow(
        item=gap.code,
        score=gap.score,
        target=gap.target,
        weight=gap.weight,
        gap=gap.gap,
        gain=gap.gain,
        urgency=gap.urgency,
        effort=gap.effort,
        priority=gap.priority,
    )


def _by_item(written: str) -> dict[str, str]:
    """Split `B1-01:3,B1-02:2`; what is no such pair is named when it is read."""
    return {code: factor for code, _, factor in (part.partition(":") for part in listed(written))}
