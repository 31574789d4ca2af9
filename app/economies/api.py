"""The JSON edge of economies, groups, cycles and reference figures: public."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.accounts.deps import Public
from app.economies import references, service
from app.kit.text import listed
from app.web.db import DbSession
from app.web.errors import responses
from app.web.listing import Listing, NoQuery, csv_beside_json, listing

router = APIRouter(tags=["Economies and cycles"], dependencies=[Public], responses=responses(422))


class EconomyRow(BaseModel):
    """One economy and its names, in APEC's own order."""

    code: str = Field(description="Stable code (ISO 3166-1 alpha-3), for joining data.", examples=["HKG"])
    abbreviation: str = Field(description="Short label for figures; may be edited.", examples=["HKC"])
    short_name: str = Field(description="For lists and figures.", examples=["Hong Kong, China"])
    formal_name: str = Field(description="For documents.", examples=["Hong Kong, China"])
    list_name: str = Field(description="With its article, for sentences.", examples=["Hong Kong, China"])
    apec_order: int | None = Field(description="Place in APEC's own order; null for others.", examples=[6])


class GroupRow(BaseModel):
    """A group of economies that was fixed before results were known."""

    code: str = Field(description="Stable code of the group.", examples=["APEC"])
    title: str = Field(description="What the group is called.", examples=["APEC member economies"])
    kind: str = Field(description="`members`: those who take part in a questionnaire; `peers`: a group to compare with.")
    peers_of: str | None = Field(description="For peers, the group whose members they are.", examples=[None])
    economies: list[str] = Field(description="Codes of the members.", examples=[["AUS", "BRN"]])


class CycleRow(BaseModel):
    """One collection round of one questionnaire."""

    questionnaire: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    code: str = Field(description="Code of the round, unique for its questionnaire.", examples=["2026"])
    title: str = Field(description="What the round is called.", examples=["Cycle 2026"])
    is_open: bool = Field(description="Whether reviews may be started, answered and signed.", examples=[True])
    closes_on: date | None = Field(
        description="Its last day, which lasts until it has ended everywhere on earth; null for none.", examples=["2027-06-30"]
    )
    notice: str = Field(description="What every reader of its data must know; empty when there is nothing.")


class FigureRow(BaseModel):
    """One figure of another institution, for reading beside results; never part of a score."""

    economy: str = Field(description="Code of the economy.", examples=["AUS"])
    series: str = Field(description="Code of the series.", examples=["GTMI"])
    title: str = Field(description="What the series is called.", examples=["GovTech Maturity Index"])
    period: str = Field(description="Year or date that the figure is of.", examples=["2025"])
    value: str = Field(description="As published.", examples=["0.931"])
    scale: str = Field(description="What the figure can be at all.", examples=["0 to 1"])
    source: str = Field(description="Who published it, and where.", examples=["World Bank"])
    source_url: str = Field(
        description="Address of the publication.", examples=["https://www.worldbank.org/en/programs/govtech/gtmi"]
    )
    licence: str = Field(description="Under what terms it may be used.", examples=["CC BY 4.0"])


class CycleQuery(BaseModel):
    """Which cycles."""

    model_config = ConfigDict(extra="forbid")
    questionnaire: str | None = Field(default=None, max_length=64, description="Code of a questionnaire.")


class FigureQuery(BaseModel):
    """Which reference figures."""

    model_config = ConfigDict(extra="forbid")
    economy: str = Field(max_length=400, description="Codes of economies, with commas between.", examples=["AUS,PER"])
    series: str = Field(default="", max_length=400, description="Codes of series, with commas between; empty for all.")


@router.get("/economies", response_model=Listing[EconomyRow], responses=csv_beside_json(), summary="Economies and their names")
@router.get("/economies.csv", include_in_schema=False)
def list_economies(request: Request, session: DbSession, _query: Annotated[NoQuery, Query()]) -> Response:
    """List every economy: APEC's in APEC's own order, then others by name."""
    rows = [EconomyRow(**asdict(economy)) for economy in service.list_economies(session)]
    return listing(request, rows, list(EconomyRow.model_fields))


@router.get("/groups", response_model=Listing[GroupRow], responses=csv_beside_json(), summary="Groups of economies")
@router.get("/groups.csv", include_in_schema=False)
def list_groups(request: Request, session: DbSession, _query: Annotated[NoQuery, Query()]) -> Response:
    """List the groups that benchmarks may be read for."""
    rows = [
        GroupRow(code=group.code, title=group.title, kind=group.kind, peers_of=group.peers_of, economies=list(group.economies))
        for group in service.groups(session).values()
    ]
    return listing(request, rows, list(GroupRow.model_fields))


@router.get("/cycles", response_model=Listing[CycleRow], responses=csv_beside_json(), summary="Collection rounds")
@router.get("/cycles.csv", include_in_schema=False)
def list_cycles(request: Request, session: DbSession, query: Annotated[CycleQuery, Query()]) -> Response:
    """List collection rounds, of one questionnaire or of all."""
    rows = [
        CycleRow(
            questionnaire=cycle.questionnaire,
            code=cycle.code,
            title=cycle.title,
            is_open=cycle.is_open,
            closes_on=cycle.closes_on,
            notice=cycle.notice,
        )
        for cycle in service.list_cycles(session, query.questionnaire)
    ]
    return listing(request, rows, list(CycleRow.model_fields))


@router.get("/references", response_model=Listing[FigureRow], responses=csv_beside_json(), summary="Reference figures of others")
@router.get("/references.csv", include_in_schema=False)
def list_references(request: Request, session: DbSession, query: Annotated[FigureQuery, Query()]) -> Response:
    """List dated, sourced figures of other institutions for some economies."""
    economies, series = listed(query.economy), listed(query.series)
    references.require_known(session, economies, series)
    rows = [FigureRow(**asdict(figure)) for figure in references.list_figures(session, economies, series)]
    return listing(request, rows, list(FigureRow.model_fields))
