"""The JSON edge of a team's work: a page says where its reader is, and hears who else is there."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.accounts.deps import ApiActor
from app.kit import clock
from app.teamwork import presence
from app.teamwork.state import Place
from app.web.db import AppDatabase
from app.web.errors import responses

router = APIRouter(prefix="/reviews", tags=["Reviews"], responses=responses(401, 404, 422))

ReviewId = Annotated[UUID, Path(description="Id of the review, as the list of reviews gives it.")]
_CODE = r"[A-Za-z0-9._-]{1,64}"


class PlaceBody(BaseModel):
    """Where you are in a review."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"section": "B1", "item": "B1-04"}]})

    section: str = Field(pattern=f"^{_CODE}$", description="Code of the section.")
    item: str = Field(default="", pattern=f"^({_CODE})?$", description="Code of the item; empty while you are on none.")


class Colleague(BaseModel):
    """A colleague who is in the review now."""

    name: str = Field(description="Who it is.", examples=["Ana"])
    section: str = Field(description="Code of the section.", examples=["B1"])
    item: str = Field(description="Code of the item; empty while they are on none.", examples=["B1-04"])


class HereBody(BaseModel):
    """Who else is in the review: whoever gave a sign within the last 90 seconds."""

    here: list[Colleague] = Field(description="Your colleagues, by name.")


@router.post("/{review_id}/presence", responses=responses(403, 413, 415), summary="Say where you are")
def post_presence(review_id: ReviewId, body: PlaceBody, actor: ApiActor, database: AppDatabase) -> HereBody:
    """Say where you are in a review of your economy, and hear who else is there. Nothing of it is recorded or kept."""
    place = Place(body.section, body.item)
    with database.read() as session:
        others, me = presence.look(session, actor, review_id)
    if presence.is_due(me, place, clock.now()):
        # A sign that comes late says nothing any more: while nothing can be written, it is left out.
        with suppress(OperationalError, PoolTimeoutError), database.write() as session:
            presence.note(session, actor, review_id, place)
    return HereBody(here=[Colleague(name=each.name, section=each.place.section, item=each.place.item) for each in others])
