"""The score sheet: every score of one set of answers, with coverage, band, range, and the reason where a score is missing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.questionnaire.document import Band, Questionnaire
from app.domain.questionnaire.flow import asked_codes
from app.domain.scoring.aggregate import Booleans, NodeScores, Plan, aggregate, plan
from app.domain.scoring.normalise import Series, series_score
from app.domain.scoring.rounding import Floats

METHOD_VERSION = "1.0"
TOLERANCE = 1e-9


class Reason(StrEnum):
    """Why there is no score."""

    INSUFFICIENT_COVERAGE = "insufficient_coverage"
    NOT_APPLICABLE = "not_applicable"
    NOT_AVAILABLE = "not_available"
    DECLINED = "declined"
    BLANK = "blank"
    NOT_ASKED = "not_asked"
    NOTHING_ANSWERED = "nothing_answered"


@dataclass(frozen=True, slots=True)
class ItemScore:
    """The score of one item, in [0, scale], or None with the reason."""

    code: str
    score: float | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class NodeScore:
    """The score of one node, in [0, scale], or None with the reason.

    `value` is what feeds the node above; it exists as soon as anything is answered, even below the coverage threshold.
    `floor` and `ceiling`: the score if every missing answer were worth nothing, or everything.
    """

    code: str
    score: float | None
    reason: Reason | None
    coverage: float
    value: float | None
    floor: float | None
    ceiling: float | None
    band: str | None


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """All scores of one review in one series."""

    series: Series
    method_version: str
    content_hash: str
    items: Mapping[str, ItemScore]
    nodes: Mapping[str, NodeScore]


@dataclass(frozen=True, slots=True)
class _Matrices:
    scores: Floats
    is_applicable: Booleans
    reasons: list[list[Reason | None]]


def score(questionnaire: Questionnaire, answers: Mapping[str, Answer], series: Series = Series.SELF) -> ScoreSheet:
    """Score one economy's answers."""
    return score_all(questionnaire, [answers], series)[0]


def score_all(
    questionnaire: Questionnaire, reviews: Sequence[Mapping[str, Answer]], series: Series = Series.SELF
) -> list[ScoreSheet]:
    """Score the answers of many economies; none changes another's scores."""
    scheme = plan(questionnaire)
    matrices = _matrices(questionnaire, scheme, reviews, series)
    missing = ~np.isfinite(matrices.scores)
    nominal = aggregate(scheme, matrices.scores, matrices.is_applicable)
    lowest = aggregate(scheme, np.where(missing, 0.0, matrices.scores), matrices.is_applicable)
    highest = aggregate(scheme, np.where(missing, scheme.scale, matrices.scores), matrices.is_applicable)
    return [
        ScoreSheet(
            series=series,
            method_version=METHOD_VERSION,
            content_hash=questionnaire.content_hash,
            items={
                code: ItemScore(code, _number(matrices.scores[row, column]), matrices.reasons[row][column])
                for column, code in enumerate(scheme.items)
            },
            nodes=_node_scores(questionnaire, scheme, row, nominal, lowest, highest),
        )
        for row in range(len(reviews))
    ]


def band_of(bands: Sequence[Band], score: float) -> Band | None:
    """Return the band of an unrounded score; a score within 1e-9 below an edge belongs above it."""
    reached = [band for band in bands if score + TOLERANCE >= band.floor]
    return max(reached, key=lambda band: band.floor, default=None)


def _matrices(questionnaire: Questionnaire, scheme: Plan, reviews: Sequence[Mapping[str, Answer]], series: Series) -> _Matrices:
    shape = (len(reviews), len(scheme.items))
    scores, applicable = np.full(shape, np.nan), np.ones(shape, dtype=np.bool_)
    reasons: list[list[Reason | None]] = []
    for row, answers in enumerate(reviews):
        asked = asked_codes(questionnaire, answers)
        reasons.append([])
        for column, code in enumerate(scheme.items):
            answer = answers.get(code, BLANK)
            if code not in asked:
                reason: Reason | None = Reason.NOT_ASKED
            elif answer.state is AnswerState.ANSWERED:
                reason = None
                scores[row, column] = series_score(questionnaire.items[code], answer, scheme.scale, series)
            else:
                reason = Reason(answer.state.value)
            applicable[row, column] = reason not in {Reason.NOT_ASKED, Reason.NOT_APPLICABLE}
            reasons[row].append(reason)
    return _Matrices(scores, applicable, reasons)


def _node_scores(
    questionnaire: Questionnaire, scheme: Plan, row: int, nominal: NodeScores, lowest: NodeScores, highest: NodeScores
) -> dict[str, NodeScore]:
    found: dict[str, NodeScore] = {}
    for column, node in enumerate(scheme.nodes, start=len(scheme.items)):
        value = _number(nominal.scores[row, column])
        coverage = float(nominal.coverage[row, column])
        reason = _reason(
            is_applicable=bool(nominal.is_applicable[row, column]),
            has_value=value is not None,
            is_covered=coverage + TOLERANCE >= node.minimum_coverage,
        )
        published = value if reason is None else None
        band = None if published is None else band_of(questionnaire.scheme.bands, published)
        found[node.code] = NodeScore(
            code=node.code,
            score=published,
            reason=reason,
            coverage=coverage,
            value=value,
            floor=_number(lowest.scores[row, column]),
            ceiling=_number(highest.scores[row, column]),
            band=band.code if band else None,
        )
    return {code: found[code] for code in questionnaire.nodes}


def _reason(*, is_applicable: bool, has_value: bool, is_covered: bool) -> Reason | None:
    if not is_applicable:
        return Reason.NOT_APPLICABLE
    if not has_value:
        return Reason.NOTHING_ANSWERED
    return None if is_covered else Reason.INSUFFICIENT_COVERAGE


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
