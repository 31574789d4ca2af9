"""The JSON edge of accounts: who a key or a session is, how a key was used, and a key that replaces itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from app.accounts import keys
from app.accounts.clients import overseeing, rotation, usage
from app.accounts.deps import ApiIdentity, AppDesk, KeyIdentity
from app.accounts.identity import Identity
from app.accounts.scopes import READS, Scope
from app.config import Settings
from app.kit.actor import Role
from app.kit.errors import NotFound
from app.kit.tiers import Tier
from app.web.db import DbSession, ReadSession
from app.web.errors import responses
from app.web.listing import NoQuery
from app.web.rates import quotas_of

router = APIRouter(prefix="/me", tags=["Access"])


class Limits(BaseModel):
    """How much this client may ask; the RateLimit headers of every answer say how much of it is left."""

    tier: Tier = Field(description="The size of the limits.", examples=["standard"])
    per_minute: int = Field(description="Requests within a minute.", examples=[1200])
    per_day: int = Field(description="Requests within 24 hours.", examples=[100000])


class KeyOfMe(BaseModel):
    """A key, without its secret."""

    prefix: str = Field(description="How the key begins, so that its owner recognises it.", examples=["rdy_k3j9x2ab"])
    label: str = Field(description="What it is for.", examples=["dashboard"])
    created_at: datetime = Field(description="When it was made.")
    expires_at: datetime = Field(description="When it stops working; earlier once it was replaced.")
    last_used_on: date | None = Field(description="The last day of use, in UTC; null before the first.")
    replaced_by: str | None = Field(description="How the key begins that replaced it; null where none did.", examples=[None])


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
    limits: Limits = Field(description="How much may be asked this way.")
    key: KeyOfMe | None = Field(description="The key itself; null for a session.")


class Uses(BaseModel):
    """How often a key was used; `unchanged` and `refused` are parts of `requests`."""

    requests: int = Field(description="All requests.", examples=[120])
    unchanged: int = Field(description="Those answered with 304.", examples=[80])
    refused: int = Field(description="Those refused with 429, because the limits were reached.", examples=[0])


class UsesOfDay(Uses):
    """How often a key was used on one day."""

    day: date = Field(description="The day, in UTC.")


class UsesOfFamily(Uses):
    """How often a key asked one family of addresses."""

    family: str = Field(description="The first part of the address behind /api/v1, `sdmx`, or `other`.", examples=["releases"])


class UsageOfMe(BaseModel):
    """The use of one key in the last 30 days. Counts are written down twice a minute; a crash may lose the newest."""

    since: date = Field(description="The first day that is counted here, in UTC.")
    total: Uses
    days: list[UsesOfDay] = Field(description="Days with requests, the newest first.")
    families: list[UsesOfFamily] = Field(description="By family, in the order of their names.")


class RotationWish(BaseModel):
    """How a key is replaced."""

    model_config = ConfigDict(extra="forbid")

    overlap_days: int = Field(
        default=rotation.USUAL_OVERLAP,
        ge=0,
        le=rotation.LONGEST_OVERLAP,
        description="For how many days the old key still works; 0 ends it at once.",
    )


class RotatedKey(BaseModel):
    """The new key. `secret` is shown in this answer only."""

    secret: str = Field(description="The whole new key. Keep it in a safe place now: it cannot be shown again.")
    prefix: str = Field(description="How it begins.", examples=["rdy_k3j9x2ab"])
    expires_at: datetime = Field(description="When it stops working: when the old key would have.")
    old_works_until: datetime = Field(description="Until when the key works with which this was asked.")


@router.get("", responses=responses(401, 422), summary="Who am I?")
def read_me(request: Request, identity: ApiIdentity, session: ReadSession, _query: Annotated[NoQuery, Query()]) -> Me:
    """Tell whose key or session this is, until when the key works, and how much it may ask."""
    actor = identity.actor
    key = None if identity.key_id is None else overseeing.get_own(session, actor, identity.key_id)
    return Me(
        name=actor.name,
        role=actor.role,
        economy=actor.economy,
        signed_in_with="session" if key is None else "api_key",
        may_write=key is None or identity.scopes > READS,
        scopes=[scope for scope in Scope if key is not None and scope in identity.scopes],
        limits=_limits(request, Tier.STANDARD if key is None else key.tier),
        key=None if key is None else _key(key, rotation.successor_of(session, key.id)),
    )


@router.get("/usage", responses=responses(401, 403, 422), summary="How was this key used?")
def read_usage(identity: KeyIdentity, session: ReadSession, _query: Annotated[NoQuery, Query()]) -> UsageOfMe:
    """Tell how often this key was used in the last 30 days: by day, and by family of addresses."""
    found = usage.read(session, _key_id(identity))
    return UsageOfMe(
        since=found.since,
        total=Uses(**_uses(found.total)),
        days=[UsesOfDay(day=day, **_uses(used)) for day, used in found.by_day.items()],
        families=[UsesOfFamily(family=family, **_uses(used)) for family, used in sorted(found.by_family.items())],
    )


@router.post("/rotation", status_code=201, responses=responses(401, 403, 409, 413, 415, 422), summary="Replace this key")
def rotate(
    identity: KeyIdentity, session: DbSession, desk: AppDesk, wish: RotationWish, _query: Annotated[NoQuery, Query()]
) -> RotatedKey:
    """Make a new key with the same scopes, limits and end; the old one works for some days more. Its owner is told by mail."""
    rotated = rotation.rotate(
        session, identity.actor, _key_id(identity), overlap_days=wish.overlap_days, desk=desk, is_key_itself=True
    )
    key = rotated.fresh.key
    return RotatedKey(
        secret=rotated.fresh.secret,
        prefix=f"rdy_{key.prefix}",
        expires_at=key.expires_at,
        old_works_until=rotated.old_works_until,
    )


def _key_id(identity: Identity) -> UUID:
    if identity.key_id is None:
        raise NotFound("key")
    return identity.key_id


def _limits(request: Request, tier: Tier) -> Limits:
    settings: Settings = request.app.state.settings
    quota = quotas_of(settings)[tier]
    return Limits(tier=tier, per_minute=quota.per_minute, per_day=quota.per_day)


def _key(key: keys.Key, successor: keys.Key | None) -> KeyOfMe:
    return KeyOfMe(
        prefix=f"rdy_{key.prefix}",
        label=key.label,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_on=key.last_used_on,
        replaced_by=None if successor is None else f"rdy_{successor.prefix}",
    )


def _uses(used: usage.Used) -> dict[str, int]:
    return {"requests": used.requests, "unchanged": used.unchanged, "refused": used.refused}
