"""One score as a report prints it, wherever it comes from: the economy's own results, or a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.benchmark.robustness.ranges import Range
from app.domain.questionnaire.document import Questionnaire
from app.domain.release.content import ScoreRow
from app.domain.release.grade import evidence_shares, grade_of
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.infra.language import gettext as _
from app.kit import figures
from app.scores.certainty import Certainty
from app.scores.pages.shared import REASON_WORDS
from app.scores.service import Results

NONE = "\u2013"
"""Stands where there is no figure; the reason stands beside it."""
NEARLY_WHOLE = 0.95
"""Below this coverage, floor and ceiling stand beside the score."""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One node. Figures on the scheme's scale; shares from 0 to 1. `is_shown`: False where the economy did not make it public."""

    code: str
    title: str
    score: float | None = None
    reason: str = ""
    coverage: float | None = None
    bands: str = ""
    lower: float | None = None
    upper: float | None = None
    floor: float | None = None
    ceiling: float | None = None
    evidence_share: float | None = None
    grade: str = ""
    is_shown: bool = True

    @property
    def name(self) -> str:
        """Return the code with the title."""
        return f"{self.code} {self.title}"

    @property
    def has_ends(self) -> bool:
        """Whether enough is missing for floor and ceiling to matter."""
        is_thin = self.coverage is not None and self.coverage < NEARLY_WHOLE
        return is_thin and self.score is not None and self.floor is not None and self.ceiling is not None


@dataclass(frozen=True, slots=True)
class Lines:
    """The scores of one report, by node in the order of the scheme."""

    questionnaire: Questionnaire
    by_node: Mapping[str, ScoreLine]

    def figure(self, value: float | None) -> str:
        """Print a figure as the questionnaire has it; a dash where there is none, whose reason stands elsewhere."""
        return NONE if value is None else figures.score(value, self.questionnaire.scheme.decimals)

    def between(self, low: float | None, high: float | None) -> str:
        """Print a range."""
        if low is None or high is None:
            return NONE
        return _("{low} to {high}").format(low=self.figure(low), high=self.figure(high))

    def of(self, codes: Sequence[str]) -> list[ScoreLine]:
        """Return some of them, in the order asked."""
        return [self.by_node[code] for code in codes]


def share_words(share: float | None) -> str:
    """Print a share of 0 to 1 as a percentage."""
    return NONE if share is None else _("{share} %").format(share=figures.whole_percent(share))


def own_lines(results: Results, certainty: Certainty | None, series: Series = Series.SELF) -> Lines:
    """Return the lines of a signed revision; ranges are of its scores as answered."""
    questionnaire, sheet = results.questionnaire, results.sheets[series]
    shares = evidence_shares(questionnaire, results.sheets, series)
    lines = {}
    for code, node in questionnaire.nodes.items():
        found = sheet.nodes[code]
        ranged = None if certainty is None or series is not Series.SELF else certainty.nodes[code].range
        share = shares[code] if found.score is not None else None
        lines[code] = ScoreLine(
            code=code,
            title=node.title,
            score=found.score,
            reason=_(REASON_WORDS[found.reason]) if found.reason else "",
            coverage=found.coverage,
            bands=_bands(questionnaire, found.band, ranged),
            lower=ranged.quantiles[0] if ranged else None,
            upper=ranged.quantiles[-1] if ranged else None,
            floor=found.floor,
            ceiling=found.ceiling,
            evidence_share=share,
            grade=grade_of(share) or "",
        )
    return Lines(questionnaire, lines)


def public_lines(questionnaire: Questionnaire, rows: Sequence[ScoreRow]) -> Lines:
    """Return the lines of one economy's rows of a release in one series; nodes without a row were not made public."""
    shown = {row.node: row for row in rows}
    return Lines(questionnaire, {code: _public_line(questionnaire, code, shown.get(code)) for code in questionnaire.nodes})


def _public_line(questionnaire: Questionnaire, code: str, row: ScoreRow | None) -> ScoreLine:
    title = questionnaire.nodes[code].title
    if row is None:
        return ScoreLine(code, title, reason=_("Not made public"), is_shown=False)
    return ScoreLine(
        code=code,
        title=title,
        score=row.score,
        reason=_(REASON_WORDS[Reason(row.reason)]) if row.reason else "",
        coverage=row.coverage,
        bands=span_words(questionnaire, row.band_from or row.band, row.band_to or row.band),
        lower=row.lower,
        upper=row.upper,
        floor=row.floor,
        ceiling=row.ceiling,
        evidence_share=row.evidence_share,
        grade=row.grade or "",
    )


def _bands(questionnaire: Questionnaire, band: str | None, ranged: Range | None) -> str:
    first, last = (ranged.first_band, ranged.last_band) if ranged else (band, band)
    return span_words(questionnaire, first or band, last or band)


def span_words(questionnaire: Questionnaire, first: str | None, last: str | None) -> str:
    """Say one band, or from which to which."""
    titles = {band.code: band.title for band in questionnaire.scheme.bands}
    if first not in titles or last not in titles:
        return ""
    if first == last:
        return titles[first]
    return _("{first} to {last}").format(first=titles[first], last=titles[last])
