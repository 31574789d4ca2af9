"""What the figures of a release mean: codelists, items, and the dictionary of all columns."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.accounts.deps import Public
from app.kit.errors import NotFound
from app.releases import codebook
from app.releases.api.answering import answer_object, answer_table, said_of
from app.releases.api.asking import Numbered, StrictRoute, TableQuery
from app.releases.api.shapes import MetaBody, other_formats, shape_of
from app.releases.formats.codes import CODELISTS, DICTIONARY, ITEMS
from app.web.errors import responses
from app.web.listing import NoQuery

router = APIRouter(
    prefix="/releases/{questionnaire}/{number}",
    tags=["Releases"],
    dependencies=[Public],
    responses=responses(400, 404, 406),
    route_class=StrictRoute,
)
_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Unchanged since the ETag or the time that was sent."}}
Codelist = Annotated[str, Path(max_length=64, description=f"Name of the list: {', '.join(CODELISTS)}.", examples=["economies"])]
ItemTable, DictionaryTable = shape_of(ITEMS, "ReleaseItem"), shape_of(DICTIONARY, "Dictionary")


class CodelistTable(BaseModel):
    """One codelist. Its columns differ from list to list; the dictionary describes them."""

    meta: MetaBody = Field(description="What is said of all rows.")
    data: list[dict[str, str | float | list[str] | None]] = Field(description="The codes, with what they mean.")


class CodelistsMeta(BaseModel):
    """What is said of all codelists of a release."""

    model_config = ConfigDict(extra="allow")

    release: str = Field(description="Number of the release.", examples=["2026.1.0"])


class CodelistsBody(BaseModel):
    """Every codelist of a release, by its name."""

    meta: CodelistsMeta = Field(description="What is said of all of them.")
    data: dict[str, list[dict[str, str | float | list[str] | None]]] = Field(
        description=f"By name: {', '.join(CODELISTS)}. Each is a list of codes with what they mean."
    )


@router.get("/codelists", response_model=CodelistsBody, responses=_UNCHANGED, summary="All codelists of a release")
def read_codelists(request: Request, release: Numbered, _query: Annotated[NoQuery, Query()]) -> Response:
    """Return what every code of a release means. Each list has an address of its own, also as CSV and Parquet."""
    said = said_of(release, request, below="/codelists", holds_own_figures=False)
    found = {name: codebook.codelist(release, name) for name in CODELISTS}
    return answer_object(request, {"meta": said.meta, "data": found}, said)


@router.get("/codelists/{codelist}", response_model=CodelistTable, responses=other_formats(), summary="One codelist of a release")
@router.get("/codelists/{codelist}.json", include_in_schema=False)
@router.get("/codelists/{codelist}.csv", include_in_schema=False)
@router.get("/codelists/{codelist}.parquet", include_in_schema=False)
def read_codelist(request: Request, release: Numbered, codelist: Codelist, query: Annotated[TableQuery, Query()]) -> Response:
    """Return what the codes of one kind mean."""
    if codelist not in CODELISTS:
        raise NotFound("codelist")
    said = said_of(release, request, below=f"/codelists/{codelist}", holds_own_figures=False)
    return answer_table(request, CODELISTS[codelist], codebook.codelist(release, codelist), query, said)


@router.get("/items", response_model=ItemTable, responses=other_formats(), summary="Items behind a release")
@router.get("/items.json", include_in_schema=False)
@router.get("/items.csv", include_in_schema=False)
@router.get("/items.parquet", include_in_schema=False)
def list_items(request: Request, release: Numbered, query: Annotated[TableQuery, Query()]) -> Response:
    """List every question of the versions in a release: levels, weight, goalposts, clauses, and what it may be compared with."""
    said = said_of(release, request, below="/items", holds_own_figures=False)
    return answer_table(request, ITEMS, codebook.items(release), query, said)


@router.get("/dictionary", response_model=DictionaryTable, responses=other_formats(), summary="Data dictionary of a release")
@router.get("/dictionary.json", include_in_schema=False)
@router.get("/dictionary.csv", include_in_schema=False)
@router.get("/dictionary.parquet", include_in_schema=False)
def read_dictionary(request: Request, release: Numbered, query: Annotated[TableQuery, Query()]) -> Response:
    """List every column of every file: type, unit, meaning, allowed values."""
    said = said_of(release, request, below="/dictionary", holds_own_figures=False)
    return answer_table(request, DICTIONARY, codebook.dictionary(), query, said)
