"""A cycle's figures as they stand today, not released: distributions, and the scores that the reader may see; never a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.benchmarks import service
from app.benchmarks.service import CellEntry, Filters, Overview, ScoreEntry
from app.benchmarks.words import SERIES_WORDS, SUPPRESSION_WORDS
from app.domain.questionnaire.document import Node, Questionnaire
from app.domain.scoring.normalise import Series
from app.infra.catalogs import SOURCE, Catalogs, Language
from app.kit.actor import Actor
from app.kit.errors import NotFound
from app.releases import service as releases
from app.releases.pages.elsewhere import reference_rows
from app.web import filters, parts
from app.web.charts.distribution import Spread, distribution_svg
from app.web.db import DbSession
from app.web.etag import conditional
from app.web.frame import Crumb
from app.web.i18n import current, localized
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.templating import render

router = APIRouter(prefix="/benchmarks")

_MOST_ECONOMIES = 400

Code = Annotated[str, Path(max_length=64)]


class Look(BaseModel):
    """What a reader wants to look at; empty means the top of the tree, and everybody."""

    node: str = Field(default="", max_length=64)
    group: str = Field(default="", max_length=64)
    series: Series = Series.SELF


class ChartLook(Look):
    """What to draw, and how."""

    language: str = Field(default="", max_length=35)
    theme: Literal["light", "dark"] = "light"
    width: Literal["wide", "narrow"] = "wide"


Wanted = Annotated[Look, Query()]
WantedChart = Annotated[ChartLook, Query()]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader looks at: the children of a node, or the top of the tree; a group; a series."""

    node: Node | None
    children: tuple[Node, ...]
    group: str
    series: Series


@dataclass(frozen=True, slots=True)
class Part:
    """The tables of one tier, or of a node and its children, which have no name of their own."""

    title: str
    description: str | None
    rows: list[list[object]]
    score_headers: list[str]
    scores: list[list[object]]


@router.get("/{questionnaire}/{cycle}/today")
def show_today(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    actor: OptionalActor,
    session: DbSession,
    look: Wanted,
) -> Response:
    """Show the distributions of a cycle as they stand today, and the scores that the reader may see."""
    return today_page(request, session, actor, questionnaire, cycle, look)


def today_page(request: Request, session: DbSession, actor: Actor | None, questionnaire: str, cycle: str, look: Look) -> Response:
    """Answer with what stands today, whether or not there is a release."""
    overview = _localized(service.get_overview(session, questionnaire, cycle), current())
    choice = _choice(overview, look)
    cells = _cells(session, overview, choice)
    scale, decimals = overview.questionnaire.scheme.scale, overview.questionnaire.scheme.decimals
    cycle_base = f"/benchmarks/{questionnaire}/{cycle}"
    base = f"{cycle_base}/today"
    released = releases.list_releases(session, questionnaire, cycle)
    asked = {"node": choice.node.code if choice.node else "", "group": choice.group, "series": choice.series.value}
    # Caches keep charts by their address, so it tells the language of their labels.
    spoken = {} if current() is SOURCE else {"language": current().code}
    has_chart = any(cell.suppressed is None for cell in cells)
    title = _("{questionnaire}, {cycle}").format(questionnaire=overview.questionnaire.title, cycle=overview.cycle.title)
    scores, truncated = _scores(session, actor, overview, choice)
    return render(
        request,
        "releases/today.html",
        page_frame(
            request,
            title,
            breadcrumbs=(Crumb(_("Benchmarks"), "/benchmarks"), *_node_crumbs(overview, choice, base)),
            notices=tuple(filter(None, (overview.cycle.notice,))),
        ),
        overview=overview,
        choice=choice,
        base=base,
        released=released[0] if released else None,
        cycle_base=cycle_base,
        scale=f"{scale:g}",
        groups=[parts.Option(code, group_title) for code, group_title in overview.groups],
        series_options=[parts.Option(one.value, _(SERIES_WORDS[one])) for one in overview.series],
        parts=_parts(overview, choice, cells, scores, base),
        chart=f"{cycle_base}/chart.svg?{urlencode(asked | spoken)}" if has_chart else None,
        chart_alt=_alternative(cells, decimals),
        truncated=truncated,
        figures=reference_rows(
            session, overview.questionnaire, dict(zip(overview.economies, overview.economy_names, strict=True))
        ),
        api_scores=f"/api/v1/benchmarks/scores.csv?{_api_query(overview, choice, with_group=False)}",
        api_cells=f"/api/v1/benchmarks/cells.csv?{_api_query(overview, choice, with_group=True)}",
    )


