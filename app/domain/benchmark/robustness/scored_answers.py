"""Answers as arrays: what counts, what is missing, and how far each answer may be trusted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from app.domain.answers import BLANK, Answer, AnswerState, Value
from app.domain.benchmark.robustness.moved_goalposts import GOALPOSTS, with_goalposts
from app.domain.benchmark.robustness.one_lower import score_one_lower
from app.domain.benchmark.robustness.soundness import check_economies, check_finite, check_probabilities, check_shape
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import asked_codes
from app.domain.questionnaire.items import Item
from app.domain.questionnaire.records import counts
from app.domain.scoring.normalise import as_it_applies, item_score
from app.domain.scoring.plan import Plan, plan
from app.domain.scoring.tables import Floats
from app.kit.errors import Problems

Cell = tuple[str, str]
"""An economy's code and an item's code."""


class CellState(IntEnum):
    """What stands behind one economy's score of one item."""

    OBSERVED = 0
    MISSING = 1
    """Not available, declined or blank: there is an answer, but we do not know it."""
    UNACCEPTED = 2
    """"Not applicable", which nobody has accepted yet."""
    LEFT_OUT = 3
    """Not asked, or "not applicable" and accepted."""
    SURVEYED = 4
    """Estimated from a sample; see `with_survey`."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """How likely a reviewer sets an answer one category lower, by what stands behind it.

    First values, to be replaced by the rates that the first peer reviews find.
    """

    without_evidence: float = 0.15
    unreviewed: float = 0.05
    verified: float = 0.0


@dataclass(frozen=True, slots=True)
class SurveyEstimates:
    """Scores that were estimated from a sample, with their standard errors, on the scheme's scale (economies x items)."""

    estimates: Floats
    standard_errors: Floats


@dataclass(frozen=True, slots=True)
class ScoredAnswers:
    """Answers of economies (rows) to items (columns, in the order of the plan).

    `scores` and `lower` have a layer for each position of the goalposts (nominal, outward, inward); NaN where nothing is
    observed. `lower`: the score one category lower; `doubt`: the probability of that.
    """

    economies: tuple[str, ...]
    items: tuple[str, ...]
    states: NDArray[np.int8]
    scores: Floats
    lower: Floats
    doubt: Floats
    survey: SurveyEstimates | None = None

    @property
    def nominal(self) -> Floats:
        """The scores that stand: economies x items, NaN where there is none."""
        scores = np.where(self.states == CellState.OBSERVED, self.scores[0], np.nan)
        return scores if self.survey is None else np.where(self.states == CellState.SURVEYED, self.survey.estimates, scores)


def scored_answers(
    questionnaire: Questionnaire,
    reviews: Mapping[str, Mapping[str, Answer]],
    *,
    doubt: Doubt | None = None,
    verified: Collection[Cell] = (),
    accepted: Collection[Cell] = (),
) -> ScoredAnswers:
    """Lay out the answers of economies (by code). `verified`: answers that reviewers confirmed; `accepted`: "not applicable"."""
    doubt = doubt or Doubt()
    scheme = plan(questionnaire)
    shape = (len(reviews), len(scheme.items))
    states = np.full(shape, CellState.LEFT_OUT, dtype=np.int8)
    scores, lower = (np.full((len(GOALPOSTS), *shape), np.nan) for _ in range(2))
    doubts = np.zeros(shape)
    items = [questionnaire.items[code] for code in scheme.items]
    variants = [with_goalposts(item) for item in items]
    for row, (economy, answers) in enumerate(reviews.items()):
        asked = asked_codes(questionnaire, answers)
        for column, item in enumerate(items):
            answer = answers.get(item.code, BLANK)
            if not counts(questionnaire.fields_of(item), answer.details):
                answer = BLANK
            cell = (economy, item.code)
            states[row, column] = _state(answer, is_asked=item.code in asked, is_accepted=cell in accepted)
            if states[row, column] == CellState.OBSERVED and answer.value is not None:
                applying = tuple(as_it_applies(each, answer) for each in variants[column])
                scores[:, row, column] = [item_score(each, answer.value, scheme.scale) for each in applying]
                lower[:, row, column] = _one_lower(applying, answer.value, scheme.scale)
                doubts[row, column] = _doubt(doubt, answer, is_verified=cell in verified)
    return ScoredAnswers(tuple(reviews), scheme.items, states, scores, lower, doubts)


def with_survey(answers: ScoredAnswers, survey: SurveyEstimates) -> ScoredAnswers:
    """Let estimates from samples stand, where there are some, in the place of answers."""
    states = np.where(np.isfinite(survey.estimates), np.int8(CellState.SURVEYED), answers.states)
    return replace(answers, states=states, survey=survey)


def check_scored_answers(problems: Problems, scheme: Plan, answers: ScoredAnswers) -> None:
    """Name everything that does not fit: shapes, missing or infinite scores, scores off the scale, probabilities."""
    shape = (len(answers.economies), len(scheme.items))
    check_economies(problems, answers.economies)
    if answers.items != scheme.items:
        problems.add("items", "scoring.shape", "The answers are not laid out by the items of this scheme, in its order.")
    layers = {"scores": answers.scores, "lower": answers.lower}
    fits = [check_shape(problems, name, layer.shape, (len(GOALPOSTS), *shape)) for name, layer in layers.items()]
    fits += [
        check_shape(problems, name, each.shape, shape) for name, each in (("states", answers.states), ("doubt", answers.doubt))
    ]
    if not all(fits):
        return
    is_observed = answers.states == CellState.OBSERVED
    check_probabilities(problems, "doubt", answers.doubt)
    for name, layer in layers.items():
        observed = layer[:, is_observed]
        check_finite(problems, name, observed)
        if ((observed < 0) | (observed > scheme.scale)).any():
            problems.add(name, "scoring.off_scale", f"A score lies between 0 and {scheme.scale:g}.")
    _check_survey(problems, answers, shape)


def _check_survey(problems: Problems, answers: ScoredAnswers, shape: tuple[int, int]) -> None:
    is_surveyed, survey = answers.states == CellState.SURVEYED, answers.survey
    if survey is None:
        if is_surveyed.any():
            problems.add("survey", "scoring.shape", "Give the estimates of the items that were surveyed.")
        return
    both = (("survey.estimates", survey.estimates), ("survey.standard_errors", survey.standard_errors))
    fits = [check_shape(problems, name, values.shape, shape) for name, values in both]
    if all(fits):
        for name, values in both:
            check_finite(problems, name, values[is_surveyed])
        if (survey.standard_errors[is_surveyed] < 0).any():
            problems.add("survey.standard_errors", "scoring.standard_error", "A standard error is not below zero.")


def _state(answer: Answer, *, is_asked: bool, is_accepted: bool) -> CellState:
    if not is_asked:
        return CellState.LEFT_OUT
    match answer.state:
        case AnswerState.ANSWERED:
            return CellState.OBSERVED
        case AnswerState.NOT_APPLICABLE:
            return CellState.LEFT_OUT if is_accepted else CellState.UNACCEPTED
        case _:
            return CellState.MISSING


def _one_lower(variants: tuple[Item, ...], value: Value, scale: float) -> list[float]:
    return [score_one_lower(each, value, scale) for each in variants]


def _doubt(doubt: Doubt, answer: Answer, *, is_verified: bool) -> float:
    if is_verified:
        return doubt.verified
    return doubt.unreviewed if answer.has_evidence else doubt.without_evidence
