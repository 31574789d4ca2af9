"""Sobol indices: known answers, intervals, and what they say of our own engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import sobol_indices

from app.cli.bench import made_up
from app.domain.benchmark.robustness.ranking import compare, ranks
from app.domain.benchmark.robustness.scored_answers import SurveyEstimates, with_survey
from app.domain.benchmark.robustness.sensitivity import (
    RANK_CHANGE,
    Sensitivity,
    bootstrapped,
    decomposed,
    design,
    indices_of_coinr,
    sensitivity,
)
from app.domain.scoring.tables import Floats

SCHEME = made_up.scheme(20, 5, 2, 1)
ANSWERS = made_up.answers(SCHEME, 5)
TOP = SCHEME.nodes[-1].code


@pytest.fixture(scope="module")
def found() -> Sensitivity:
    return sensitivity(SCHEME, ANSWERS, TOP, release="2026.1", samples=128, resamples=100)


def _chance() -> np.random.Generator:
    return np.random.default_rng(1)


def _ishigami(coordinates: Floats) -> Floats:
    """Ishigami and Homma (1990), with a = 7 and b = 0.1."""
    x, y, z = np.pi * (2 * coordinates - 1)
    return np.asarray(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x), dtype=np.float64)


def _decompose(samples: int) -> Floats:
    return _ishigami(design(3, samples, _chance())).reshape(1, -1, samples)


def test_ishigamis_function_has_the_indices_of_its_formula() -> None:
    indices, low, high = decomposed(_decompose(1_024), 200, _chance())

    assert indices.first[0] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert indices.total[0] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert (low.total <= indices.total).all()
    assert (indices.total <= high.total).all()


def test_a_resample_has_the_indices_that_scipy_gives_for_the_same_samples() -> None:
    results = _decompose(64)
    drawn = _chance().integers(64, size=(1, 64))[0]
    again = results[..., drawn]

    once = bootstrapped(results, 1, _chance())

    expected = sobol_indices(func={"f_A": again[:, 0], "f_B": again[:, 1], "f_AB": np.moveaxis(again[:, 2:], 1, 0)}, n=64)
    assert once.total[0, 0] == pytest.approx(expected.total_order, abs=1e-9)


def test_the_design_changes_one_factor_at_a_time() -> None:
    first, second, *mixed = np.moveaxis(design(3, 8, _chance()).reshape(3, 5, 8), 1, 0)

    for factor, runs in enumerate(mixed):
        assert np.array_equal(runs[factor], second[factor])
        assert np.array_equal(np.delete(runs, factor, 0), np.delete(first, factor, 0))


def test_every_economys_score_and_the_rank_change_have_indices_of_six_factors(found: Sensitivity) -> None:
    assert found.factors == ("weights", "aggregation", "goalposts", "not_applicable", "missing", "evidence")
    assert found.outputs == (*ANSWERS.economies, RANK_CHANGE)
    assert found.indices.first.shape == found.indices.total.shape == (6, 6)
    assert (found.indices.total >= 0).all()


def test_the_same_release_gives_the_same_bits(found: Sensitivity) -> None:
    again = sensitivity(SCHEME, ANSWERS, TOP, release="2026.1", samples=128, resamples=100)

    assert np.array_equal(again.indices.total, found.indices.total)
    assert np.array_equal(again.high.first, found.high.first)


def test_without_doubt_evidence_explains_nothing() -> None:
    sure = replace(ANSWERS, doubt=np.zeros_like(ANSWERS.doubt))

    indices = sensitivity(SCHEME, sure, TOP, release="2026.1", samples=64, resamples=10).indices

    assert indices.total[:, 5] == pytest.approx(np.zeros(6), abs=1e-12)


def test_an_output_that_nothing_moves_has_no_indices() -> None:
    results = np.concatenate([np.ones((1, 5, 64)), _decompose(64)])

    indices, low, _ = decomposed(results, 10, _chance())

    assert np.isnan(indices.first[0]).all()
    assert np.isnan(low.total[0]).all()
    assert np.isfinite(indices.first[1]).all()


def test_a_survey_is_a_seventh_factor() -> None:
    estimates, errors = np.full((5, 20), np.nan), np.full((5, 20), np.nan)
    estimates[:, 0], errors[:, 0] = 50.0, 10.0
    surveyed = with_survey(ANSWERS, SurveyEstimates(estimates, errors))

    indices = sensitivity(SCHEME, surveyed, TOP, release="2026.1", samples=64, resamples=10)

    assert indices.factors[-1] == "survey"
    assert indices.indices.total.shape == (6, 7)


def test_coinrs_indices_of_outputs_that_never_change_are_missing() -> None:
    assert np.isnan(indices_of_coinr(np.ones(5 * 4), 4).first).all()


def test_ties_share_the_smallest_rank_within_the_tolerance_and_nobody_is_below_a_missing_score() -> None:
    scores = np.array([[50.0], [50.0 + 1e-10], [70.0], [np.nan]])

    assert ranks(scores, 1e-9)[:3, 0].tolist() == [2, 2, 1]
    assert compare(scores, 1e-9)[0].tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]
