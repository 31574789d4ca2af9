"""The JSON edge of questionnaires: versions and items, public and immutable."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.accounts.deps import Public
from app.domain.comparison import Comparison
from app.domain.drafting.wording import Wording
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChangeClass, Item
from app.questionnaires import service
from app.web.db import DbSession
from app.web.errors import responses
from app.web.etag import conditional
from app.web.listing import Listing, NoQuery, csv_beside_json, listing

router = APIRouter(prefix="/questionnaires", tags=["Questionnaires"], dependencies=[Public], responses=responses(404, 422))

Code = Annotated[str, Path(max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"])]
Version = Annotated[str, Path(max_length=64, description="Its version: year and number.", examples=["2026.1"])]
_FOREVER = "public, max-age=3600, immutable"


class VersionRow(BaseModel):
    """One published version. It never changes."""

    code: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    version: str = Field(description="Year and number.", examples=["2026.1"])
    title: str = Field(description="Title of the questionnaire.", examples=["AI Readiness Review"])
    content_hash: str = Field(description="SHA-256 of the canonical JSON: the identity of what is asked and how it is scored.")
    published_at: datetime = Field(description="When it was published (UTC).", examples=["2026-01-15T09:00:00Z"])


class ItemRow(BaseModel):
    """One item, flat: for a codebook or a join."""

    code: str = Field(description="Code of the item.", examples=["B1-04"])
    section: str = Field(description="Code of its section.", examples=["B1"])
    node: str | None = Field(description="The node that it scores in; null when it is not scored.", examples=["B1"])
    type: str = Field(
        description="`maturity`, `yes_no`, `choice`, `checklist`, `percent`, `number`, `text` or `reference`.",
        examples=["maturity"],
    )
    text: str = Field(description="The question.", examples=["How far is the strategy carried out?"])
    is_core: bool = Field(description="Whether sign-off needs it to be dealt with.", examples=[True])
    is_scored: bool = Field(description="Whether it counts in the scores.", examples=[True])
    weight: float = Field(description="Its weight in its node.", examples=[1.0])
    clauses: list[str] = Field(description="Codes of the clauses that it covers.", examples=[["B.i.1"]])
    unit: str | None = Field(description="Unit of a number; null where there is none.", examples=["USD"])
    options: list[str] = Field(description="Codes of the options or levels, in their order.")


@router.get("", response_model=Listing[VersionRow], responses=csv_beside_json(), summary="Published questionnaires")
@router.get(".csv", include_in_schema=False)
def list_versions(request: Request, session: DbSession, _query: Annotated[NoQuery, Query()]) -> Response:
    """List every published version, newest first for each questionnaire."""
    rows = [
        VersionRow(
            code=entry.code,
            version=entry.version,
            title=entry.title,
            content_hash=entry.content_hash,
            published_at=entry.published_at,
        )
        for entry in service.list_versions(session)
    ]
    return listing(request, rows, list(VersionRow.model_fields))


class TwoVersions(BaseModel):
    """Which two versions are compared."""

    model_config = ConfigDict(extra="forbid")

    before: str = Field(alias="from", max_length=64, description="The version from which.", examples=["2026.1"])
    after: str = Field(alias="to", max_length=64, description="The version to which.", examples=["2026.2"])


class WordingRow(BaseModel):
    """One value that differs, before and after; an empty text where there is none."""

    field: list[str] = Field(description="Fields and codes that lead to the value.", examples=[["levels", "3", "text"]])
    before: str = Field(description="What it said, or was.", examples=["A strategy is adopted."])
    after: str = Field(description="What it says, or is.", examples=["A strategy is adopted and published."])


class ItemDifference(BaseModel):
    """What happened to one item, and what that does to comparison."""

    item: str = Field(description="Code of the item.", examples=["B1-04"])
    change: ChangeClass = Field(
        description="`new`, `editorial`, `clarified`, `rescored`, `redefined`, `moved` or `retired`.", examples=["clarified"]
    )
    fields: list[str] = Field(
        description="Fields that changed; `section` and `position` where it stands elsewhere.", examples=[["text"]]
    )
    is_comparable: bool = Field(description="Whether answers and scores of both versions mean the same.", examples=[True])
    words: list[WordingRow] = Field(description="Each value that differs, before and after; none for new and retired items.")


class PartDifference(BaseModel):
    """What happened to a part that is no item."""

    part: str = Field(
        description="`about`, `clauses`, `details`, `scheme`, or a node or section by its code.", examples=["node/B1"]
    )
    difference: Literal["added", "retired", "moved", "edited"] = Field(description="What happened to it.", examples=["edited"])
    fields: list[str] = Field(description="Fields that changed.", examples=[["title"]])
    words: list[WordingRow] = Field(description="Each value that differs, before and after; for edited parts only.")


class Differences(BaseModel):
    """Everything that differs between two versions of a questionnaire."""

    code: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    before: str = Field(description="The version from which.", examples=["2026.1"])
    after: str = Field(description="The version to which.", examples=["2026.2"])
    scheme_changed: bool = Field(description="Whether scores are made otherwise, beyond the items.", examples=[False])
    items: list[ItemDifference] = Field(description="Items that changed, in the order of the later version; retired ones last.")
    parts: list[PartDifference] = Field(description="Every other part that changed.")


@router.get(
    "/{code}/differences",
    response_model=Differences,
    responses={304: {"description": "Unchanged: versions never change."}},
    summary="What changed between two versions",
)
def read_differences(request: Request, code: Code, session: DbSession, query: Annotated[TwoVersions, Query()]) -> Response:
    """Compare two published versions item by item, as the page and the command line do."""
    found = service.compare(session, code, query.before, query.after)
    return conditional(request, _differences(code, found).model_dump_json().encode(), "application/json", _FOREVER)


@router.get(
    "/{code}/versions/{version}",
    response_model=Questionnaire,
    responses={304: {"description": "Unchanged: a version never changes."}},
    summary="One version, whole",
)
def read_version(
    request: Request, code: Code, version: Version, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Return the whole document; its ETag is its content hash."""
    document = service.get_version(session, code, version)
    return conditional(request, service.as_json(document), "application/json", _FOREVER, etag=f'"{document.content_hash}"')


