"""One pillar or indicator across economies: every public score by name, with how sure it is, and a group's half behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.questionnaire.document import Node
from app.domain.release.compare import CERTAIN, probabilities
from app.domain.release.content import ScoreRow
from app.domain.scoring.normalise import Series
from app.domain.scoring.tables import TOLERANCE
from app.releases.of_cycle import public_economies
from app.releases.pages.face import NEARLY_WHOLE, is_whole, sure_words
from app.releases.pages.figures.placing import SCORE_HEADERS, notes, score_row
from app.releases.pages.shown import Shown
from app.web import parts
from app.web.charts.figure import Content
from app.web.charts.intervals import Backdrop, Interval, Intervals
from app.web.i18n import gettext as _

LINES_A_PAGE = 30


def is_wide(row: ScoreRow) -> bool:
    """Say whether so much is missing that the score must be shown from floor to ceiling."""
    is_missing_much = row.score is not None and row.coverage + TOLERANCE < NEARLY_WHOLE
    return is_missing_much and row.floor is not None and row.ceiling is not None


def scores_at(shown: Shown, node: Node) -> list[ScoreRow]:
    """Return the public rows at a node, in the order of the economies' names."""
    ordered = public_economies(shown.release, shown.release.entry.version)
    return [row for names in ordered if (row := shown.rows.get(names.code, {}).get(node.code)) is not None]


def pages_of(rows: Sequence[ScoreRow]) -> int:
    """Return how many pages the rows take."""
    return max(1, -(-len(rows) // LINES_A_PAGE))


def indicator(shown: Shown, node: Node, page: int, beside: str) -> Content:
    """Return the figure of one node: a page of its lines; the CSV holds all of them."""
    rows = scores_at(shown, node)
    on_page = rows[(page - 1) * LINES_A_PAGE : page * LINES_A_PAGE]
    statements = _statements(shown, node, beside)
    cell = shown.cells.get(node.code)
    backdrop = None
    if cell is not None and cell.q1 is not None and cell.median is not None and cell.q3 is not None:
        backdrop = Backdrop(cell.q1, cell.median, cell.q3)
    lines = tuple(_line(shown, row, beside) for row in on_page)
    return Content(
        title=_title(shown, node, page, pages_of(rows)),
        chart=Intervals(lines, shown.questionnaire.scheme.scale, backdrop),
        alt=" ".join(_sentence(shown, row) for row in on_page),
        how=_how(shown, on_page, has_backdrop=backdrop is not None),
        source=shown.source,
        headers=_headers(shown, beside),
        rows=[_row(shown, row, beside, statements) for row in on_page],
        numeric_columns=(1,),
        exact_headers=SCORE_HEADERS,
        exact=[score_row(shown, row) for row in rows],
        origin=shown.origin,
        notes=notes(shown),
    )


def _title(shown: Shown, node: Node, page: int, pages: int) -> str:
    values = {"what": node.title, "cycle": shown.cycle_title, "page": page, "pages": pages}
    words = _("{what}: scores by economy, {cycle}") if pages == 1 else _("{what}: scores by economy, {cycle} ({page} of {pages})")
    return words.format(**values)


def _how(shown: Shown, rows: Sequence[ScoreRow], *, has_backdrop: bool) -> str:
    words = [_("A dot is a score. Economies stand in the order of their names.")]
    words.append(sure_words(rows))
    if any(is_wide(row) for row in rows):
        dotted = _("A dotted line leads from the score with missing answers worth nothing to the one with them worth everything.")
        words.append(dotted)
    if has_backdrop:
        behind = _("The band behind holds the middle half of {group}, the dashed line is its middle.")
        words.append(behind.format(group=shown.group_title))
    words.append(_("Scale from 0 to {scale}.").format(scale=f"{shown.questionnaire.scheme.scale:g}"))
    return " ".join(words)


def _line(shown: Shown, row: ScoreRow, beside: str) -> Interval:
    name, floor, ceiling = shown.name(row.economy), *((row.floor, row.ceiling) if is_wide(row) else (None, None))
    if row.score is None:
        return Interval(name, reason=shown.said.reason(row))
    words = shown.said.number(row.score)
    return Interval(name, row.score, row.lower, row.upper, floor, ceiling, words, is_hollow=row.economy == beside)


def _sentence(shown: Shown, row: ScoreRow) -> str:
    if row.score is None:
        return _("{title}: {reason}.").format(title=shown.name(row.economy), reason=shown.said.reason(row))
    between = shown.said.span(row.lower, row.upper)
    values = {"title": shown.name(row.economy), "score": shown.said.number(row.score), "span": between}
    return (_("{title}: {score}, {span} nine times in ten.") if between else _("{title}: {score}.")).format(**values)


def _headers(shown: Shown, beside: str) -> tuple[str, ...]:
    usual = (
        *(_("Economy"), _("Score"), _("Nine times in ten"), _("If all were answered"), _("Answered"), _("Band")),
        _("Evidence"),
    )
    return (*usual, _("Beside {economy}").format(economy=shown.name(beside))) if beside else usual


def _row(shown: Shown, row: ScoreRow, beside: str, statements: Mapping[str, str]) -> list[object]:
    figures = shown.said
    said: list[object] = [
        parts.Cell(shown.name(row.economy), shown.address(f"/economies/{row.economy}")),
        figures.score(row),
        figures.interval(row) or None,
        _if_all_answered(shown, row),
        figures.coverage(row),
        figures.band(row) or None,
        figures.grade(row) or None,
    ]
    if beside:
        said.append(_beside(row, beside, statements))
    return said


def _if_all_answered(shown: Shown, row: ScoreRow) -> str | None:
    if row.score is None:
        return shown.said.ends(row) or None
    return shown.said.ends(row) or (_("Nothing is missing") if is_whole(row) else _("Hardly anything is missing"))


def _beside(row: ScoreRow, beside: str, statements: Mapping[str, str]) -> str | None:
    if row.economy == beside or row.score is None:
        return None
    return statements.get(row.economy, _("Cannot be told apart"))


def _statements(shown: Shown, node: Node, beside: str) -> dict[str, str]:
    """Say who scores higher or lower than one economy; only where it is nearly certain, and only as answered."""
    if not beside or shown.series is not Series.SELF:
        return {}
    pairs = (pair for pair in shown.release.content.pairs if pair.node == node.code and beside in {pair.economy, pair.other})
    known = probabilities(pairs, shown.release.entry.version)
    higher = {first for (_node, first, second), chance in known.items() if second == beside and chance >= CERTAIN}
    lower = {second for (_node, first, second), chance in known.items() if first == beside and chance >= CERTAIN}
    return {economy: _("Higher") for economy in higher} | {economy: _("Lower") for economy in lower}
