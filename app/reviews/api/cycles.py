"""Cycles over the API for administrators: open one, move its last day, close it and open it again, and see who takes part."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.deps import may_change, require_api
from app.accounts.scopes import Scope
from app.economies import cycles
from app.economies import service as economies
from app.economies.cycles import CycleChanged
from app.economies.service import CycleChangedSince, CycleEntry
from app.kit.actor import Actor, Role
from app.questionnaires import service as questionnaires
from app.reviews import participation
from app.reviews.participation import Participant, Stage
from app.web.changing import CHANGING, READING, SEEING, UNCHANGED, Sent, answer
from app.web.db import DbSession
from app.web.errors import responses
from app.web.etag import conditional
from app.web.listing import PERSONAL, Listing, NoQuery, PageQuery, csv_beside_json, listing
from app.web.paging import BadCursor, number_after
from app.web.preconditions import ChangedSince, SeenEtag

router = APIRouter(prefix="/cycles", tags=["Economies and cycles"])

Reader = Annotated[Actor, Depends(require_api(Role.ADMINISTRATOR))]
Author = Annotated[Actor, Depends(may_change(Scope.AUTHOR))]
Questionnaire = Annotated[str, Path(max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"])]
Cycle = Annotated[str, Path(max_length=64, description="Code of the cycle.", examples=["2026"])]

_Day = Annotated[
    str,
    Field(
        max_length=40,
        description="Its last day, which lasts until it has ended everywhere on earth; empty for none.",
        examples=["2027-06-30"],
    ),
]
_Why = Annotated[str, Field(max_length=4_000, description="Why, in a sentence; it stays in the history.", examples=["Late."])]


class OpenBody(Sent):
    """A new cycle of a questionnaire that reviews can start with."""

    questionnaire: str = Field(max_length=64, description="Code of the questionnaire.", examples=["apec-ai-review"])
    cycle: str = Field(max_length=64, description="Code of the new cycle.", examples=["2027"])
    title: str = Field(default="", max_length=1_000, description="What it is called; empty: Cycle and its code.")
    notice: str = Field(default="", max_length=4_000, description="What every reader of its data must know.")
    closes_on: _Day = ""


class DayBody(Sent):
    """Another last day."""

    closes_on: _Day
    reason: _Why


class CloseBody(Sent):
    """An end."""

    reason: _Why = ""


class CycleBody(BaseModel):
    """One cycle."""

    questionnaire: str = Field(description="Code of the questionnaire.", examples=["apec-ai-review"])
    code: str = Field(description="Code of the cycle.", examples=["2026"])
    title: str = Field(description="What it is called.", examples=["Cycle 2026"])
    notice: str = Field(description="What every reader of its data must know; empty when there is nothing.")
    is_open: bool = Field(description="Whether reviews may be started, answered and signed.")
    is_closed_by_hand: bool = Field(description="Whether an administrator closed it, not its last day.")
    opened_on: date | None = Field(description="When it was opened; null where nobody knows.", examples=["2026-02-01"])
    closes_on: date | None = Field(description="Its last day; null for none.", examples=["2026-06-30"])
    holds_own_answers: bool = Field(description="Whether economies answer in it; else it holds figures that others published.")


class CycleChangeRow(BaseModel):
    """One change of a cycle's end."""

    number: int = Field(description="Number of the change, from 1.", examples=[2])
    kind: str = Field(description="`opened`, `closing_day`, `closed` or `reopened`.", examples=["closing_day"])
    before: date | None = Field(description="The last day before; null for none.", examples=["2026-06-30"])
    closes_on: date | None = Field(description="The last day after; null for none.", examples=["2026-09-30"])
    reason: str = Field(description="Why.", examples=["Three economies asked for it."])
    at: datetime = Field(description="When (UTC).", examples=["2026-02-01T09:00:00Z"])
    by: str = Field(description="By whom.", examples=["Ana"])


class ParticipantRow(BaseModel):
    """One economy that may take part. How far it is, is told where its coordinator shows it; one that does not looks like one
    that has not begun."""

    economy: str = Field(description="Code of the economy.", examples=["NZL"])
    name: str = Field(description="Its short name.", examples=["New Zealand"])
    coordinators: list[str] = Field(description="Names of its coordinators.", examples=[["Mere"]])
    invited: list[str] = Field(description="Names of those who are invited as coordinator and have not accepted yet.")
    stage: Stage | None = Field(description="How far its review is; null where that is not shown.")
    done: int | None = Field(description="Core questions for everybody that are dealt with; null where not shown.", examples=[12])
    total: int | None = Field(description="How many of these there are; null where not shown.", examples=[56])


@router.post("", response_model=CycleBody, status_code=201, responses=CHANGING, summary="Open a cycle")
def open_cycle(body: OpenBody, actor: Author, session: DbSession) -> Response:
    """Open a cycle: coordinators can start their reviews."""
    entry = questionnaires.open_cycle(
        session,
        actor,
        body.questionnaire,
        body.cycle,
        title=body.title,
        notice=body.notice,
        closes_on=body.closes_on,
    )
    headers = {"ETag": _etag(entry), "Location": f"/api/v1/cycles/{entry.questionnaire}/{entry.code}"}
    return answer(_body(entry), status=201, headers=headers)


