"""The cycles that can be looked at: each with its newest release, or with what stands today where nothing is released yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.benchmarks import service as benchmarks
from app.benchmarks.service import BenchmarkEntry
from app.kit.say import Quoted
from app.releases import service
from app.releases.service import ReleaseEntry
from app.web.db import DbSession
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.templating import render

router = APIRouter(prefix="/benchmarks")


@dataclass(frozen=True, slots=True)
class CycleView:
    """One cycle as a list shows it; without a release, `number` is empty. `economies`: how many it shows.
    `is_own`: they answered; else others published these figures on them."""

    title: str
    cycle_title: str
    href: str
    text: str
    number: str
    released_at: datetime | None
    economies: int
    is_own: bool


@router.get("")
def show_benchmarks(request: Request, _actor: OptionalActor, session: DbSession) -> Response:
    """List the cycles that have a release, or live figures."""
    return render(request, "releases/list.html", page_frame(request, _("Benchmarks")), cycles=[*newest_of_cycles(session)])


def newest_of_cycles(session: Session) -> list[CycleView]:
    """List the cycles, newest first for each questionnaire."""
    released: dict[tuple[str, str], ReleaseEntry] = {}
    for each in service.list_releases(session):
        released.setdefault((each.questionnaire, each.cycle), each)
    live = {(now.questionnaire, now.cycle): now for now in benchmarks.list_benchmarks(session)}
    counts = service.count_economies(session, released.values())
    return [
        _view(released[key] if key in released else live[key], released.get(key), live.get(key), counts)
        for key in _ordered({*released, *live})
    ]


def _view(
    named: ReleaseEntry | BenchmarkEntry, newest: ReleaseEntry | None, live: BenchmarkEntry | None, counts: Mapping[UUID, int]
) -> CycleView:
    summary = _(Quoted(named.questionnaire, live.summary)) if live is not None else ""
    return CycleView(
        title=_(Quoted(named.questionnaire, named.title)),
        cycle_title=named.cycle_title,
        href=f"/benchmarks/{named.questionnaire}/{named.cycle}",
        text=_(named.notice) or summary,
        number="" if newest is None else str(newest.number),
        released_at=None if newest is None else newest.released_at,
        economies=0 if newest is None else counts[newest.id],
        is_own=newest is None or newest.is_own,
    )


def _ordered(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    newest_first = sorted(found, key=lambda key: key[1], reverse=True)
    return sorted(newest_first, key=lambda key: key[0])
