"""Chosen economies and groups side by side, in the order of names; "higher" is said only where it is nearly certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.benchmarks.words import SUPPRESSION_WORDS
from app.domain.questionnaire.document import Node
from app.domain.release.compare import CERTAIN, Finding
from app.domain.release.content import CellRow, ScoreRow
from app.economies.service import EconomyNames
from app.infra.language import speaking
from app.kit import csv_text
from app.releases import comparisons
from app.releases.choosing import MOST_ECONOMIES
from app.releases.comparisons import MOST_GROUPS, Comparison
from app.releases.pages.face import Code, Face, Figures, PictureWish, Wish, sure_words
from app.web import parts
from app.web.charts.answering import FileEnding, file_of
from app.web.charts.figure import Content, Figure
from app.web.charts.standings import Panel, Standing, Standings
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.i18n import ngettext
from app.web.page import errors_by_field, page_frame, summary_of
from app.web.templating import render

router = APIRouter(prefix="/benchmarks/{questionnaire}/{cycle}")

_HEADERS = (
    *("version", "node", "title", "kind", "code", "name", "score", "lower", "upper", "coverage", "floor", "ceiling", "band"),
    *("band_from", "band_to", "evidence_share", "grade", "q1", "median", "q3", "n", "reason"),
)
Codes = list[Annotated[str, Field(max_length=1_000)]]


class Chosen(Wish):
    """Whom a reader wants to put side by side."""

    economy: Codes = Field(default_factory=list, max_length=400)
    group: Codes = Field(default_factory=list, max_length=400)
    beside: str = Field(default="", max_length=64)
    """Of whom it is said who scores higher or lower; all pairs together would be an order of all."""


class ChosenPicture(PictureWish, Chosen):
    """The same for the files of the figure."""


@dataclass(frozen=True, slots=True)
class NodeFindings:
    """What may be said of each two at one node."""

    title: str
    higher: tuple[str, ...]
    untold: str


@router.get("/compare")
def show_comparison(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    _actor: OptionalActor,
    session: DbSession,
    chosen: Annotated[Chosen, Query()],
) -> Response:
    """Let a reader choose economies and groups, and put them side by side."""
    economies, groups = _codes(chosen.economy), _codes(chosen.group)
    found = comparisons.get_comparison(session, questionnaire, cycle, economies, groups, chosen.release)
    face = Face.of(found.release, chosen.release)
    figures, pairs = Figures(face.questionnaire), _pairs(found)
    has_any = bool(found.chosen or found.groups)
    beside = next((names for names in found.chosen if names.code == chosen.beside), next(iter(found.chosen), None))
    return render(
        request,
        "releases/compare.html",
        page_frame(
            request,
            _("Compare: {title}").format(title=face.title),
            breadcrumbs=face.crumbs(Crumb(_("Compare"))),
            has_errors=bool(found.problems),
            notices=tuple(filter(None, (found.release.entry.notice,))),
        ),
        422 if found.problems else 200,
        face=face,
        summary=summary_of(found.problems),
        errors=errors_by_field(found.problems),
        economies=[parts.Option(names.code, names.short_name) for names in found.economies],
        groups=[parts.Option(code, _(title)) for code, title in found.all_groups],
        wanted_economies=economies,
        wanted_groups=groups,
        most=MOST_ECONOMIES,
        most_groups=MOST_GROUPS,
        figure=_figure(request, face, found, figures, pairs) if has_any else None,
        findings=_findings(face, found, beside) if beside is not None and len(found.chosen) > 1 else [],
        has_pairs=bool(found.release.content.pairs),
        beside=beside.short_name if beside is not None else "",
        others_beside=_others_beside(face, found, pairs, beside),
        certain=int(100 * CERTAIN),
        profiles=[parts.Link(names.short_name, face.href(f"/economies/{names.code}")) for names in found.chosen],
        others=[names.short_name for names in found.others],
        is_own=face.entry.is_own,
    )


@router.get("/compare.{ending}")
def draw_comparison(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    ending: FileEnding,
    _actor: OptionalActor,
    session: DbSession,
    look: Annotated[ChosenPicture, Query()],
) -> Response:
    """Answer with a file of the figure of a comparison."""
    found = comparisons.get_comparison(session, questionnaire, cycle, _codes(look.economy), _codes(look.group), look.release)
    language = look.spoken(request)
    with speaking(language, request.app.state.catalogs):
        face = Face.of(found.release, look.release, language=language)
        content = _content(face, found, Figures(face.questionnaire))
        modified, of = found.release.entry.modified_at, ("compare", *(code for _name, code in _pairs(found)))
        return file_of(request, content, look.appearance(request), ending, last_modified=modified, of=of)


def _codes(given: Sequence[str]) -> list[str]:
    """Return codes from a parameter that is repeated, or holds several with commas between; empty ones are left out."""
    return [code for each in given for code in each.split(",") if code]


def _pairs(found: Comparison) -> list[tuple[str, str]]:
    """Return what the address says of the choice, in one order, so that the same choice has the same address."""
    return [*(("economy", names.code) for names in found.chosen), *(("group", code) for code, _ in found.groups)]


def _figure(request: Request, face: Face, found: Comparison, figures: Figures, pairs: Sequence[tuple[str, str]]) -> Figure:
    return Figure(
        content=_content(face, found, figures),
        name="comparison",
        address=f"{face.base}/compare",
        query=face.pinned(**_joined(pairs)),
        permalink=face.permalink(request, "/compare", pairs),
        is_table_open=True,
    )


def _joined(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the choice as files of the figure take it: codes with commas between."""
    return {name: ",".join(code for key, code in pairs if key == name) for name in ("economy", "group")}


