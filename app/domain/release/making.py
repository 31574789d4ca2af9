"""Make the content of a release from its record: the one way, for publishing it and for computing it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.benchmark.consent import Audience, audience_of, sections_of_nodes
from app.domain.benchmark.distribution import distribution
from app.domain.benchmark.robustness.ranges import Range, range_of
from app.domain.benchmark.robustness.scored_answers import scored_answers
from app.domain.benchmark.robustness.uncertainty import Uncertainty, uncertainty
from app.domain.questionnaire.document import CoverageRule, Questionnaire
from app.domain.release.content import CellRow, PairRow, ReleaseContent, ScoreRow
from app.domain.release.grade import evidence_shares, grade_of
from app.domain.release.record import CellRecord, Record, SignedReview
from app.domain.scoring.bands import band_of
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import plan
from app.domain.scoring.sheet import NodeScore, ScoreSheet, score_all

MOST_FOR_PAIRS = 42
"""Pairs grow with the square of the economies: above this number of public ones a release has none."""
_NO_FIGURES = (None, None, None, None, None, None, None, None)
LOWER, UPPER = 0, 4
"""The places of q05 and q95 among the quantiles."""

Sheets = Mapping[Series, ScoreSheet]
Scorer = Callable[[Questionnaire, Sequence[SignedReview]], Sequence[Sheets]]


def score_reviews(questionnaire: Questionnaire, reviews: Sequence[SignedReview]) -> list[Sheets]:
    """Score signed reviews of one version in every series that each has."""
    answers = [review.answers for review in reviews]
    found: list[dict[Series, ScoreSheet]] = [{} for _ in reviews]
    for series in (Series.SELF, Series.EVIDENCE_SUPPORTED):
        for sheets, sheet in zip(found, score_all(questionnaire, answers, series), strict=True):
            sheets[series] = sheet
    for sheets, review in zip(found, reviews, strict=True):
        if review.agreed is not None:
            agreed = score_all(questionnaire, [review.answers], Series.REVIEWED, agreed=[review.agreed])
            sheets[Series.REVIEWED] = agreed[0]
    return list(found)


def content_of(record: Record, scorer: Scorer = score_reviews) -> ReleaseContent:
    """Return all rows. `scorer`: where the sheets of the reviews are taken from, by default computed of their answers."""
    scores: list[ScoreRow] = []
    pairs: list[PairRow] = []
    told: dict[tuple[str, str, str], dict[str, float]] = {}
    for version, questionnaire in record.documents.items():
        reviews = sorted((each for each in record.reviews if each.version == version), key=lambda each: each.token)
        sheets = scorer(questionnaire, reviews) if reviews else []
        for review, of_review in zip(reviews, sheets, strict=True):
            _tell(told, review, of_review)
        shown = _Shown.of(questionnaire, reviews, sheets)
        ranges = _ranges(record, shown)
        scores += _score_rows(shown, ranges, is_graded=record.is_own)
        pairs += _pair_rows(shown, ranges)
    cells = [_cell_row(cell, record.documents[cell.version], told) for cell in record.cells]
    return ReleaseContent(
        tuple(sorted(scores, key=lambda row: (row.version, row.series, row.node, row.economy))),
        tuple(sorted(cells, key=lambda row: (row.version, row.series, row.node, row.group))),
        tuple(sorted(pairs, key=lambda row: (row.version, row.node, row.economy, row.other))),
    )


def has_ranges(questionnaire: Questionnaire) -> bool:
    """Tell whether scores have ranges: fixed scales, and all answers counted."""
    is_fixed = not questionnaire.is_relative and questionnaire.scheme.coverage is not CoverageRule.CHILDREN
    return is_fixed and bool(questionnaire.nodes)


@dataclass(frozen=True, slots=True)
class _Shown:
    """The reviews of one version with scores of their own in the release: what each shows, and its sheets."""

    questionnaire: Questionnaire
    reviews: tuple[SignedReview, ...]
    sheets: tuple[Sheets, ...]
    nodes: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, questionnaire: Questionnaire, reviews: Sequence[SignedReview], sheets: Sequence[Sheets]) -> _Shown:
        feeding = sections_of_nodes(questionnaire)
        both = [(each, of_each, _public(feeding, each)) for each, of_each in zip(reviews, sheets, strict=True)]
        kept = [(each, of_each, nodes) for each, of_each, nodes in both if each.is_latest and nodes]
        return cls(
            questionnaire,
            tuple(review for review, _, _ in kept),
            tuple(of_review for _, of_review, _ in kept),
            tuple(nodes for _, _, nodes in kept),
        )


def _public(feeding: Mapping[str, frozenset[str]], review: SignedReview) -> frozenset[str]:
    """Return the nodes at which a review's own scores are shown to everybody."""
    return frozenset(node for node, sections in feeding.items() if audience_of(sections, review.consents) is Audience.PUBLIC)


