"""Small profiles of the economies that show their scores, in the order of their names: parts side by side, never added up."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.release.content import ScoreRow
from app.releases.of_cycle import public_economies
from app.releases.pages.face import sure_words
from app.releases.pages.figures.indicator import is_wide
from app.releases.pages.figures.placing import SCORE_HEADERS, notes, score_row
from app.releases.pages.shown import Shown, Strand
from app.web import parts
from app.web.charts.figure import Content
from app.web.charts.profiles import Bar, Profiles
from app.web.i18n import gettext as _


def profiles(shown: Shown, strand: Strand) -> Content:
    """Return the figure of one strand, from the scores that are public."""
    economies = public_economies(shown.release, shown.release.entry.version)
    found = {names.code: [shown.rows.get(names.code, {}).get(node.code) for node in strand.nodes] for names in economies}
    if shown.is_own:
        words = _("{what}: scores of the economies that show them, {cycle}")
    else:
        words = _("{what}: figures of another institution, by economy, {cycle}")
    return Content(
        title=words.format(what=strand.title, cycle=shown.cycle_title),
        chart=Profiles(
            tuple(node.title for node in strand.nodes),
            tuple((names.short_name, tuple(_bar(shown, row) for row in found[names.code])) for names in economies),
            shown.questionnaire.scheme.scale,
        ),
        alt=_("One small profile for each economy, in the order of their names. Every number is in the table below."),
        how=_how(shown, [row for rows in found.values() for row in rows if row is not None]),
        source=shown.source,
        headers=(_("Economy"), *(node.title for node in strand.nodes)),
        rows=[
            [
                parts.Cell(names.short_name, shown.address(f"/economies/{names.code}")),
                *(said(shown, row) for row in found[names.code]),
            ]
            for names in economies
        ],
        exact_headers=SCORE_HEADERS,
        exact=[score_row(shown, row) for names in economies for row in found[names.code] if row is not None],
        origin=shown.origin,
        notes=notes(shown),
    )


def _how(shown: Shown, rows: Sequence[ScoreRow]) -> str:
    words = [_("Each bar is a score from 0 to {scale}.").format(scale=f"{shown.questionnaire.scheme.scale:g}"), sure_words(rows)]
    if any(is_wide(row) for row in rows):
        words.append(_("A dotted line below shows how far missing answers could move it."))
    words.append(_("Economies stand in the order of their names."))
    return " ".join(words)


def said(shown: Shown, row: ScoreRow | None) -> str:
    """Say a score with what belongs beside it, or why there is none."""
    if row is None or row.score is None:
        return shown.said.score(row)
    return "; ".join((shown.said.number(row.score), *shown.said.notes(row)))


def _bar(shown: Shown, row: ScoreRow | None) -> Bar:
    if row is None or row.score is None:
        return Bar()
    floor, ceiling = (row.floor, row.ceiling) if is_wide(row) else (None, None)
    return Bar(row.score, row.lower, row.upper, shown.said.number(row.score), floor, ceiling)