def _content(face: Face, found: Comparison, figures: Figures) -> Content:
    nodes = face.headline
    # Names hold commas themselves.
    who = "; ".join([*(names.short_name for names in found.chosen), *(_(title) for _code, title in found.groups)])
    title = _("{who}: {questionnaire}, {cycle}").format(
        who=who, questionnaire=face.questionnaire.title, cycle=face.entry.cycle_title
    )
    return Content(
        title=title,
        chart=Standings(
            tuple(Panel(node.title, tuple(_lines(found, figures, node))) for node in nodes), face.questionnaire.scheme.scale
        ),
        alt=f"{title}. " + " ".join(_sentence(found, figures, node) for node in nodes),
        how=_how(found, figures),
        source=face.source,
        headers=_table_headers(has_groups=bool(found.groups)),
        rows=[row for node in nodes for row in _rows(found, figures, node)],
        exact_headers=_HEADERS,
        exact=_exact(face, found),
        origin=face.origin,
        numeric_columns=(2,),
    )


def _how(found: Comparison, figures: Figures) -> str:
    """Say how to read what is drawn, and no more: a dotted line alone would be taken for an interval."""
    rows = [row for each in found.rows.values() for row in each.values()]
    words = [_("A filled circle is the score."), sure_words(rows)]
    if any(figures.ends(row) for row in rows):
        words.append(_("A dotted line shows how far missing answers could move it."))
    if found.groups:
        words.append(_("A box holds the middle half of a group; the bar in it is the middle one."))
    order = _("Economies stand in the order of their names. Scale from 0 to {scale}.")
    return " ".join((*words, order.format(scale=figures.scale)))


def _table_headers(*, has_groups: bool) -> list[str]:
    usual = [_("Pillar or indicator"), _("Who"), _("Score"), _("Nine times in ten"), _("Answered")]
    usual += [_("Missing answers could move it"), _("Band"), _("Evidence")]
    return [*usual, _("Group: the middle one, and the middle half")] if has_groups else usual


def _lines(found: Comparison, figures: Figures, node: Node) -> list[Standing]:
    lines = [_economy_line(found, figures, node, names.code, names.short_name) for names in found.chosen]
    return [*lines, *(_group_line(found, node, code, _(title)) for code, title in found.groups)]


def _economy_line(found: Comparison, figures: Figures, node: Node, code: str, label: str) -> Standing:
    row = found.rows[code].get(node.code)
    if row is None or row.score is None:
        return Standing(label, reason=figures.score(row))
    ends = bool(figures.ends(row))
    only = found.cells.get((found.groups[0][0], node.code)) if len(found.groups) == 1 else None
    return Standing(
        label=label,
        score=row.score,
        lower=row.lower,
        upper=row.upper,
        floor=row.floor if ends else None,
        ceiling=row.ceiling if ends else None,
        q1=only.q1 if only else None,
        median=only.median if only else None,
        q3=only.q3 if only else None,
        score_words=figures.number(row.score),
    )


def _group_line(found: Comparison, node: Node, code: str, label: str) -> Standing:
    cell = found.cells.get((code, node.code))
    if cell is None or cell.median is None:
        return Standing(label, reason=suppression(cell))
    return Standing(label, q1=cell.q1, median=cell.median, q3=cell.q3)


def suppression(cell: CellRow | None) -> str:
    """Say why a group's figures are not shown."""
    known = cell.suppressed if cell is not None else None
    return _(SUPPRESSION_WORDS[known]) if known in SUPPRESSION_WORDS else _("Not shown")


