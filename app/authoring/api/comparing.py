"""What publishing a draft would change, over the API: item by item, with how many reviews it touches and how scores would move.

Numbers obey the rules of publication: of few economies, or of all but a few, none is told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.authoring import drafts, publishing, what_if
from app.authoring.api.shared import DraftId, Reader
from app.authoring.publishing import Comparison, Impact
from app.domain.benchmark.counts import Count
from app.domain.benchmark.disclosure import SMALLEST_GROUP
from app.domain.benchmark.distribution import Distribution
from app.domain.benchmark.over_time.what_if import NodeMoves, NoFigures
from app.domain.questionnaire.diff import Change
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChangeClass
from app.kit.errors import NotReady
from app.kit.say import mark
from app.web.changing import READING, UNCHANGED
from app.web.db import AppDatabase, DbSession
from app.web.errors import responses
from app.web.listing import PERSONAL, NoQuery, one

router = APIRouter(prefix="/drafts/{draft_id}")


class CountBody(BaseModel):
    """How many, as far as it may be told."""

    number: int | None = Field(description="The number; null where it may not be told.", examples=[7])
    is_few: bool = Field(description="There are some, but fewer than the smallest group that is told.")
    is_most: bool = Field(description="They are all but fewer than that.")


class ItemChange(BaseModel):
    """How one item differs from the newest published version, and what that touches."""

    item: str = Field(description="Code of the item.", examples=["B1-04"])
    change: ChangeClass = Field(description="What kind of change it is.")
    fields: list[str] = Field(description="The fields that differ.", examples=[["text"]])
    is_comparable: bool = Field(description="Whether answers before and after mean the same.")
    reviews: CountBody = Field(description="Open reviews that ask it.")
    open_answers: CountBody = Field(description="Open reviews in which it is answered.")
    signed_answers: CountBody = Field(description="Reviews in which its answer was signed.")


class ComparisonBody(BaseModel):
    """What publishing a draft would change."""

    before: str | None = Field(description="The newest other version; null where there is none.", examples=["2026.1"])
    changes: list[ItemChange] = Field(description="Items that differ, in the order of the form.")
    scheme_changed: bool = Field(description="Whether scores of the two versions are not comparable.")
    reviews: CountBody = Field(description="Open reviews of any version of the questionnaire.")
    needs_note: bool = Field(description="Whether publishing asks for a note of what is new: an earlier version exists.")


class Moves(BaseModel):
    """How far scores would move, later minus earlier, with one decimal at most; without extremes, which are one economy's own."""

    mean: float = Field(description="Mean of the moves.", examples=[-1.5])
    q1: float = Field(description="Lower quartile, type 7.", examples=[-2.0])
    q3: float = Field(description="Upper quartile, type 7.", examples=[-2.0])


class NodeRow(BaseModel):
    """What would become of one score."""

    node: str = Field(description="Code of the node.", examples=["B1"])
    title: str = Field(description="Its title.", examples=["Public sector capacity"])
    reviews: CountBody = Field(description="Signed reviews that have the score.")
    moves: Moves | None = Field(description="How far they would move; null where none moves, and where a reason is given.")
    reason: NoFigures | None = Field(description="Why nothing is said of it; null where something is.")
    other_band: CountBody | None = Field(description="Scores that would fall in another band.")
    no_longer_published: CountBody | None = Field(description="Scores that would not be published any more.")


class WhatIfBody(BaseModel):
    """An estimate, made now and stored nowhere, of how past scores would move under the draft."""

    nodes: list[NodeRow] = Field(description="Every score of the draft, in the order of its scheme.")
    signed_until: datetime = Field(
        description="What was signed later is not in it: fewer than five economies signed since the last look, or nobody.",
        examples=["2026-02-01T09:00:00Z"],
    )
    is_cut: bool = Field(description="Whether only the last signed reviews were looked at.")
    most_reviews: int = Field(description="How many reviews are looked at.", examples=[what_if.MOST_REVIEWS])
    smallest_group: int = Field(description="Fewer economies than this are never told apart.", examples=[SMALLEST_GROUP])


_READING = READING | UNCHANGED | responses(409)


@router.get("/comparison", response_model=ComparisonBody, responses=_READING, summary="What it changes")
def compare(
    request: Request, draft_id: DraftId, actor: Reader, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Compare a draft without problems with the newest published version of its questionnaire, and count what that touches."""
    draft = drafts.open_draft(session, actor, draft_id)
    if not draft.inspection.is_clean:
        raise NotReady(
            mark("This draft has problems, so it cannot be compared yet. Correct them first; the problems are listed.")
        )
    return one(request, _comparison(publishing.compare(session, draft)), cache=PERSONAL)


@router.get("/what-if", response_model=WhatIfBody, responses=_READING, summary="How past scores would move")
def estimate(
    request: Request, draft_id: DraftId, actor: Reader, database: AppDatabase, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Score signed reviews anew by a draft without problems, as far as answers stay. This takes seconds, and is recorded."""
    with database.write() as session:
        until = what_if.look(session, actor, draft_id)
    with database.read() as session:
        found = what_if.estimate(session, actor, draft_id, until)
    body = WhatIfBody(
        nodes=[_node(node, found.questionnaire) for node in found.nodes],
        signed_until=until,
        is_cut=found.is_cut,
        most_reviews=what_if.MOST_REVIEWS,
        smallest_group=SMALLEST_GROUP,
    )
    return one(request, body, cache=PERSONAL)


def _comparison(found: Comparison | None) -> ComparisonBody:
    if found is None:
        nobody = _count(Count(0))
        return ComparisonBody(before=None, changes=[], scheme_changed=False, reviews=nobody, needs_note=False)
    return ComparisonBody(
        before=found.before.version,
        changes=[_change(change, impact) for change, impact in zip(found.difference.changes, found.impacts, strict=True)],
        scheme_changed=found.difference.scheme_changed,
        reviews=_count(found.reviews),
        needs_note=True,
    )


def _change(change: Change, impact: Impact) -> ItemChange:
    return ItemChange(
        item=change.item,
        change=change.change,
        fields=list(change.fields),
        is_comparable=change.is_comparable,
        reviews=_count(impact.reviews),
        open_answers=_count(impact.open_answers),
        signed_answers=_count(impact.signed_answers),
    )


def _node(node: NodeMoves, document: Questionnaire) -> NodeRow:
    return NodeRow(
        node=node.code,
        title=document.nodes[node.code].title,
        reviews=_count(node.reviews),
        moves=_moves(node.changes, document.scheme.decimals) if node.changes else None,
        reason=node.reason,
        other_band=_count(node.other_band) if node.other_band else None,
        no_longer_published=_count(node.no_longer_published) if node.no_longer_published else None,
    )


def _moves(found: Distribution, decimals: int) -> Moves:
    return Moves(
        mean=what_if.rounded_move(found.mean, decimals),
        q1=what_if.rounded_move(found.q1, decimals),
        q3=what_if.rounded_move(found.q3, decimals),
    )


def _count(count: Count) -> CountBody:
    return CountBody(number=count.number, is_few=count.is_few, is_most=count.is_most)
