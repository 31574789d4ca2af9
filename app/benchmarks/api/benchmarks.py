"""The JSON edge of benchmarks: scores that the reader may see, cells, and where the own scores stand; no ranks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.accounts.deps import ApiActor, OptionalApiActor
from app.benchmarks import known, service, standing
from app.benchmarks.service import Filters
from app.domain.scoring.normalise import Series
from app.kit.text import listed
from app.web.db import DbSession
from app.web.errors import responses
from app.web.listing import Listing, Page, csv_beside_json, listing
from app.web.paths import Revision

router = APIRouter()
benchmarks = APIRouter(prefix="/benchmarks", tags=["Benchmarks"], responses=responses(401, 422))
own = APIRouter(prefix="/reviews", tags=["Reviews"], responses=responses(401, 404, 422))


class ScoreRow(BaseModel):
    """One economy's score at one node. `score` is null with a `reason`, never zero, where there is none."""

    questionnaire: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    version: str = Field(description="Version of the questionnaire.", examples=["2026.1"])
    cycle: str = Field(description="Code of the collection round.", examples=["2026"])
    series: Series = Field(description="Whose word the scores take.")
    node: str = Field(description="Code of the node.", examples=["B1"])
    node_title: str = Field(description="Title of the node.", examples=["Public sector capacity"])
    tier: str = Field(description="What this kind of node is called.", examples=["pillar"])
    economy: str = Field(description="Code of the economy.", examples=["NZL"])
    economy_name: str = Field(description="Short name of the economy.", examples=["New Zealand"])
    score: float | None = Field(description="From 0 to the questionnaire's scale, unrounded.", examples=[62.5])
    coverage: float = Field(description="Share of the applicable weight that was answered, 0 to 1.", examples=[0.9])
    band: str | None = Field(
        description="Code of the band that the score falls in; null without a score or bands.", examples=["advanced"]
    )
    reason: str | None = Field(description="Why there is no score.", examples=["insufficient_coverage"])
    revision: int = Field(description="The submission that it rests on.")
    audience: str = Field(description="Whom the economy shows it to: `public`, `peers`, or `private` (your own).")
    notice: str = Field(description="What every reader must know, such as that the data are a demonstration.")


class CellRow(BaseModel):
    """One group's distribution at one node. Figures are null where `suppressed` says why."""

    questionnaire: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    version: str = Field(description="Version of the questionnaire.", examples=["2026.1"])
    cycle: str = Field(description="Code of the collection round.", examples=["2026"])
    series: Series = Field(description="Whose word the scores take.")
    node: str = Field(description="Code of the node.", examples=["B1"])
    node_title: str = Field(description="Title of the node.", examples=["Public sector capacity"])
    tier: str = Field(description="What this kind of node is called.", examples=["pillar"])
    group: str = Field(description="Code of the group.", examples=["APEC"])
    group_title: str = Field(description="Title of the group.", examples=["APEC member economies"])
    n: int | None = Field(description="Economies that contribute.", examples=[16])
    mean: float | None = Field(description="Mean of the scores.", examples=[58.2])
    minimum: float | None = Field(description="Null below 8 economies: it is one economy's own value.")
    q1: float | None = Field(description="Lower quartile, type 7.")
    median: float | None = Field(description="Median.", examples=[57.5])
    q3: float | None = Field(description="Upper quartile, type 7.", examples=[71.0])
    maximum: float | None = Field(description="Null below 8 economies: it is one economy's own value.", examples=[90.0])
    band: str | None = Field(description="Band of the median.")
    suppressed: str | None = Field(
        description="`too_few`, `below_two_thirds`, `differencing` or `recent_change`; null where figures are shown."
    )
    as_of: datetime = Field(description="When the distribution was last computed.", examples=["2026-03-01T09:00:00Z"])
    notice: str = Field(description="What every reader must know, such as that the data are a demonstration.")


class StandingRow(BaseModel):
    """Your own score at one node beside one group's figures. They are null where `suppressed` says why."""

    series: Series = Field(description="Whose word the scores take.")
    node: str = Field(description="Code of the node.", examples=["B1"])
    node_title: str = Field(description="Title of the node.", examples=["Public sector capacity"])
    group: str = Field(description="Code of the group.", examples=["APEC"])
    group_title: str = Field(description="Title of the group.", examples=["APEC member economies"])
    score: float | None = Field(description="Your score, unrounded; null where there is none.", examples=[62.5])
    n: int | None = Field(description="Economies that contribute.", examples=[16])
    q1: float | None = Field(description="Lower quartile of the group, type 7.", examples=[37.1])
    median: float | None = Field(description="Median of the group.", examples=[57.5])
    q3: float | None = Field(description="Upper quartile of the group, type 7.", examples=[71.0])
    suppressed: str | None = Field(description="Why the group has no figures; null where they are shown.")
    is_counted: bool = Field(description="Whether this revision's score is among those that the figures were computed of.")
    share_below: float | None = Field(
        description="100 times the share of lower scores, equal ones and your own counted half; from 6 economies on, where"
        " `is_counted`.",
        examples=[61.1],
    )
    notice: str = Field(description="What every reader must know, such as that the data are a demonstration.")


