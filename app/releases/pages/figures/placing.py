"""Where a figure stands, and what its CSV says of scores: the release is named in every address and every row."""

from __future__ import annotations

from urllib.parse import urlencode

from app.domain.release.content import CellRow, ScoreRow
from app.infra.catalogs import SOURCE
from app.kit.csv_text import Cell
from app.releases.pages.shown import Shown
from app.web.charts.figure import Content, Figure
from app.web.i18n import current
from app.web.i18n import gettext as _

_WHAT = ("version", "series", "node", "node_title")
SCORE_HEADERS = (
    *_WHAT,
    *("economy", "economy_name", "score", "lower", "upper", "floor", "ceiling", "coverage", "band", "band_from", "band_to"),
    *("evidence_share", "grade", "reason"),
)
CELL_HEADERS = (*_WHAT, *("group", "group_title", "n", "mean", "minimum", "q1", "median", "q3", "maximum", "band", "suppressed"))


def placed(shown: Shown, content: Content, kind: str, *, name: str = "", path: str = "", **looked: str) -> Figure:
    """Put a figure at a page of the release, below `path`; `looked`: what else says what it shows."""
    asked = {**shown.frozen, **{key: value for key, value in looked.items() if value}}
    # Caches keep pictures by their address, so it tells the language of their words.
    spoken = {} if current() is SOURCE else {"language": current().code}
    return Figure(
        content=content,
        name=name or kind,
        address=f"{shown.base}/figures/{kind}",
        query=asked | spoken,
        permalink=f"{shown.base_url}{shown.base}{path}?{urlencode(_of_page(asked, path))}",
    )


def notes(shown: Shown) -> tuple[str, ...]:
    """Return what must be said of the data wherever they go: the cycle's notice, and whose word the scores take."""
    return tuple(_(notice) for notice in (shown.release.entry.notice,) if notice)


def score_row(shown: Shown, row: ScoreRow) -> tuple[Cell, ...]:
    """Return one score, unrounded, under `SCORE_HEADERS`."""
    return (
        *_what(shown, row),
        *(row.economy, shown.name(row.economy), row.score, row.lower, row.upper, row.floor, row.ceiling, row.coverage),
        *(row.band, row.band_from, row.band_to, row.evidence_share, row.grade, row.reason),
    )


def cell_row(shown: Shown, row: CellRow) -> tuple[Cell, ...]:
    """Return one group's figures, unrounded, under `CELL_HEADERS`."""
    return (
        *_what(shown, row),
        *(row.group, shown.group_title, row.n, row.mean, row.minimum, row.q1, row.median, row.q3, row.maximum, row.band),
        row.suppressed,
    )


def _what(shown: Shown, row: ScoreRow | CellRow) -> tuple[str, ...]:
    return row.version, row.series, row.node, shown.questionnaire.nodes[row.node].title


def _of_page(asked: dict[str, str], path: str) -> dict[str, str]:
    """Leave out what the path of the page says."""
    return {key: value for key, value in asked.items() if not (path and key == "node")}
