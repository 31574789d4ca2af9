"""Which gaps to take up first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.accounts.deps import ApiActor
from app.domain.scoring.gaps import Gap
from app.domain.scoring.normalise import Series
from app.kit.text import listed
from app.scores import priorities, service
from app.scores.api.parameters import ReviewId, SignedRevision
from app.scores.priorities import Asked
from app.web.db import DbSession
from app.web.listing import PERSONAL, one

router = APIRouter()


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
    unanswered: list[str] = Field(
        description="Codes of items without an answer, or with one that is only reported, in the order of the form."
    )
    method_version: str = Field(description="Version of the method that computed it.")
    notice: str = Field(description="What every reader of its data must know; empty when there is nothing.")


class PriorityQuery(BaseModel):
    """What to raise, how far, and how urgent and how hard each gap is."""

    model_config = ConfigDict(extra="forbid")

    node: str = Field(default="", max_length=64, description="Code of a node; default: the first at the top.", examples=["B1"])
    target: str = Field(
        default="",
        max_length=64,
        description="A number on the scale, the code of a band, or `own` for the levels that the economy set as targets in its "
        "answers; default: the scale.",
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
    wish, problems = priorities.read_wish(results.review.questionnaire, asked, "query.", own=priorities.own_of(results))
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
