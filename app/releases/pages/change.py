"""Change between two cycles: what both releases publish, over what is the same in both, with breaks said in words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.accounts.deps import OptionalActor
from app.domain.questionnaire.document import Node
from app.domain.release.content import ScoreRow
from app.infra.language import speaking
from app.kit import csv_text
from app.kit.errors import NotFound
from app.releases import changes, of_cycle
from app.releases.changes import CycleChange, GroupChange
from app.releases.pages.changed import break_words, said, signed
from app.releases.pages.face import Code, Face, Figures, PictureWish, Wish, percent
from app.web import parts
from app.web.charts.answering import FileEnding, file_of
from app.web.charts.figure import Content, Figure
from app.web.charts.standings import Panel, Standing, Standings
from app.web.db import DbSession
from app.web.frame import Crumb
from app.web.i18n import gettext as _
from app.web.page import page_frame
from app.web.templating import render

router = APIRouter(prefix="/benchmarks/{questionnaire}/{cycle}")

_HEADERS = (
    *("before_release", "node", "title", "economy", "name", "before", "before_lower", "before_upper", "before_coverage"),
    *("after", "after_lower", "after_upper", "after_coverage", "change", "intervals_apart", "from_parts", "answers_missing"),
)


class Since(Wish):
    """Since which cycle, and at which node."""

    since: str = Field(default="", max_length=64, alias="from")
    node: str = Field(default="", max_length=64)


class SincePicture(PictureWish, Since):
    """The same for the files of the figure."""


@router.get("/change")
def show_change(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    _actor: OptionalActor,
    session: DbSession,
    since: Annotated[Since, Query()],
) -> Response:
    """Show what changed since an earlier cycle."""
    found = changes.get_change(session, questionnaire, cycle, since.since, since.release)
    if found is None:
        return _first_cycle(request, Face.of(of_cycle.get_of_cycle(session, questionnaire, cycle, since.release), since.release))
    face = Face.of(found.after, since.release)
    node, figures = _node(face, since.node), Figures(face.questionnaire)
    earlier = found.before.entry
    has_figure = any((node.code, names.code) in found.changes for names in found.economies)
    return render(
        request,
        "releases/change.html",
        page_frame(
            request,
            _("Change since {cycle}: {title}").format(cycle=earlier.cycle_title, title=face.title),
            breadcrumbs=face.crumbs(Crumb(_("Change"))),
            notices=tuple(dict.fromkeys(filter(None, (found.after.entry.notice, earlier.notice)))),
        ),
        face=face,
        earlier=earlier,
        node=node,
        cycles=[parts.Option(entry.cycle, entry.cycle_title) for entry in found.earlier],
        nodes=[parts.Option(each.code, each.title) for each in face.questionnaire.scheme.nodes],
        figure=_figure(request, face, found, node, figures) if has_figure else None,
        break_note=break_words(found.nodes[node.code]),
        is_from_parts=found.nodes[node.code].weighing is not None,
        comparable=[[each.title, _comparable(found, each)] for each in face.questionnaire.scheme.nodes],
        groups=[_group_row(figures, each) for each in found.groups.get(node.code, ())],
        scale=figures.scale,
    )


@router.get("/change.{ending}")
def draw_change(
    request: Request,
    questionnaire: Code,
    cycle: Code,
    ending: FileEnding,
    _actor: OptionalActor,
    session: DbSession,
    look: Annotated[SincePicture, Query()],
) -> Response:
    """Answer with a file of the figure of change."""
    found = changes.get_change(session, questionnaire, cycle, look.since, look.release)
    if found is None:
        raise NotFound("cycle")
    language = look.spoken(request)
    with speaking(language, request.app.state.catalogs):
        face = Face.of(found.after, look.release, language=language)
        node = _node(face, look.node)
        content = _content(face, found, node, Figures(face.questionnaire))
        of = ("change", "since", found.before.entry.cycle, node.code)
        modified = max(found.after.entry.modified_at, found.before.entry.modified_at)
        return file_of(request, content, look.appearance(request), ending, last_modified=modified, of=of)


def _first_cycle(request: Request, face: Face) -> Response:
    title = _("Change: {title}").format(title=face.title)
    return render(
        request, "releases/change_none.html", page_frame(request, title, breadcrumbs=face.crumbs(Crumb(_("Change")))), face=face
    )


def _node(face: Face, code: str) -> Node:
    chosen = face.questionnaire.nodes.get(code) if code else next(iter(face.headline), None)
    if chosen is None:
        raise NotFound("node")
    return chosen


def _figure(request: Request, face: Face, found: CycleChange, node: Node, figures: Figures) -> Figure:
    pairs = [("from", found.before.entry.cycle), ("node", node.code)]
    return Figure(
        content=_content(face, found, node, figures),
        name="change",
        address=f"{face.base}/change",
        query=face.pinned(**dict(pairs)),
        permalink=face.permalink(request, "/change", pairs),
        is_table_open=True,
    )


def _content(face: Face, found: CycleChange, node: Node, figures: Figures) -> Content:
    then, now = found.before.entry.cycle_title, found.after.entry.cycle_title
    title = _("{node}: change from {then} to {now}").format(node=node.title, then=then, now=now)
    moved = [
        (names, found.changes[node.code, names.code]) for names in found.economies if (node.code, names.code) in found.changes
    ]
    how = _(
        "A hollow circle is the score then, a filled one the score now; the bar between them is the change. The thin line shows "
        "where the score now lies nine times out of ten. Changes are computed before rounding, so they may differ in the last "
        "figure from what the rounded scores give. Scale from 0 to {scale}."
    ).format(scale=figures.scale)
    return Content(
        title=title,
        chart=Standings(
            (Panel("", tuple(_standing(found, node, figures, names.code, names.short_name) for names, _change in moved)),),
            face.questionnaire.scheme.scale,
        ),
        alt=f"{title}. "
        + " ".join(
            _("{economy} {then}, now {now}: {note}.").format(
                economy=names.short_name,
                then=figures.number(change.before or 0),
                now=figures.number(change.after or 0),
                note=said(change),
            )
            for names, change in moved
        ),
        how=how,
        source=_("Before: release {number}. Now: {source}").format(number=found.before.entry.number, source=face.source),
        headers=[
            *(_("Economy"), _("Then"), _("Now"), _("Change"), _("Then, nine times in ten"), _("Now, nine times in ten")),
            *(_("Answered then"), _("Answered now")),
            _("What may be said"),
        ],
        rows=[
            [
                names.short_name,
                figures.number(change.before or 0),
                figures.number(change.after or 0),
                signed(figures, change.change or 0),
                *_sure(found, node, figures, names.code),
                said(change),
            ]
            for names, change in moved
        ],
        exact_headers=_HEADERS,
        exact=_exact(face, found),
        origin=face.origin,
        numeric_columns=(1, 2, 3),
    )


def _standing(found: CycleChange, node: Node, figures: Figures, economy: str, label: str) -> Standing:
    change, row = found.changes[node.code, economy], _row_now(found, node, economy)
    return Standing(
        label=label,
        score=change.after,
        lower=row.lower if row else None,
        upper=row.upper if row else None,
        second=change.before,
        is_joined=True,
        score_words=signed(figures, change.change or 0),
    )


def _row_now(found: CycleChange, node: Node, economy: str) -> ScoreRow | None:
    """Return the published score of the later release; None where the change is computed from parts, so it is another one."""
    change = found.changes[node.code, economy]
    return None if change.is_from_parts else found.now.get(economy, {}).get(node.code)


def _sure(found: CycleChange, node: Node, figures: Figures, economy: str) -> list[object]:
    then, now = _row_then(found, node, economy), _row_now(found, node, economy)
    return [
        *(figures.interval(row) or _("Not computed") for row in (then, now)),
        *(figures.coverage(row) or _("Not computed") for row in (then, now)),
    ]


def _row_then(found: CycleChange, node: Node, economy: str) -> ScoreRow | None:
    change = found.changes[node.code, economy]
    return None if change.is_from_parts else found.then.get(economy, {}).get(node.code)


def _comparable(found: CycleChange, node: Node) -> str:
    known = found.nodes[node.code]
    if known.reason is not None:
        return _("Break. {reason}").format(reason=break_words(known))
    if known.weighing is not None:
        return _("Over the parts that are the same: {share} of its weight").format(share=percent(known.share))
    return _("Comparable: nothing that feeds it changed")


def _group_row(figures: Figures, group: GroupChange) -> list[object]:
    then, now = group.before, group.after
    return [
        _(group.title),
        _("{n} economies: {span}").format(n=then.n, span=figures.span(then.q1, then.q3)),
        _("{n} economies: {span}").format(n=now.n, span=figures.span(now.q1, now.q3)),
        signed(figures, group.change) if group.change is not None else _("Not told: it may be made of other economies"),
    ]


def _sure_exact(row: ScoreRow | None) -> tuple[csv_text.Cell, ...]:
    return (None, None, None) if row is None else (row.lower, row.upper, row.coverage)


def _exact(face: Face, found: CycleChange) -> list[list[csv_text.Cell]]:
    return [
        [
            *(str(found.before.entry.number), node.code, node.title, names.code, names.short_name),
            *(change.before, *_sure_exact(_row_then(found, node, names.code))),
            *(change.after, *_sure_exact(_row_now(found, node, names.code))),
            change.change,
            *(change.is_clear, change.is_from_parts, change.is_partial),
        ]
        for node in face.questionnaire.scheme.nodes
        for names in found.economies
        if (change := found.changes.get((node.code, names.code))) is not None
    ]