@dataclass(frozen=True, slots=True)
class _Ranges:
    """The ranges of each shown review by node, and the analysis that they come from; None where scores have no ranges."""

    by_node: tuple[Mapping[str, Range | None], ...]
    found: Uncertainty | None

    def range_at(self, row: int, node: str) -> Range | None:
        """Return the range of one shown review at a node."""
        return self.by_node[row].get(node) if self.found else None


def _ranges(record: Record, shown: _Shown) -> _Ranges:
    if not shown.reviews or not record.is_own or not has_ranges(shown.questionnaire):
        return _Ranges((), None)
    scheme, bands = plan(shown.questionnaire), shown.questionnaire.scheme.bands
    answers = scored_answers(shown.questionnaire, {review.economy: review.answers for review in shown.reviews})
    found = uncertainty(scheme, answers, bands, release=record.draws, replicates=record.replicates)
    by_node = tuple(
        {node: range_of(found, row, shown.questionnaire.nodes[node], bands, sheets[Series.SELF]) for node in nodes}
        for row, (sheets, nodes) in enumerate(zip(shown.sheets, shown.nodes, strict=True))
    )
    return _Ranges(by_node, found)


def _score_rows(shown: _Shown, ranges: _Ranges, *, is_graded: bool) -> list[ScoreRow]:
    rows: list[ScoreRow] = []
    for place, (review, sheets, nodes) in enumerate(zip(shown.reviews, shown.sheets, shown.nodes, strict=True)):
        for series, sheet in sheets.items():
            shares = evidence_shares(shown.questionnaire, sheets, series) if is_graded else {}
            rows += [
                _score_row(review, series, sheet.nodes[node], shares.get(node), ranges.range_at(place, node)) for node in nodes
            ]
    return rows


def _score_row(review: SignedReview, series: Series, node: NodeScore, share: float | None, range_: Range | None) -> ScoreRow:
    is_scored = node.score is not None
    lies = range_ if series is Series.SELF else None
    return ScoreRow(
        version=review.version,
        series=series.value,
        node=node.code,
        economy=review.economy,
        revision=review.revision,
        score=node.score,
        coverage=node.coverage,
        reason=node.reason.value if node.reason else None,
        band=node.band,
        band_from=lies.first_band if lies else node.band,
        band_to=lies.last_band if lies else node.band,
        lower=lies.quantiles[LOWER] if lies else None,
        upper=lies.quantiles[UPPER] if lies else None,
        floor=node.floor if is_scored else None,
        ceiling=node.ceiling if is_scored else None,
        evidence_share=share if is_scored else None,
        grade=grade_of(share) if is_scored else None,
    )


def _pair_rows(shown: _Shown, ranges: _Ranges) -> list[PairRow]:
    """Return both directions of every pair: scores may tie, so that one does not follow from the other."""
    if ranges.found is None:
        return []
    rows: list[PairRow] = []
    for node in shown.questionnaire.nodes:
        places = [place for place in range(len(shown.reviews)) if ranges.range_at(place, node) is not None]
        if len(places) > MOST_FOR_PAIRS:
            continue
        higher = ranges.found.higher[ranges.found.nodes.index(node)]
        names = [(place, shown.reviews[place].economy) for place in places]
        rows += [
            PairRow(shown.questionnaire.version, node, economy, other, float(higher[row, column]))
            for row, economy in names
            for column, other in names
            if row != column and np.isfinite(higher[row, column])
        ]
    return rows


def _tell(told: dict[tuple[str, str, str], dict[str, float]], review: SignedReview, sheets: Sheets) -> None:
    """Keep a review's scores by version, series and node for the figures of groups."""
    for series, sheet in sheets.items():
        for node in sheet.nodes.values():
            if node.score is not None:
                told.setdefault((review.version, series.value, node.code), {})[review.token] = node.score


def _cell_row(
    cell: CellRecord, questionnaire: Questionnaire, told: Mapping[tuple[str, str, str], Mapping[str, float]]
) -> CellRow:
    if cell.carried is not None:
        return cell.carried
    if cell.suppressed is not None:
        return CellRow(cell.version, cell.series, cell.node, cell.group, *_NO_FIGURES, cell.suppressed)
    of_node = told.get((cell.version, cell.series, cell.node), {})
    scores = [of_node[each] for each in cell.contributors if each in of_node]
    if not scores:  # of a record that somebody changed
        return CellRow(cell.version, cell.series, cell.node, cell.group, *_NO_FIGURES, None)
    found = distribution(scores)
    band = band_of(questionnaire.scheme.bands, found.median)
    return CellRow(
        version=cell.version,
        series=cell.series,
        node=cell.node,
        group=cell.group,
        n=found.n,
        mean=found.mean,
        minimum=found.minimum,
        q1=found.q1,
        median=found.median,
        q3=found.q3,
        maximum=found.maximum,
        band=band.code if band else None,
        suppressed=None,
    )
