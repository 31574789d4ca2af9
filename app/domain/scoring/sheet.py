"""The score sheet: every score of one set of answers, with coverage, band, range, and the reason where a score is missing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.answers import Answer
from app.domain.questionnaire.document import CoverageRule, Questionnaire
from app.domain.questionnaire.flow import asked_codes
from app.domain.scoring.aggregate import NodeScores, aggregate
from app.domain.scoring.bands import gated_band
from app.domain.scoring.item_scores import Answers, ItemScores, Reason, score_answers
from app.domain.scoring.normalise import Series
from app.domain.scoring.plan import Plan, plan
from app.domain.scoring.refusal import refuse
from app.domain.scoring.tables import TOLERANCE, Booleans, Floats

METHOD_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class ItemScore:
    """The score of one item, in [0, scale] (ranks and z-scores of relative scales: on their own), or None with the reason."""

    code: str
    score: float | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class NodeScore:
    """The score of one node, in [0, scale], or None with the reason.

    `value` is what feeds the node above; it exists as soon as anything is answered, even below the coverage threshold.
    `floor` and `ceiling`: the score if every missing answer were worth nothing, or everything. `held_back_by`: critical items
    that keep the band below the one that the score alone would reach.
    """

    code: str
    score: float | None
    reason: Reason | None
    coverage: float
    value: float | None
    floor: float | None
    ceiling: float | None
    band: str | None
    held_back_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """All scores of one review in one series."""

    series: Series
    method_version: str
    content_hash: str
    items: Mapping[str, ItemScore]
    nodes: Mapping[str, NodeScore]


def score(
    questionnaire: Questionnaire, answers: Answers, series: Series = Series.SELF, *, agreed: Answers | None = None
) -> ScoreSheet:
    """Score one economy's answers."""
    return score_all(questionnaire, [answers], series, agreed=None if agreed is None else [agreed])[0]


def score_all(
    questionnaire: Questionnaire,
    reviews: Sequence[Answers],
    series: Series = Series.SELF,
    *,
    agreed: Sequence[Answers] | None = None,
) -> list[ScoreSheet]:
    """Score the answers of many economies. Under fixed goalposts none changes another's scores; on relative scales `reviews`
    are all who take part.

    `agreed`: for the reviewed series, the answers that were agreed in each economy's closed peer review; an item that is not
    among them counts as missing. Raises Invalid for what cannot be scored, before anything is computed.
    """
    if not reviews:
        return []
    scheme = plan(questionnaire)
    counted = _counted(reviews, series, agreed)
    asked = [asked_codes(questionnaire, answers) for answers in reviews]
    items = score_answers(questionnaire, scheme.items, counted, asked, series)
    nominal, lowest, highest = _nodes(questionnaire, scheme, items)
    return [
        ScoreSheet(
            series=series,
            method_version=METHOD_VERSION,
            content_hash=questionnaire.content_hash,
            items={
                code: ItemScore(code, _number(items.scores[row, column]), items.reasons[row][column])
                for column, code in enumerate(scheme.items)
            },
            nodes=_node_scores(questionnaire, scheme, items, row, (nominal, lowest, highest)),
        )
        for row in range(len(reviews))
    ]


def _counted(reviews: Sequence[Answers], series: Series, agreed: Sequence[Answers] | None) -> Sequence[Mapping[str, Answer]]:
    if series is not Series.REVIEWED:
        return reviews
    if agreed is None or len(agreed) != len(reviews):
        refuse("scoring.not_reviewed", "agreed", "The reviewed series needs the answers agreed in each economy's peer review.")
    return agreed


def _nodes(questionnaire: Questionnaire, scheme: Plan, items: ItemScores) -> tuple[NodeScores, NodeScores, NodeScores]:
    """Compute every node three times over: as answered, and with what is missing at its worst and at its best."""
    missing = ~np.isfinite(items.scores)
    nominal = aggregate(scheme, items.scores, items.is_applicable)
    if questionnaire.scheme.coverage is CoverageRule.CHILDREN:  # with children dropped, the ends would not lie on either side
        nothing = NodeScores(np.full_like(nominal.scores, np.nan), nominal.coverage, nominal.is_applicable)
        return nominal, nothing, nothing

    def with_missing(ends: Floats) -> NodeScores:
        return aggregate(scheme, np.where(missing, ends, items.scores), items.is_applicable)

    return nominal, with_missing(items.lowest), with_missing(items.highest)


def _node_scores(
    questionnaire: Questionnaire, scheme: Plan, items: ItemScores, row: int, computed: tuple[NodeScores, NodeScores, NodeScores]
) -> dict[str, NodeScore]:
    nominal, lowest, highest = computed
    applying = {
        code: _number(items.scores[row, column]) for column, code in enumerate(scheme.items) if items.is_applicable[row, column]
    }
    answered = _beneath(scheme, np.isfinite(items.scores[row]) & items.is_applicable[row])
    reported = _beneath(scheme, np.array([reason is Reason.NOT_COUNTED for reason in items.reasons[row]], dtype=np.bool_))
    found: dict[str, NodeScore] = {}
    for column, node in enumerate(scheme.nodes):
        value = _number(nominal.scores[row, column])
        coverage = float(nominal.coverage[row, column])
        reason = _reason(
            is_applicable=bool(nominal.is_applicable[row, column]),
            has_value=value is not None,
            has_answer=column in answered,
            coverage=coverage,
            minimum=node.minimum_coverage,
        )
        if reason is Reason.NOTHING_ANSWERED and column in reported:
            reason = Reason.NOT_COUNTED
        published = value if reason is None else None
        reached = gated_band(questionnaire.scheme.bands, questionnaire.nodes[node.code], published, applying)
        found[node.code] = NodeScore(
            code=node.code,
            score=published,
            reason=reason,
            coverage=coverage,
            value=value,
            # On a relative scale the worst that others reached may be better than what this economy has.
            floor=_end(lowest.scores[row, column], value, min),
            ceiling=_end(highest.scores[row, column], value, max),
            band=reached.band.code if reached.band else None,
            held_back_by=reached.held_back_by,
        )
    return {code: found[code] for code in questionnaire.nodes}


def _beneath(scheme: Plan, is_there: Booleans) -> set[int]:
    """Return which nodes (by their place) have such an item anywhere beneath, whether it reaches them or not."""
    width = len(scheme.items)
    columns = set(np.flatnonzero(is_there).tolist())
    for place, node in enumerate(scheme.nodes):
        if not columns.isdisjoint(node.children.tolist()):
            columns.add(width + place)
    return {column - width for column in columns if column >= width}


def _reason(*, is_applicable: bool, has_value: bool, has_answer: bool, coverage: float, minimum: float) -> Reason | None:
    if not is_applicable:
        return Reason.NOT_APPLICABLE
    if not has_answer:
        return Reason.NOTHING_ANSWERED
    if coverage + TOLERANCE < minimum:
        return Reason.INSUFFICIENT_COVERAGE
    return None if has_value else Reason.UNDEFINED


def _end(bound: float, value: float | None, pick: Callable[[float, float], float]) -> float | None:
    """Return an end of the range, never on the wrong side of the value; None where there is no end."""
    end = _number(bound)
    return end if end is None or value is None else pick(end, value)


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
