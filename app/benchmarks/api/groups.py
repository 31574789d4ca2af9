"""Groups of economies over the API for administrators: where one counts, making it, and changing it while it may change."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import may_change, require_api
from app.accounts.scopes import Scope
from app.benchmarks import groups
from app.benchmarks.groups import GroupUse
from app.economies import groups as making
from app.economies.groups import GroupChanged, GroupChangedSince, WantedGroup, etag_of_group
from app.economies.service import CycleEntry
from app.kit.actor import Actor, Role
from app.web.changing import CHANGING, READING, SEEING, UNCHANGED, Sent, answer
from app.web.db import DbSession
from app.web.etag import conditional
from app.web.listing import PERSONAL, Listing, NoQuery, PageQuery, csv_beside_json, listing
from app.web.paging import number_after
from app.web.preconditions import ChangedSince, SeenEtag

router = APIRouter(prefix="/groups", tags=["Economies and cycles"])

Reader = Annotated[Actor, Depends(require_api(Role.ADMINISTRATOR))]
Author = Annotated[Actor, Depends(may_change(Scope.AUTHOR))]
Code = Annotated[str, Path(max_length=64, description="Code of the group.", examples=["APEC"])]

_Title = Annotated[str, Field(max_length=1_000, description="What the group is called.", examples=["Pacific economies"])]
_Economies = Annotated[list[str], Field(max_length=400, description="Codes of the members.", examples=[["NZL", "PER"]])]


class MakeBody(Sent):
    """A new group."""

    group: str = Field(max_length=64, description="Its code.", examples=["PACIFIC"])
    title: _Title
    kind: Literal["members", "peers"] = Field(
        description="`members`: those who take part in a questionnaire; `peers`: members of another group to compare with."
    )
    peers_of: str = Field(
        default="", max_length=64, description="For peers, the group whose members they are.", examples=["APEC"]
    )
    economies: _Economies


class ChangeBody(Sent):
    """What a group is from now on."""

    title: _Title
    economies: _Economies
    reason: str = Field(
        default="",
        max_length=4_000,
        description="Why its members change; asked for where a cycle counts the group.",
        examples=["It joined."],
    )


class InCycle(BaseModel):
    """A cycle that counts the group."""

    questionnaire: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    cycle: str = Field(description="Code of the cycle.", examples=["2026"])


class GroupBody(BaseModel):
    """One group, and where it counts."""

    code: str = Field(description="Code of the group.", examples=["PACIFIC"])
    title: str = Field(description="What it is called.", examples=["Pacific economies"])
    kind: str = Field(description="`members` or `peers`.", examples=["peers"])
    peers_of: str | None = Field(description="For peers, the group whose members they are.", examples=["APEC"])
    economies: list[str] = Field(description="Codes of the members, in the order of lists.", examples=[["NZL", "PER"]])
    is_fixed: bool = Field(description="Whether its members stay: figures of a cycle that counts it were shown.")
    needs_reason: bool = Field(description="Whether a change of its members has to be explained.")
    counted_in: list[InCycle] = Field(description="Cycles that count it.")
    shown_in: list[InCycle] = Field(description="Of these, those of which figures were shown.")


class GroupChangeRow(BaseModel):
    """One change of a group."""

    number: int = Field(description="Number of the change, from 1.", examples=[2])
    title_before: str = Field(description="What it was called before; empty where that did not change.")
    added: list[str] = Field(description="Economies that came in.", examples=[["PNG"]])
    removed: list[str] = Field(description="Economies that went out.", examples=[[]])
    reason: str = Field(description="Why.", examples=["It joined."])
    at: datetime = Field(description="When (UTC).", examples=["2026-02-01T09:00:00Z"])
    by: str = Field(description="By whom.", examples=["Ana"])


@router.post("", response_model=GroupBody, status_code=201, responses=CHANGING, summary="Make a group")
def make_group(body: MakeBody, actor: Author, session: DbSession) -> Response:
    """Make a group. It counts in cycles of which no figures were shown yet."""
    wanted = WantedGroup(body.title, tuple(body.economies))
    made = making.make_group(session, actor, body.group, body.kind, body.peers_of, wanted)
    return _answer(session, made.code, status=201, headers={"Location": f"/api/v1/groups/{made.code}"})


@router.get("/{group}", response_model=GroupBody, responses=READING | UNCHANGED, summary="One group, and where it counts")
def read_group(
    request: Request, group: Code, _actor: Reader, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> Response:
    """Return a group and the cycles that count it. The header `ETag` changes with all of that; a change names it."""
    use = groups.get_use(session, group)
    return conditional(request, _body(use).model_dump_json().encode(), "application/json", PERSONAL, etag=_etag(use))


@router.put("/{group}", response_model=GroupBody, responses=CHANGING | SEEING, summary="Change a group")
def change_group(group: Code, body: ChangeBody, seen: SeenEtag, actor: Author, session: DbSession) -> Response:
    """Change a group's title at any time, and its members until figures of a cycle that counts it were shown."""
    wanted = WantedGroup(body.title, tuple(body.economies), body.reason)
    try:
        groups.change_group(session, actor, group, wanted, seen=_content(seen))
    except GroupChangedSince as changed:
        raise ChangedSince(changed) from changed
    return _answer(session, group)


@router.get(
    "/{group}/history",
    response_model=Listing[GroupChangeRow],
    responses=READING | csv_beside_json(),
    summary="The changes of a group",
)
def list_changes(request: Request, group: Code, actor: Reader, session: DbSession, page: PageQuery) -> Response:
    """List who came in and who went out, newest first."""
    before = number_after(page.after(1))
    code = making.get_group(session, group).code
    found = making.history(session, actor, code)
    rows = [_change(len(found) - place, change) for place, change in enumerate(found)]
    wanted = [row for row in rows if before is None or row.number < before][: page.limit + 1]
    return listing(request, wanted, list(GroupChangeRow.model_fields), page, lambda row: [str(row.number)])


def _answer(session: Session, code: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    use = groups.get_use(session, code)
    return answer(_body(use), status=status, headers={"ETag": _etag(use), **(headers or {})})


def _etag(use: GroupUse) -> str:
    """Return the etag of what is sent: its first part is that of the group itself, the second counts its cycles."""
    return f'"{etag_of_group(use.group)}-{len(use.counted_in)}-{len(use.shown_in)}"'


def _content(seen: str) -> str:
    return seen.partition("-")[0]


def _body(use: GroupUse) -> GroupBody:
    group = use.group
    return GroupBody(
        code=group.code,
        title=group.title,
        kind=group.kind,
        peers_of=group.peers_of,
        economies=list(group.economies),
        is_fixed=use.is_fixed,
        needs_reason=use.needs_reason,
        counted_in=[_cycle(each) for each in use.counted_in],
        shown_in=[_cycle(each) for each in use.shown_in],
    )


def _cycle(entry: CycleEntry) -> InCycle:
    return InCycle(questionnaire=entry.questionnaire, cycle=entry.code)


def _change(number: int, change: GroupChanged) -> GroupChangeRow:
    return GroupChangeRow(
        number=number,
        title_before=change.title_before,
        added=list(change.added),
        removed=list(change.removed),
        reason=change.reason,
        at=change.at,
        by=change.by,
    )