class StandingQuery(BaseModel):
    """Whose word the scores take."""

    model_config = ConfigDict(extra="forbid")

    series: Series = Field(default=Series.SELF, description="Whose word the scores take.")


class BenchmarkQuery(Page):
    """Which part of the benchmark; every filter is optional."""

    questionnaire: str | None = Field(
        default=None, max_length=64, description="Code of a questionnaire.", examples=["apec-ai-review"]
    )
    version: str | None = Field(default=None, max_length=16, description="Version of it.", examples=["2026.1"])
    cycle: str | None = Field(default=None, max_length=64, description="Code of a cycle.", examples=["2026"])
    node: str = Field(default="", max_length=2_000, description="Codes of nodes, with commas between.", examples=["B1,B2"])
    series: Series | None = Field(default=None, description="Whose word the scores take.")


class ScoreQuery(BenchmarkQuery):
    """Which scores."""

    economy: str = Field(
        default="", max_length=1_000, description="Codes of economies, with commas between.", examples=["AUS,PER"]
    )
    group: str | None = Field(default=None, max_length=64, description="Only members of this group.", examples=["APEC"])


class CellQuery(BenchmarkQuery):
    """Which cells."""

    group: str | None = Field(default=None, max_length=64, description="Code of a group.", examples=["APEC"])


@benchmarks.get("/scores", response_model=Listing[ScoreRow], responses=csv_beside_json(), summary="Scores of economies")
@benchmarks.get("/scores.csv", include_in_schema=False)
def list_scores(request: Request, actor: OptionalApiActor, session: DbSession, query: Annotated[ScoreQuery, Query()]) -> Response:
    """List the scores that you may see: public ones without a key; with one also your own, and peers' where you share too."""
    known.require_known(session, _filters(query, economies=tuple(listed(query.economy)), group=query.group))
    economies = service.economies_asked(session, listed(query.economy), query.group)
    filters = _filters(query, economies=economies)
    entries = service.list_scores(session, actor, filters, after=query.after(5), limit=query.limit + 1)
    rows = [ScoreRow(**asdict(entry)) for entry in entries]
    return listing(request, rows, list(ScoreRow.model_fields), query, _score_key)


@benchmarks.get("/cells", response_model=Listing[CellRow], responses=csv_beside_json(), summary="Distributions of groups")
@benchmarks.get("/cells.csv", include_in_schema=False)
def list_cells(request: Request, _actor: OptionalApiActor, session: DbSession, query: Annotated[CellQuery, Query()]) -> Response:
    """List the distributions of groups at each node, from consenting submissions; small groups are suppressed."""
    filters = _filters(query, group=query.group)
    known.require_known(session, filters)
    entries = service.list_cells(session, filters, after=query.after(6), limit=query.limit + 1)
    rows = [CellRow(**asdict(entry)) for entry in entries]
    return listing(request, rows, list(CellRow.model_fields), query, _cell_key)


@own.get(
    "/{review_id}/revisions/{revision}/peers",
    response_model=Listing[StandingRow],
    responses=csv_beside_json(),
    summary="Where your scores stand",
)
@own.get("/{review_id}/revisions/{revision}/peers.csv", include_in_schema=False)
def list_standings(
    request: Request,
    review_id: Annotated[UUID, Path(description="Id of the review, as the list of reviews gives it.")],
    revision: Annotated[Revision, Path(description="Number of the signed revision, from 1.", examples=[1])],
    actor: ApiActor,
    session: DbSession,
    query: Annotated[StandingQuery, Query()],
) -> Response:
    """Return your own scores of a signed revision beside the figures of the groups that your economy is in."""
    found = standing.get_standings(session, actor, review_id, revision, query.series)
    rows = [
        StandingRow(
            series=query.series,
            node=entry.node.code,
            node_title=entry.node.title,
            group=entry.group,
            group_title=entry.group_title,
            score=entry.score,
            n=entry.n,
            q1=entry.q1,
            median=entry.median,
            q3=entry.q3,
            suppressed=entry.suppressed,
            is_counted=entry.is_counted,
            share_below=entry.percentile,
            notice=found.results.review.cycle.notice,
        )
        for entry in found.entries
    ]
    return listing(request, rows, list(StandingRow.model_fields))


router.include_router(benchmarks)
router.include_router(own)


def _filters(query: BenchmarkQuery, *, economies: tuple[str, ...] | None = None, group: str | None = None) -> Filters:
    return Filters(
        questionnaire=query.questionnaire,
        version=query.version,
        cycle=query.cycle,
        node=tuple(listed(query.node)),
        series=query.series.value if query.series else None,
        group=group,
        economies=economies,
    )


def _score_key(row: ScoreRow) -> tuple[str, ...]:
    return (row.questionnaire, row.cycle, row.series.value, row.node, row.economy)


def _cell_key(row: CellRow) -> tuple[str, ...]:
    return (row.questionnaire, row.cycle, row.version, row.series.value, row.node, row.group)