@router.get("/{questionnaire}/{cycle}", response_model=CycleBody, responses=READING | UNCHANGED, summary="One cycle")
def read_cycle(
    request: Request,
    questionnaire: Questionnaire,
    cycle: Cycle,
    _actor: Reader,
    session: DbSession,
    _query: Annotated[NoQuery, Query()],
) -> Response:
    """Return a cycle. Its ETag is what a change of its end names."""
    entry = economies.get_cycle(session, questionnaire, cycle)
    body = _body(entry).model_dump_json().encode()
    return conditional(request, body, "application/json", PERSONAL, etag=_etag(entry))


@router.post(
    "/{questionnaire}/{cycle}/closing-day",
    response_model=CycleBody,
    responses=CHANGING | SEEING,
    summary="Move the last day",
)
def change_closing_day(
    questionnaire: Questionnaire, cycle: Cycle, body: DayBody, seen: SeenEtag, actor: Author, session: DbSession
) -> Response:
    """Move the last day of a cycle that is not closed by hand; a later one opens a cycle again whose day has passed."""
    try:
        entry = cycles.change_closing_day(
            session, actor, questionnaire, cycle, closes_on=body.closes_on, reason=body.reason, seen=seen
        )
    except CycleChangedSince as changed:
        raise ChangedSince(changed) from changed
    return _answer(entry)


@router.post("/{questionnaire}/{cycle}/closing", response_model=CycleBody, responses=CHANGING | SEEING, summary="Close a cycle")
def close_cycle(
    questionnaire: Questionnaire, cycle: Cycle, body: CloseBody, seen: SeenEtag, actor: Author, session: DbSession
) -> Response:
    """Close a cycle: its reviews can be read and not changed, until it is opened again."""
    try:
        entry = economies.close_cycle(session, actor, questionnaire, cycle, reason=body.reason, seen=seen)
    except CycleChangedSince as changed:
        raise ChangedSince(changed) from changed
    return _answer(entry)


@router.post(
    "/{questionnaire}/{cycle}/reopening",
    response_model=CycleBody,
    responses=CHANGING | SEEING,
    summary="Open a cycle again",
)
def reopen_cycle(
    questionnaire: Questionnaire, cycle: Cycle, body: DayBody, seen: SeenEtag, actor: Author, session: DbSession
) -> Response:
    """Open a cycle again that was closed or whose day has passed; every review is as it was."""
    try:
        entry = cycles.reopen(session, actor, questionnaire, cycle, closes_on=body.closes_on, reason=body.reason, seen=seen)
    except CycleChangedSince as changed:
        raise ChangedSince(changed) from changed
    return _answer(entry)


@router.get(
    "/{questionnaire}/{cycle}/history",
    response_model=Listing[CycleChangeRow],
    responses=READING | csv_beside_json(),
    summary="The changes of a cycle's end",
)
def list_changes(
    request: Request, questionnaire: Questionnaire, cycle: Cycle, actor: Reader, session: DbSession, page: PageQuery
) -> Response:
    """List when a cycle was opened, closed, opened again and given another last day, newest first."""
    before = number_after(page.after(1))
    found = cycles.history(session, actor, questionnaire, cycle)
    rows = [_change(len(found) - place, change) for place, change in enumerate(found)]
    wanted = [row for row in rows if before is None or row.number < before][: page.limit + 1]
    return listing(request, wanted, list(CycleChangeRow.model_fields), page, lambda row: [str(row.number)])


@router.get(
    "/{questionnaire}/{cycle}/participants",
    response_model=Listing[ParticipantRow],
    responses=READING | responses(409) | csv_beside_json(),
    summary="Who may take part in a cycle",
)
def list_participants(
    request: Request, questionnaire: Questionnaire, cycle: Cycle, actor: Reader, session: DbSession, page: PageQuery
) -> Response:
    """List the economies that may take part, in APEC's own order. A coordinator is invited on the page of the cycle."""
    rows = [_participant(each) for each in participation.get_participation(session, actor, questionnaire, cycle).participants]
    first = _first(rows, page.after(1))
    return listing(
        request,
        rows[first : first + page.limit + 1],
        list(ParticipantRow.model_fields),
        page,
        lambda row: [row.economy],
    )


def _first(rows: list[ParticipantRow], after: tuple[str, ...] | None) -> int:
    if after is None:
        return 0
    codes = [row.economy for row in rows]
    if after[0] not in codes:
        raise BadCursor
    return codes.index(after[0]) + 1


def _answer(entry: CycleEntry) -> Response:
    return answer(_body(entry), headers={"ETag": _etag(entry)})


def _etag(entry: CycleEntry) -> str:
    return f'"{economies.etag_of_cycle(entry)}"'


def _body(entry: CycleEntry) -> CycleBody:
    return CycleBody(
        questionnaire=entry.questionnaire,
        code=entry.code,
        title=entry.title,
        notice=entry.notice,
        is_open=entry.is_open,
        is_closed_by_hand=entry.is_closed_by_hand,
        opened_on=entry.opened_on,
        closes_on=entry.closes_on,
        holds_own_answers=entry.holds_own_answers,
    )


def _change(number: int, change: CycleChanged) -> CycleChangeRow:
    return CycleChangeRow(
        number=number,
        kind=change.kind,
        before=change.before,
        closes_on=change.closes_on,
        reason=change.reason,
        at=change.at,
        by=change.by,
    )


def _participant(found: Participant) -> ParticipantRow:
    how_far = found.how_far
    return ParticipantRow(
        economy=found.economy,
        name=found.name,
        coordinators=list(found.coordinators),
        invited=[invitation.name for invitation in found.invited],
        stage=how_far.stage if how_far else None,
        done=how_far.done if how_far else None,
        total=how_far.total if how_far else None,
    )