@router.get("/{questionnaire}/{cycle}/chart.svg")
def draw_chart(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    _actor: OptionalActor,
    session: DbSession,
    look: WantedChart,
) -> Response:
    """Draw the chart of a page, from the same cells as its table."""
    catalogs: Catalogs = request.app.state.catalogs
    language = catalogs.get(look.language) if look.language in catalogs.codes else SOURCE
    overview = _localized(service.get_overview(session, questionnaire, cycle), language)
    choice = _choice(overview, look)
    spreads = [
        Spread(cell.node_title, cell.q1, cell.median, cell.q3, cell.minimum, cell.maximum)
        for cell in _cells(session, overview, choice)
        if cell.q1 is not None and cell.median is not None and cell.q3 is not None
    ]
    if not spreads:
        raise NotFound("chart")
    svg = distribution_svg(
        spreads, overview.questionnaire.scheme.scale, look.theme, is_narrow=look.width == "narrow", note=overview.cycle.notice
    )
    return conditional(request, svg, "image/svg+xml", "public, max-age=60, must-revalidate")


def _localized(overview: Overview, language: Language) -> Overview:
    groups = tuple((code, _(title)) for code, title in overview.groups)
    return replace(overview, questionnaire=localized(overview.questionnaire, language), groups=groups)


def _choice(overview: Overview, look: Look) -> Choice:
    nodes, groups = overview.questionnaire.nodes, dict(overview.groups)
    if (look.node and look.node not in nodes) or (look.group and look.group not in groups) or look.series not in overview.series:
        raise NotFound("benchmark")
    chosen = nodes.get(look.node) or _only_root(overview.questionnaire)
    children = tuple(each for each in nodes.values() if each.parent == (chosen.code if chosen else None))
    return Choice(chosen, (*((chosen,) if chosen else ()), *children), look.group or overview.groups[0][0], look.series)


def _only_root(questionnaire: Questionnaire) -> Node | None:
    """Return the top of an index; a profile of several pillars has none."""
    roots = [node for node in questionnaire.nodes.values() if node.parent is None]
    return roots[0] if len(roots) == 1 else None


def _cells(session: DbSession, overview: Overview, choice: Choice) -> list[CellEntry]:
    """Return the cells of the shown nodes, in the order of the scheme, each under the title that the page gives it."""
    codes = [child.code for child in choice.children]
    found = service.list_cells(session, _filters(overview, choice, codes, group=choice.group))
    titled = [replace(cell, node_title=overview.questionnaire.nodes[cell.node].title) for cell in found]
    return sorted(titled, key=lambda cell: codes.index(cell.node))


def _scores(session: DbSession, actor: Actor | None, overview: Overview, choice: Choice) -> tuple[list[ScoreEntry], bool]:
    codes = [child.code for child in choice.children]
    limit = _MOST_ECONOMIES * len(codes)
    economies = service.economies_asked(session, (), choice.group)
    found = service.list_scores(session, actor, _filters(overview, choice, codes, economies=economies), limit=limit + 1)
    return found[:limit], len(found) > limit


def _filters(
    overview: Overview,
    choice: Choice,
    codes: Sequence[str],
    *,
    group: str | None = None,
    economies: tuple[str, ...] | None = None,
) -> Filters:
    return Filters(
        questionnaire=overview.questionnaire.code,
        version=overview.questionnaire.version,
        cycle=overview.cycle.code,
        node=codes,
        series=choice.series.value,
        group=group,
        economies=economies,
    )


