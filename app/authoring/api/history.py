"""Who changed what in a draft, over the API, and putting back what was there before."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from sqlmodel import Session
from starlette.responses import Response

from app.authoring import history
from app.authoring.api.shared import Author, DraftId, PartSaved, Reader, saved
from app.authoring.history import Change
from app.domain.drafting.difference import differences
from app.domain.drafting.document import Kind, read_draft
from app.domain.drafting.edits import Standing
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.web.changing import CHANGING, READING, UNCHANGED
from app.web.db import DbSession
from app.web.listing import PERSONAL, Listing, NoQuery, PageQuery, csv_beside_json, listing, one
from app.web.paging import number_after

router = APIRouter(prefix="/drafts/{draft_id}/history")

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the change, from 1.", examples=[3])]


class ChangeRow(BaseModel):
    """One change of a draft."""

    number: int = Field(description="Number of the change, from 1.", examples=[3])
    act: Literal["edited", "added", "duplicated", "moved", "retired", "replaced", "restored"] = Field(
        description="What was done."
    )
    address: str = Field(description="The part; `whole` where a document replaced the draft.", examples=["item/B1-04"])
    fields: list[str] = Field(description="The fields that an edit changed; of a whole, the parts.", examples=[["text"]])
    at: datetime = Field(description="When (UTC).", examples=["2026-02-01T09:00:00Z"])
    by: str = Field(description="By whom.", examples=["Ana"])


class StandingBody(BaseModel):
    """A part as it was, and where it stood."""

    part: dict[str, JsonValue] = Field(description="Its content.")
    index: int = Field(description="Its place among its like, from 0.", examples=[2])
    section: str = Field(description="Code of the section that an item stood in; empty for others.", examples=["B1"])


class WholeChange(ChangeRow):
    """One change with the part before and after."""

    model_config = ConfigDict(extra="forbid")

    before: StandingBody | None = Field(description="The part before; null where there was none.")
    after: StandingBody | None = Field(description="The part after; null where it is gone.")


@router.get("", response_model=Listing[ChangeRow], responses=READING | csv_beside_json(), summary="The changes of a draft")
def list_changes(request: Request, draft_id: DraftId, actor: Reader, session: DbSession, page: PageQuery) -> Response:
    """List changes, newest first."""
    changes = history.list_changes(session, actor, draft_id, before=number_after(page.after(1)), most=page.limit + 1)
    rows = [ChangeRow(**_row(change)) for change in changes]
    return listing(request, rows, list(ChangeRow.model_fields), page, lambda row: [str(row.number)])


@router.get("/{number}", response_model=WholeChange, responses=READING | UNCHANGED, summary="One change, with its content")
def read_change(
    request: Request,
    draft_id: DraftId,
    number: Number,
    actor: Reader,
    session: DbSession,
    _query: Annotated[NoQuery, Query()],
) -> Response:
    """Return a change with the part before and after."""
    change = _found(session, actor, draft_id, number)
    body = WholeChange(**_row(change), before=_standing(change.before), after=_standing(change.after))
    return one(request, body, cache=PERSONAL)


@router.post("/{number}/put-back", response_model=PartSaved, responses=CHANGING, summary="Put back what was before a change")
def put_back(draft_id: DraftId, number: Number, actor: Author, session: DbSession) -> Response:
    """Undo one change by a new one, whatever came after it; 409 where later changes stand in the way."""
    return saved(history.put_back(session, actor, draft_id, number))


def _found(session: Session, actor: Actor, draft_id: UUID, number: int) -> Change:
    found = history.list_changes(session, actor, draft_id, before=number + 1, most=1)
    if not found or found[0].number != number:
        raise NotFound("change")
    return found[0]


def _row(change: Change) -> dict[str, object]:
    return {
        "number": change.number,
        "act": change.act,
        "address": str(change.address),
        "fields": _fields(change),
        "at": change.at,
        "by": change.by,
    }


def _fields(change: Change) -> list[str]:
    if change.before is None or change.after is None:
        return []
    before, after = change.before.part, change.after.part
    if change.address.kind is Kind.WHOLE:
        return [str(each.address) for each in differences(read_draft(before), read_draft(after))]
    return [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]


def _standing(standing: Standing | None) -> StandingBody | None:
    if standing is None:
        return None
    return StandingBody(part=dict(standing.part), index=standing.place.index, section=standing.place.section)