@router.get(
    "/{code}/versions/{version}/items",
    response_model=Listing[ItemRow],
    responses=csv_beside_json(),
    summary="The items of a version",
)
@router.get("/{code}/versions/{version}/items.csv", include_in_schema=False)
def list_items(
    request: Request, code: Code, version: Version, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """List the items in the order of the form."""
    document = service.get_version(session, code, version)
    rows = [
        ItemRow(
            code=item.code,
            section=section.code,
            node=document.node_of(section, item),
            type=item.type,
            text=item.text,
            is_core=item.core,
            is_scored=item.scored,
            weight=item.weight,
            clauses=list(item.clauses),
            unit=getattr(item, "unit", "%" if item.type == "percent" else None),
            options=_options(item),
        )
        for section in document.sections
        for item in section.items
    ]
    return listing(request, rows, list(ItemRow.model_fields))


def _options(item: Item) -> list[str]:
    if item.type == "maturity":
        return [str(level.level) for level in item.levels]
    if item.type in {"choice", "checklist"}:
        return [option.code for option in item.options]
    return []


def _differences(code: str, found: Comparison) -> Differences:
    return Differences(
        code=code,
        before=found.before,
        after=found.after,
        scheme_changed=found.scheme_changed,
        items=[
            ItemDifference(
                item=each.change.item,
                change=each.change.change,
                fields=list(each.change.fields),
                is_comparable=each.change.is_comparable,
                words=_words(each.wordings),
            )
            for each in found.items
        ],
        parts=[
            PartDifference(
                part=str(each.difference.address),
                difference=each.difference.difference,
                fields=list(each.difference.fields),
                words=_words(each.wordings),
            )
            for each in found.parts
        ],
    )


def _words(wordings: tuple[Wording, ...]) -> list[WordingRow]:
    return [WordingRow(field=list(each.path), before=each.before, after=each.after) for each in wordings]
