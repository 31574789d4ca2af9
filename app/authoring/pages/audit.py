"""Who did what: to questionnaires and drafts first of all, and to everything else; filtered, and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.responses import Response

from app.audit import service as audit
from app.audit.service import Event
from app.audit.wanted import Wanted
from app.authoring.acts import FIRST, WHERE, read_wanted, told_detail
from app.authoring.pages.audit_views import event_views
from app.authoring.pages.frames import Administrator, drafts_frame
from app.kit.csv_text import MEDIA_TYPE, csv_text
from app.kit.errors import FieldProblem
from app.web import parts
from app.web.db import DbSession
from app.web.i18n import gettext as _
from app.web.page import errors_by_field, summary_of
from app.web.templating import render

router = APIRouter(prefix="/admin")

MOST_ROWS = 10_000
_COLUMNS = ("sequence", "at", "who", "role", "economy", "action", "target_kind", "target", "detail")

_Text = Annotated[str, Field(max_length=200)]


class Asked(BaseModel):
    """What is looked for, as it was typed; `before` continues a list."""

    where: _Text = FIRST
    who: _Text = ""
    target: _Text = ""
    since: _Text = ""
    until: _Text = ""
    before: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None

    def query(self, **others: object) -> str:
        """Return the address of the same list, or of where it goes on."""
        return urlencode({name: value for name, value in {**self.model_dump(exclude={"before"}), **others}.items() if value})


@router.get("/audit")
def show_audit(request: Request, actor: Administrator, session: DbSession, asked: Annotated[Asked, Query()]) -> Response:
    """List what was done, newest first."""
    wanted, problems = _wanted(asked)
    if problems:
        return _page(request, session, actor, asked, [], problems)
    return _page(request, session, actor, asked, audit.list_events(session, actor, before=asked.before, wanted=wanted))


@router.get("/audit.csv")
def download_audit(request: Request, actor: Administrator, session: DbSession, asked: Annotated[Asked, Query()]) -> Response:
    """Hand the same out as a file, up to ten thousand events; its last line says where it goes on."""
    wanted, problems = _wanted(asked)
    if problems:
        return _page(request, session, actor, asked, [], problems)
    events = audit.list_events(session, actor, before=asked.before, limit=MOST_ROWS + 1, wanted=wanted)
    rows = [_row(event) for event in events[:MOST_ROWS]]
    if len(events) > MOST_ROWS:
        more = f"/admin/audit.csv?{asked.query(before=events[MOST_ROWS - 1].sequence)}"
        words = _("Cut here. Earlier acts are in {address}").format(address=more)
        rows.append((*[None] * (len(_COLUMNS) - 1), words))
    answer = Response(csv_text(_COLUMNS, rows).encode(), media_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="who-did-what.csv"'
    return answer


def _page(
    request: Request,
    session: Session,
    actor: Administrator,
    asked: Asked,
    events: list[Event],
    problems: Sequence[FieldProblem] = (),
) -> Response:
    return render(
        request,
        "authoring/audit.html",
        drafts_frame(request, _("Who did what"), has_errors=bool(problems)),
        status=422 if problems else 200,
        events=event_views(session, actor, events),
        places=[parts.Option(value, _(words)) for value, (words, _rooms) in WHERE.items()],
        typed=asked,
        query=asked.query(),
        more=asked.query(before=events[-1].sequence) if len(events) == audit.PAGE else "",
        summary=summary_of(problems),
        errors=errors_by_field(problems),
    )


def _wanted(asked: Asked) -> tuple[Wanted, list[FieldProblem]]:
    return read_wanted(asked.where, asked.who, asked.target, asked.since, asked.until)


def _detail(event: Event) -> str:
    return ", ".join(f"{name}: {value}" for name, value in told_detail(event).items())


def _row(event: Event) -> tuple[str | int | None, ...]:
    where = (event.action, event.target_kind, event.target_id, _detail(event))
    return event.sequence, event.at.isoformat(), event.actor_name, event.actor_role, event.economy, *where
