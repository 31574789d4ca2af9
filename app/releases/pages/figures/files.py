"""The routes of figures' files: pictures in a validated appearance, and their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.infra.language import speaking
from app.kit.errors import NotFound
from app.releases.pages.figures.distribution import distribution
from app.releases.pages.figures.indicator import indicator, pages_of, scores_at
from app.releases.pages.figures.profiles import profiles
from app.releases.pages.shown import Code, ReleaseLook, Shown, find_shown
from app.web.charts.answering import FileEnding, PictureLook, file_of
from app.web.charts.figure import Content
from app.web.db import DbSession

router = APIRouter(prefix="/benchmarks")


class FileLook(ReleaseLook, PictureLook):
    """What to draw, and how."""


Wanted = Annotated[FileLook, Query()]
Name = Annotated[str, Path(max_length=32, pattern="^[a-z]+$")]


@router.get("/{questionnaire}/{cycle}/figures/{name}.{ending}")
def get_figure(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    name: Name,
    ending: FileEnding,
    _actor: OptionalActor,
    session: DbSession,
    look: Wanted,
) -> Response:
    """Answer with one file of a figure; its address names what is drawn, and where it names the release, for good."""
    if name not in _CONTENTS:
        raise NotFound("figure")
    with speaking(look.spoken(request)):
        shown = find_shown(request, session, questionnaire, cycle, look)
        content = _CONTENTS[name](shown, look)
        return file_of(request, content, look.appearance(request), ending, shown.release.entry.modified_at)


def _distribution(shown: Shown, _look: FileLook) -> Content:
    return distribution(shown, shown.strands[0])


def _profiles(shown: Shown, _look: FileLook) -> Content:
    if not shown.rows:
        raise NotFound("figure")
    return profiles(shown, shown.strands[0])


def _indicator(shown: Shown, look: FileLook) -> Content:
    rows = scores_at(shown, shown.node) if shown.node else []
    if shown.node is None or look.page > pages_of(rows) or not rows:
        raise NotFound("figure")
    return indicator(shown, shown.node, look.page, look.beside if look.beside in shown.rows else "")


_CONTENTS: Mapping[str, Callable[[Shown, FileLook], Content]] = {
    "distribution": _distribution,
    "profiles": _profiles,
    "indicator": _indicator,
}
