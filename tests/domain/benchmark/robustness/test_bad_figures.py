"""Figures from which no honest number can come are refused with a code, before any number is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.cli.bench import made_up
from app.domain.benchmark.robustness.alternatives import Alternative, Indicators, replay
from app.domain.benchmark.robustness.scored_answers import CellState, ScoredAnswers, SurveyEstimates, with_survey
from app.domain.benchmark.robustness.sensitivity import sensitivity
from app.domain.benchmark.robustness.uncertainty import uncertainty
from app.domain.questionnaire.document import Aggregation
from app.domain.questionnaire.normalisation import Normalisation, Relative
from app.domain.scoring.plan import Plan
from app.kit.errors import Invalid

SCHEME = made_up.scheme(6, 2, 1)
ANSWERS = made_up.answers(SCHEME, 3)
INDICATORS = made_up.indicators(5, SCHEME)
RUN = Alternative(1, Normalisation(method=Relative.MIN_MAX, low=1, high=100), "1", Aggregation.GEOMETRIC)


def _codes(work: Callable[[], object]) -> set[str]:
    with pytest.raises(Invalid) as refused:
        work()
    return {problem.code for problem in refused.value.problems}


def _observed(value: float) -> ScoredAnswers:
    """Let the first answer be observed, with this score."""
    states, scores = ANSWERS.states.copy(), ANSWERS.scores.copy()
    states[0, 0], scores[:, 0, 0] = CellState.OBSERVED, value
    return replace(ANSWERS, states=states, scores=scores, lower=scores)


def _surveyed(estimate: float, error: float) -> ScoredAnswers:
    estimates, errors = np.full((3, 6), np.nan), np.full((3, 6), np.nan)
    estimates[0, 0], errors[0, 0] = estimate, error
    return with_survey(ANSWERS, SurveyEstimates(estimates, errors))


NOBODY = replace(
    ANSWERS,
    economies=(),
    states=ANSWERS.states[:0],
    scores=ANSWERS.scores[:, :0],
    lower=ANSWERS.lower[:, :0],
    doubt=ANSWERS.doubt[:0],
)


@pytest.mark.parametrize(
    ("scheme", "answers", "code"),
    [
        (SCHEME, _observed(float("nan")), "scoring.not_finite"),
        (SCHEME, _observed(float("inf")), "scoring.not_finite"),
        (SCHEME, _observed(100.5), "scoring.off_scale"),
        (SCHEME, _observed(-0.5), "scoring.off_scale"),
        (SCHEME, NOBODY, "scoring.no_economy"),
        (SCHEME, replace(ANSWERS, economies=("A", "B", "A")), "scoring.economy_twice"),
        (SCHEME, replace(ANSWERS, items=ANSWERS.items[::-1]), "scoring.shape"),
        (SCHEME, replace(ANSWERS, states=ANSWERS.states[:2]), "scoring.shape"),
        (SCHEME, replace(ANSWERS, scores=ANSWERS.scores[:1]), "scoring.shape"),
        (SCHEME, replace(ANSWERS, doubt=ANSWERS.doubt + 1), "scoring.probability"),
        (SCHEME, replace(ANSWERS, doubt=ANSWERS.doubt * np.nan), "scoring.probability"),
        (SCHEME, _surveyed(50.0, -1.0), "scoring.standard_error"),
        (SCHEME, _surveyed(50.0, float("nan")), "scoring.not_finite"),
        (SCHEME, replace(_surveyed(50.0, 1.0), survey=None), "scoring.shape"),
        (Plan((), (), 100.0), ANSWERS, "scoring.no_item"),
    ],
)
def test_an_analysis_names_what_cannot_be_computed_with(scheme: Plan, answers: ScoredAnswers, code: str) -> None:
    assert code in _codes(lambda: uncertainty(scheme, answers, (), release="r", replicates=10))
    if scheme.nodes:
        assert code in _codes(lambda: sensitivity(scheme, answers, SCHEME.nodes[-1].code, release="r", samples=8))


def test_fewer_than_one_replicate_is_refused() -> None:
    assert _codes(lambda: uncertainty(SCHEME, ANSWERS, (), release="r", replicates=0)) == {"scoring.replicates"}


@pytest.mark.parametrize("samples", [0, 1, 1_000])
def test_samples_must_be_a_power_of_two(samples: int) -> None:
    assert _codes(lambda: sensitivity(SCHEME, ANSWERS, "T1N000", release="r", samples=samples)) == {"scoring.samples"}


def test_a_node_that_does_not_exist_is_refused() -> None:
    assert _codes(lambda: sensitivity(SCHEME, ANSWERS, "nowhere", release="r", samples=8)) == {"unknown_code"}


@pytest.mark.parametrize(
    ("indicators", "runs", "code"),
    [
        (INDICATORS, [], "scoring.replicates"),
        (INDICATORS, [replace(RUN, weights="none")], "unknown_code"),
        (INDICATORS, [replace(RUN, normalisation=Normalisation(method=Relative.MIN_MAX))], "scoring.not_positive"),
        (replace(INDICATORS, directions=np.zeros(6)), [RUN], "scoring.direction"),
        (replace(INDICATORS, values=INDICATORS.values[:, :2]), [RUN], "scoring.shape"),
        (replace(INDICATORS, values=INDICATORS.values * np.inf), [RUN], "scoring.not_finite"),
        (replace(INDICATORS, values=INDICATORS.values * np.nan), [RUN], "scoring.nothing_observed"),
        (replace(INDICATORS, weights={"1": np.zeros(9)}), [RUN], "scoring.weight_not_positive"),
        (replace(INDICATORS, weights={"1": np.ones(2)}), [RUN], "scoring.shape"),
        (replace(INDICATORS, economies=()), [RUN], "scoring.no_economy"),
    ],
)
def test_alternatives_name_what_cannot_be_computed_with(indicators: Indicators, runs: list[Alternative], code: str) -> None:
    assert code in _codes(lambda: replay(indicators, runs))
