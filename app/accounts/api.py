"""The JSON edge of accounts: who a key or a session is."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.accounts.deps import ApiIdentity
from app.accounts.scopes import READS, Scope
from app.kit.actor import Role
from app.web.errors import responses
from app.web.listing import NoQuery

router = APIRouter(prefix="/me", tags=["Access"])


class Me(BaseModel):
    """Who is asking, and what this way of asking may do."""

    name: str = Field(description="The person's name.", examples=["Ana Analyst"])
    role: Role = Field(description="The person's role; a key acts with its owner's.")
    economy: str | None = Field(description="The economy's code; null for roles that belong to no economy.", examples=["NZL"])
    signed_in_with: Literal["api_key", "session"] = Field(description="How this request showed who it is.")
    may_write: bool = Field(description="Whether changes are accepted: of a session, and of a key that has more than `read`.")
    scopes: list[Scope] = Field(
        description="What the key may do, beside what its owner may not; empty for a session, which may do what its owner may.",
        examples=[["read"]],
    )


@router.get("", responses=responses(401, 422), summary="Who am I?")
async def read_me(identity: ApiIdentity, _query: Annotated[NoQuery, Query()]) -> Me:
    """Tell whose key or session this is."""
    actor = identity.actor
    is_key = identity.key_id is not None
    return Me(
        name=actor.name,
        role=actor.role,
        economy=actor.economy,
        signed_in_with="api_key" if is_key else "session",
        may_write=not is_key or identity.scopes > READS,
        scopes=[scope for scope in Scope if is_key and scope in identity.scopes],
    )
