"""How a group's scores are distributed: boxes for what stands side by side, with a reason where figures are not shown."""

from __future__ import annotations

from app.benchmarks.words import SUPPRESSION_WORDS
from app.domain.questionnaire.document import Node
from app.domain.release.content import CellRow
from app.releases.pages.figures.placing import CELL_HEADERS, cell_row, notes
from app.releases.pages.shown import Shown, Strand
from app.web import parts
from app.web.charts.distribution import Distribution, Spread
from app.web.charts.figure import Content
from app.web.i18n import gettext as _


def distribution(shown: Shown, strand: Strand) -> Content:
    """Return the figure of one strand, from the group's cells."""
    cells = [(node, shown.cells.get(node.code)) for node in strand.nodes]
    words = _("{what}: how the scores of {group} are distributed, {cycle}")
    return Content(
        title=words.format(what=strand.title, group=shown.group_title, cycle=shown.cycle_title),
        chart=Distribution(tuple(_spread(shown, node, cell) for node, cell in cells), shown.questionnaire.scheme.scale),
        alt=" ".join(_sentence(shown, node, cell) for node, cell in cells),
        how=_(
            "Each box holds the middle half of the economies; the bar in it is the middle one. A line leads to the lowest and the"
            " highest where they are shown. Scale from 0 to {scale}."
        ).format(scale=f"{shown.questionnaire.scheme.scale:g}"),
        source=shown.source,
        headers=(
            *(_("Pillar or indicator"), _("Economies"), _("Lowest"), _("Lower quarter"), _("Middle"), _("Upper quarter")),
            *(_("Highest"), _("Band or note")),
        ),
        rows=[_row(shown, node, cell) for node, cell in cells],
        numeric_columns=range(1, 7),
        exact_headers=CELL_HEADERS,
        exact=[cell_row(shown, cell) for _node, cell in cells if cell is not None],
        origin=shown.origin,
        notes=notes(shown),
    )


def _spread(shown: Shown, node: Node, cell: CellRow | None) -> Spread:
    if cell is None or cell.median is None:
        return Spread(node.title, reason=_why(cell))
    words = shown.said.number(cell.median)
    return Spread(node.title, cell.q1, cell.median, cell.q3, cell.minimum, cell.maximum, words)


def _sentence(shown: Shown, node: Node, cell: CellRow | None) -> str:
    if cell is None or cell.median is None or cell.q1 is None or cell.q3 is None:
        return _("{title}: {reason}.").format(title=node.title, reason=_why(cell))
    return _("{title}: middle {median}, half of the economies between {q1} and {q3}.").format(
        title=node.title,
        median=shown.said.number(cell.median),
        q1=shown.said.number(cell.q1),
        q3=shown.said.number(cell.q3),
    )


def _row(shown: Shown, node: Node, cell: CellRow | None) -> list[object]:
    name = parts.Cell(node.title, shown.address(f"/indicators/{node.code}"))
    if cell is None or cell.median is None:
        return [name, *[None] * 6, _why(cell)]
    figures = (cell.minimum, cell.q1, cell.median, cell.q3, cell.maximum)
    said = [None if figure is None else shown.said.number(figure) for figure in figures]
    return [name, str(cell.n), *said, shown.said.band_title(cell.band) if cell.band else ""]


def why_suppressed(shown: Shown, node: Node) -> str:
    """Return why the group's figures of a node are not shown; empty where they are."""
    cell = shown.cells.get(node.code)
    return "" if cell is not None and cell.median is not None else _why(cell)


def _why(cell: CellRow | None) -> str:
    if cell is not None and cell.suppressed in SUPPRESSION_WORDS:
        return _(SUPPRESSION_WORDS[cell.suppressed])
    return _("Not shown: no figures of this group")