def _parts(overview: Overview, choice: Choice, cells: Sequence[CellEntry], scores: Sequence[ScoreEntry], base: str) -> list[Part]:
    """Show what stands side by side tier by tier: the headline first, and impact apart from readiness."""
    decimals = overview.questionnaire.scheme.decimals
    groups = overview.questionnaire.profile if choice.node is None else ((None, choice.children),)
    return [
        Part(
            tier.title if tier else "",
            tier.description if tier else None,
            _cell_rows(overview, choice, [cell for cell in cells if cell.node in {node.code for node in nodes}], base, decimals),
            [_("Economy"), *(node.title for node in nodes)],
            _score_rows(nodes, scores, decimals),
        )
        for tier, nodes in groups
    ]


def _cell_rows(overview: Overview, choice: Choice, cells: Sequence[CellEntry], base: str, decimals: int) -> list[list[object]]:
    parents = {node.parent for node in overview.questionnaire.scheme.nodes}
    rows: list[list[object]] = []
    for cell in cells:
        query = urlencode({"node": cell.node, "group": choice.group, "series": choice.series.value})
        leads_down = cell.node in parents and (choice.node is None or cell.node != choice.node.code)
        name: object = parts.Cell(cell.node_title, f"{base}?{query}") if leads_down else cell.node_title
        if cell.suppressed is not None:
            rows.append([name, None, None, None, None, None, None, _(SUPPRESSION_WORDS[cell.suppressed])])
        else:
            figures = (cell.minimum, cell.q1, cell.median, cell.q3, cell.maximum)
            shown = [None if figure is None else filters.score(figure, decimals) for figure in figures]
            rows.append([name, str(cell.n), *shown, _band_title(overview, cell.band)])
    has_notes = any(row[-1] for row in rows)
    return rows if has_notes else [row[:-1] for row in rows]


def _band_title(overview: Overview, code: str | None) -> str:
    return next((band.title for band in overview.questionnaire.scheme.bands if band.code == code), "")


def _score_rows(nodes: Sequence[Node], scores: Sequence[ScoreEntry], decimals: int) -> list[list[object]]:
    shown = {node.code for node in nodes}
    by_economy: dict[str, dict[str, ScoreEntry]] = {}
    for score in scores:
        if score.node not in shown:
            continue
        by_economy.setdefault(score.economy, {})[score.node] = score
    names = {score.economy: score.economy_name for score in scores}
    return [
        [names[code], *(_score_text(by_economy[code].get(child.code), decimals) for child in nodes)]
        for code in sorted(by_economy, key=lambda code: (names[code], code))
    ]


def _score_text(score: ScoreEntry | None, decimals: int) -> str | None:
    return None if score is None or score.score is None else filters.score(score.score, decimals)


def _alternative(cells: Sequence[CellEntry], decimals: int) -> str:
    lines = [
        _("{title}: middle {median}, half of the economies between {q1} and {q3}").format(
            title=cell.node_title,
            median=filters.score(cell.median, decimals),
            q1=filters.score(cell.q1, decimals),
            q3=filters.score(cell.q3, decimals),
        )
        for cell in cells
        if cell.median is not None and cell.q1 is not None and cell.q3 is not None
    ]
    return ". ".join(lines)


def _node_crumbs(overview: Overview, choice: Choice, base: str) -> tuple[Crumb, ...]:
    """Return the way from the top of the tree to the chosen node."""
    way: list[Node] = []
    node = choice.node
    while node is not None:
        way.insert(0, node)
        node = overview.questionnaire.nodes.get(node.parent or "")
    title = _("{questionnaire}, {cycle}").format(questionnaire=overview.questionnaire.title, cycle=overview.cycle.title)
    cycle = Crumb(title, base if len(way) > 1 else None)
    last = len(way) - 1
    return (cycle, *(Crumb(node.title, f"{base}?node={node.code}" if i < last else None) for i, node in enumerate(way) if i > 0))


def _api_query(overview: Overview, choice: Choice, *, with_group: bool) -> str:
    query = {
        "questionnaire": overview.questionnaire.code,
        "version": overview.questionnaire.version,
        "cycle": overview.cycle.code,
        "node": ",".join(child.code for child in choice.children),
        "series": choice.series.value,
        "limit": "1000",
    }
    return urlencode(query | {"group": choice.group} if with_group or choice.group else query)
