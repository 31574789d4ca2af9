"""How pages of releases say a score: with its interval, coverage, band and grade, or with the reason why there is none."""

from __future__ import annotations

from app.benchmarks.words import SUPPRESSION_WORDS
from app.domain.questionnaire.document import Questionnaire
from app.domain.release.content import CellRow, ScoreRow
from app.domain.scoring.item_scores import Reason
from app.scores.pages.shared import REASON_WORDS
from app.web import filters
from app.web.i18n import gettext as _
from app.web.i18n import mark

WHOLE_FROM = 0.95
"""From this coverage on, what is missing moves a score too little to show from where to where."""

GRADE_WORDS = {
    "A": mark("A: most of it is supported by evidence"),
    "B": mark("B: a good part of it is supported by evidence"),
    "C": mark("C: little of it is supported by evidence"),
}


def number(value: float | None, questionnaire: Questionnaire) -> str | None:
    """Return a figure on the scheme's scale as people read it."""
    return None if value is None else filters.score(value, questionnaire.scheme.decimals)


def span(low: float | None, high: float | None, questionnaire: Questionnaire) -> str | None:
    """Return from where to where; None where that is not known."""
    if low is None or high is None:
        return None
    return _("{low} to {high}").format(low=number(low, questionnaire), high=number(high, questionnaire))


def is_wide(row: ScoreRow) -> bool:
    """Say whether so much is missing that the score must be shown from floor to ceiling."""
    return row.score is not None and row.coverage < WHOLE_FROM and row.floor is not None and row.ceiling is not None


def percent(share: float) -> str:
    """Return a share in whole per cent; never 100 where anything is missing, and never 0 where there is anything."""
    whole = round(share * 100)
    shown = min(whole, 99) if share < 1 else 100
    return f"{max(shown, 1) if share > 0 else 0}%"


def band(row: ScoreRow, questionnaire: Questionnaire) -> str | None:
    """Return the bands that a score may lie in: one, or from the lowest to the highest."""
    titles = {each.code: each.title for each in questionnaire.scheme.bands}
    low, high = titles.get(row.band_from or row.band or ""), titles.get(row.band_to or row.band or "")
    if low is None or high is None or low == high:
        return low or high
    return _("{low} to {high}").format(low=low, high=high)


def reason(row: ScoreRow) -> str:
    """Return why there is no score."""
    return _(REASON_WORDS[Reason(row.reason)]) if row.reason else ""


def suppressed(cell: CellRow) -> str:
    """Return why a group's figures are not shown; empty where they are."""
    return _(SUPPRESSION_WORDS[cell.suppressed]) if cell.suppressed else ""


def band_title(code: str | None, questionnaire: Questionnaire) -> str:
    """Return the title of a band; empty where there is none."""
    return next((each.title for each in questionnaire.scheme.bands if each.code == code), "")