def _rows(found: Comparison, figures: Figures, node: Node) -> list[list[object]]:
    """Return a row for each line of the chart, with all that it draws: a group's figures stand in a column of their own."""
    rest: list[object] = [None] if found.groups else []
    rows: list[list[object]] = []
    for names in found.chosen:
        row = found.rows[names.code].get(node.code)
        rows.append([node.title, names.short_name, figures.score(row), *_beside(figures, row), *rest])
    for code, title in found.groups:
        rows.append([node.title, _(title), *[None] * 6, _middle(figures, found.cells.get((code, node.code)))])
    return rows


def _beside(figures: Figures, row: ScoreRow | None) -> list[object]:
    """Return what belongs beside a score: interval, coverage, floor to ceiling, band and grade."""
    if row is None:
        return [None] * 5
    has_score = row.score is not None
    said = (figures.interval(row), figures.coverage(row), figures.moved(row) if has_score else "", figures.band(row))
    return [*(words or None for words in said), figures.grade(row) or None]


def _middle(figures: Figures, cell: CellRow | None) -> str:
    if cell is None or cell.median is None:
        return suppression(cell)
    return _("middle {median}, half of the economies between {q1} and {q3}").format(
        median=figures.number(cell.median), q1=figures.number(cell.q1 or 0), q3=figures.number(cell.q3 or 0)
    )


def _sentence(found: Comparison, figures: Figures, node: Node) -> str:
    said = [f"{names.short_name} {_with_interval(figures, found.rows[names.code].get(node.code))}" for names in found.chosen]
    said += [f"{_(title)}: {_middle(figures, found.cells.get((code, node.code)))}" for code, title in found.groups]
    return f"{node.title}: {'; '.join(said)}."


def _with_interval(figures: Figures, row: ScoreRow | None) -> str:
    interval = figures.span(row.lower, row.upper) if row is not None and row.score is not None else ""
    if not interval:
        return figures.score(row)
    return _("{score}, {span} nine times in ten").format(score=figures.score(row), span=interval)


def _exact(face: Face, found: Comparison) -> list[list[csv_text.Cell]]:
    rows: list[list[csv_text.Cell]] = []
    version = face.questionnaire.version
    for node in face.questionnaire.scheme.nodes:
        what = (version, node.code, node.title)
        for names in found.chosen:
            row = found.rows[names.code].get(node.code)
            if row is not None:
                rows.append([*what, "economy", names.code, names.short_name, *_scores(row), *[None] * 4, row.reason])
        for code, title in found.groups:
            cell = found.cells.get((code, node.code))
            if cell is not None:
                middle = (cell.q1, cell.median, cell.q3, cell.n)
                rows.append([*what, "group", code, _(title), *[None] * 11, *middle, cell.suppressed])
    return rows


def _scores(row: ScoreRow) -> tuple[csv_text.Cell, ...]:
    ends = (row.score, row.lower, row.upper, row.coverage, row.floor, row.ceiling)
    return (*ends, row.band, row.band_from, row.band_to, row.evidence_share, row.grade)


def _findings(face: Face, found: Comparison, beside: EconomyNames) -> list[NodeFindings]:
    """Say what may be said of one economy and each other."""
    names = {each.code: each.short_name for each in found.chosen}
    said = {code: [each for each in pairs if beside.code in {each.first, each.second}] for code, pairs in found.findings.items()}
    return [_node_findings(node.title, said[node.code], names) for node in face.headline if said.get(node.code)]


def _others_beside(
    face: Face, found: Comparison, pairs: Sequence[tuple[str, str]], beside: EconomyNames | None
) -> list[parts.Link]:
    """Lead to the same page with what may be said of another one; of two, all is said already."""
    if len(found.chosen) < 3:  # noqa: PLR2004 - one beside the other
        return []
    return [
        parts.Link(names.short_name, face.address("/compare", [*pairs, ("beside", names.code)]) + "#said")
        for names in found.chosen
        if names is not beside
    ]


def _node_findings(title: str, found: Sequence[Finding], names: dict[str, str]) -> NodeFindings:
    higher = tuple(
        _("{higher} scores higher than {lower}.").format(
            higher=names[each.higher], lower=names[each.second if each.higher == each.first else each.first]
        )
        for each in found
        if each.higher is not None
    )
    untold = [
        _("{first} and {second}").format(first=names[each.first], second=names[each.second])
        for each in found
        if each.higher is None
    ]
    words = ngettext("Cannot be told apart: {pairs}.", "Cannot be told apart: {pairs}.", len(untold))
    return NodeFindings(title, higher, words.format(pairs="; ".join(untold)) if untold else "")
