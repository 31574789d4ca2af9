"""Answers of many economies become a table of item scores, with the reason wherever there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.domain.answers import BLANK, Answer, AnswerState, Value
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import Item, QuantityItem
from app.domain.questionnaire.normalisation import Normalisation
from app.domain.questionnaire.records import counts
from app.domain.scoring.normalise import Series, as_it_applies, between, goalposts_of, item_score, most_that_counts
from app.domain.scoring.refusal import refuse
from app.domain.scoring.relative import relative
from app.domain.scoring.tables import Booleans, Floats
from app.domain.scoring.treatment import treat

Answers = Mapping[str, Answer]


class Reason(StrEnum):
    """Why there is no score."""

    INSUFFICIENT_COVERAGE = "insufficient_coverage"
    NOT_APPLICABLE = "not_applicable"
    NOT_AVAILABLE = "not_available"
    DECLINED = "declined"
    BLANK = "blank"
    NOT_ASKED = "not_asked"
    NOTHING_ANSWERED = "nothing_answered"
    NOT_REVIEWED = "not_reviewed"
    """No level was agreed in a peer review."""
    NOT_COUNTED = "not_counted"
    """Answered, but what is said about the figure lets it be reported only: an attribution that is too weak."""
    NO_SPREAD = "no_spread"
    """On a scale relative to all who take part, all have the same value, or one is alone."""
    UNDEFINED = "undefined"
    """The mean does not exist: a geometric or harmonic one of scores below zero."""


OUTSIDE = frozenset({Reason.NOT_ASKED, Reason.NOT_APPLICABLE, Reason.NO_SPREAD})
"""An item without a score for one of these reasons does not count at all: its weight goes to its siblings."""


@dataclass(frozen=True, slots=True)
class ItemScores:
    """Economies (rows) by scored items (columns): scores, NaN where there is none; what applies; the reasons; and what each
    item would score at worst and at best, NaN where that is not known."""

    scores: Floats
    is_applicable: Booleans
    reasons: list[list[Reason | None]]
    lowest: Floats
    highest: Floats


def score_answers(
    questionnaire: Questionnaire,
    codes: Sequence[str],
    reviews: Sequence[Answers],
    asked: Sequence[frozenset[str]],
    series: Series,
) -> ItemScores:
    """Score the answers to some items, for economies that take part together.

    `reviews` hold the answers that count in the series; `asked` says which items are on each economy's path. Raises Invalid
    for an answer without a value, or with one that is no finite number.
    """
    shape, scale = (len(reviews), len(codes)), questionnaire.scheme.scale
    scores, most = np.full(shape, np.nan), np.full(shape, np.inf)
    reasons: list[list[Reason | None]] = [[None] * len(codes) for _ in reviews]
    items = [questionnaire.items[code] for code in codes]
    for row, answers in enumerate(reviews):
        for column, item in enumerate(items):
            answer = answers.get(item.code, BLANK)
            reasons[row][column] = _reason(answer, is_asked=item.code in asked[row], series=series)
            if reasons[row][column] is None and not counts(questionnaire.fields_of(item), answer.details):
                reasons[row][column] = Reason.NOT_COUNTED
            if reasons[row][column] is None:
                applying = as_it_applies(item, answer)
                scores[row, column] = _figure_or_score(applying, answer, scale)
                most[row, column] = most_that_counts(applying, answer, scale, series)
    lowest, highest = np.zeros(len(codes)), np.full(len(codes), scale, dtype=np.float64)
    without_spread = _place_figures(questionnaire, items, scores, lowest, highest)
    for column in without_spread:
        for of_economy in reasons:
            of_economy[column] = of_economy[column] if of_economy[column] in OUTSIDE else Reason.NO_SPREAD
    applicable = np.array([[reason not in OUTSIDE for reason in row] for row in reasons], dtype=np.bool_).reshape(shape)
    return ItemScores(np.minimum(scores, most), applicable, reasons, lowest, highest)


def _reason(answer: Answer, *, is_asked: bool, series: Series) -> Reason | None:
    if not is_asked:
        return Reason.NOT_ASKED
    if answer.state is AnswerState.ANSWERED:
        return None
    if series is Series.REVIEWED and answer.state is not AnswerState.NOT_APPLICABLE:
        return Reason.NOT_REVIEWED
    return Reason(answer.state.value)


def _figure_or_score(item: Item, answer: Answer, scale: float) -> float:
    """Return the figure of a percentage or number, to be placed with those of others; the score of anything else."""
    if answer.value is None:
        refuse(
            "scoring.no_value", item.code, f"{item.code} is said to be answered, but has no value. Give one, or another state."
        )
    if not isinstance(item, QuantityItem):
        return _score(item, answer.value, scale)
    if isinstance(answer.value, bool) or not isinstance(answer.value, int | float) or not math.isfinite(answer.value):
        refuse("scoring.not_finite", item.code, f"The answer to {item.code} is no finite number. Correct it.")
    return float(answer.value)


def _score(item: Item, value: Value, scale: float) -> float:
    try:
        return item_score(item, value, scale)
    except (KeyError, StopIteration, ValueError):
        refuse("scoring.misfit", item.code, f"The answer to {item.code} is none that it can have. Read it again as an answer.")


def _place_figures(
    questionnaire: Questionnaire, items: Sequence[Item], scores: Floats, lowest: Floats, highest: Floats
) -> list[int]:
    """Turn the columns of figures into scores, in place; return those answered, but without spread on their relative scale."""
    without_spread: list[int] = []
    fixed = [
        (column, goalposts_of(item))
        for column, item in enumerate(items)
        if isinstance(item, QuantityItem) and questionnaire.normalisation_of(item) is None
    ]
    if fixed:
        columns = [column for column, _ in fixed]
        scores[:, columns] = between(scores[:, columns], [goalposts for _, goalposts in fixed], questionnaire.scheme.scale)
    for column, item in enumerate(items):
        normalisation = questionnaire.normalisation_of(item)
        if isinstance(item, QuantityItem) and normalisation is not None:
            placed = _on_relative_scale(questionnaire, item, normalisation, scores[:, column])
            known = placed[np.isfinite(placed)]
            if not known.size and np.isfinite(scores[:, column]).any():
                without_spread.append(column)
            scores[:, column] = placed
            lowest[column], highest[column] = (known.min(), known.max()) if known.size else (np.nan, np.nan)
    return without_spread


def _on_relative_scale(questionnaire: Questionnaire, item: QuantityItem, normalisation: Normalisation, figures: Floats) -> Floats:
    treatment = questionnaire.scheme.treatment
    treated = figures if treatment is None else treat(figures, treatment).values
    turned = treated if item.better == "higher" else -treated
    return relative(turned[:, np.newaxis], normalisation, questionnaire.scheme.scale)[:, 0]
