"""Reference panels: one institution's figures beside the public scores of a cycle; dated, sourced, never mixed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.domain.release.content import ScoreRow
from app.economies.references import Figure
from app.releases import beside
from app.releases.beside import Beside
from app.releases.pages.face import Code, Face, Figures, Wish
from app.web import parts
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.templating import render

router = APIRouter(prefix="/benchmarks/{questionnaire}/{cycle}")


class SeriesWish(Wish):
    """Whose figures."""

    series: str = Field(default="", max_length=64)


@router.get("/references")
def show_references(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    _actor: OptionalActor,
    session: DbSession,
    wish: Annotated[SeriesWish, Query()],
) -> Response:
    """Show one institution's figures beside the public scores."""
    found = beside.get_beside(session, questionnaire, cycle, wish.series, wish.release)
    face = Face.of(found.release, wish.release)
    figures = Figures(face.questionnaire)
    figure = next(iter(found.figures.values()), None)
    return render(
        request,
        "releases/references.html",
        page_frame(
            request,
            _("Figures of other institutions: {title}").format(title=face.title),
            breadcrumbs=face.crumbs(Crumb(_("Figures of other institutions"))),
            notices=tuple(filter(None, (found.release.entry.notice,))),
        ),
        face=face,
        series=[parts.Option(code, _(title)) for code, title in found.series],
        chosen=found.chosen,
        figure=figure,
        title=_(figure.title) if figure else "",
        figure_scale=_(figure.scale) if figure else "",
        periods=", ".join(sorted({each.period for each in found.figures.values()})),
        headers=[_("Economy"), _("Their figure"), _("Period"), *(node.title for node in face.headline)],
        rows=[_row(face, found, figures, code.code) for code in found.economies],
        scale=figures.scale,
    )


def _row(face: Face, found: Beside, figures: Figures, code: str) -> list[object]:
    names, figure, rows = found.release.economies[code], found.figures.get(code), found.rows.get(code, {})
    name: object = parts.Cell(names.short_name, face.href(f"/economies/{code}")) if rows else names.short_name
    return [
        name,
        _value(figure),
        figure.period if figure else None,
        *(_said(figures, rows.get(node.code)) for node in face.headline),
    ]


def _said(figures: Figures, row: ScoreRow | None) -> str:
    """Say a score with how sure it is and how much was answered."""
    if row is None or row.score is None:
        return figures.score(row)
    return "; ".join((figures.number(row.score), *figures.notes(row)))


def _value(figure: Figure | None) -> str:
    return figure.rounded if figure else _("No figure")
