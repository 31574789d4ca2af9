"""Who did what, over the API: the record of acts, filtered as on its page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.audit import service as audit
from app.audit.service import Event
from app.authoring.acts import FIRST, read_wanted, told_detail
from app.authoring.api.shared import Reader
from app.kit.errors import Invalid
from app.web.changing import READING
from app.web.db import DbSession
from app.web.listing import Listing, Page, csv_beside_json, listing
from app.web.paging import number_after

router = APIRouter(prefix="/audit")

_Text = Annotated[str, Field(max_length=200)]


class Asked(Page):
    """Which acts are looked for; what is empty does not narrow."""

    where: Literal["questionnaires", "cycles", "people", "reviews", "all"] = Field(
        default=FIRST, description="The part of the service: questionnaires and drafts, unless you choose another."
    )
    who: _Text = Field(default="", description="Part of the name of who did it.")
    target: _Text = Field(default="", description="Part of the id or name of what it was done to.")
    since: _Text = Field(default="", description="First day (UTC), such as 2026-03-01.")
    until: _Text = Field(default="", description="Last day (UTC), such as 2026-03-31.")


class EventRow(BaseModel):
    """One recorded act. The record is a chain: nothing in it can be changed unseen."""

    sequence: int = Field(description="Its number, from 1 and without gaps.", examples=[512])
    at: datetime = Field(description="When (UTC).", examples=["2026-02-01T09:00:00Z"])
    who: str = Field(description="Who did it; of a key, its owner.", examples=["Ana"])
    role: str = Field(description="In which role.", examples=["administrator"])
    economy: str | None = Field(description="Code of the economy that it concerns; null for none.", examples=["NZL"])
    action: str = Field(description="What was done.", examples=["authoring.edited"])
    target_kind: str = Field(description="What kind of thing it was done to.", examples=["draft"])
    target: str = Field(description="Its id or name.")
    detail: dict[str, str | int | None] = Field(
        description="More of it; never answers, secrets or addresses, and of a review never which questions or how many.",
        examples=[{}],
    )


@router.get("", response_model=Listing[EventRow], responses=READING | csv_beside_json(), summary="Who did what")
def list_acts(request: Request, actor: Reader, session: DbSession, asked: Annotated[Asked, Query()]) -> Response:
    """List what was done, newest first."""
    wanted, problems = read_wanted(asked.where, asked.who, asked.target, asked.since, asked.until)
    if problems:
        raise Invalid(problems)
    before = number_after(asked.after(1))
    events = audit.list_events(session, actor, before=before, limit=asked.limit + 1, wanted=wanted)
    columns = list(EventRow.model_fields)
    return listing(request, [_row(event) for event in events], columns, asked, lambda row: [str(row.sequence)])


def _row(event: Event) -> EventRow:
    return EventRow(
        sequence=event.sequence,
        at=event.at,
        who=event.actor_name,
        role=event.actor_role,
        economy=event.economy,
        action=event.action,
        target_kind=event.target_kind,
        target=event.target_id,
        detail=told_detail(event),
    )
