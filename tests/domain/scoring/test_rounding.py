"""Rounding of published tiers: three rules, and what they share."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.questionnaire.document import Rounding
from app.domain.scoring.rounding import rounded

Rule = Literal["half_up", "half_even", "r4"]


def one(score: float, decimals: int, rule: Rule) -> float:
    return float(rounded(np.array([score]), Rounding(decimals=decimals, rule=rule))[0])


@pytest.mark.parametrize(
    ("score", "decimals", "half_up", "half_even", "r4"),
    [
        (0.125, 2, 0.13, 0.12, 0.12),
        (0.375, 2, 0.38, 0.38, 0.38),
        (0.5, 0, 1, 0, 0),
        (1.5, 0, 2, 2, 2),
        (2.5, 0, 3, 2, 2),
        (99.5, 0, 100, 100, 100),
        (72.25, 1, 72.3, 72.2, 72.2),
        (0.29, 2, 0.29, 0.29, 0.29),
        (0.1, 1, 0.1, 0.1, 0.1),
        (0.0, 2, 0.0, 0.0, 0.0),
        (100.0, 2, 100.0, 100.0, 100.0),
    ],
)
def test_the_rules_differ_at_ties_and_nowhere_else(
    score: float, decimals: int, half_up: float, half_even: float, r4: float
) -> None:
    assert one(score, decimals, "half_up") == half_up
    assert one(score, decimals, "half_even") == half_even
    assert one(score, decimals, "r4") == r4


@pytest.mark.parametrize(
    ("score", "decimals", "expected"),
    [(0.15, 1, 0.1), (0.25, 1, 0.2), (0.35, 1, 0.3), (0.65, 1, 0.7), (2.675, 2, 2.67), (1.005, 2, 1.0), (0.285, 2, 0.28)],
)
def test_r4_looks_at_the_number_that_is_stored_not_at_the_one_that_is_printed(
    score: float, decimals: int, expected: float
) -> None:
    assert one(score, decimals, "r4") == expected


@pytest.mark.parametrize("rule", ["half_up", "half_even", "r4"])
def test_a_missing_score_stays_missing(rule: Rule) -> None:
    assert np.isnan(one(np.nan, 2, rule))


def test_without_a_rule_nothing_is_rounded() -> None:
    scores = np.array([0.123456789, np.nan])

    assert rounded(scores, None) is scores


SCORES = st.floats(0, 100) | st.integers(0, 100_000).map(lambda k: k / 1_000) | st.integers(0, 200).map(lambda k: k / 2)


@pytest.mark.fuzz
@given(SCORES, st.integers(0, 6))
def test_r4_is_one_of_the_two_nearest_and_at_most_half_a_unit_away(score: float, decimals: int) -> None:
    found = one(score, decimals, "r4")

    exact, unit = Fraction(score), Fraction(1, 10**decimals)
    below = exact // unit
    neighbours = {float(unit * below), float(unit * (below + 1))}
    assert found in neighbours
    assert abs(Fraction(found) - exact) <= unit / 2 + Fraction(1, 10**12)


@pytest.mark.fuzz
@given(SCORES, st.integers(0, 6), st.sampled_from(["half_up", "half_even", "r4"]))
def test_every_rule_is_at_most_half_a_unit_away_and_rounds_what_is_rounded_to_itself(
    score: float, decimals: int, rule: Rule
) -> None:
    found = one(score, decimals, rule)

    assert abs(found - score) <= 0.5 / 10**decimals + 1e-12
    assert one(found, decimals, rule) == found


@pytest.mark.fuzz
@given(SCORES, SCORES, st.integers(0, 6), st.sampled_from(["half_up", "half_even", "r4"]))
def test_rounding_never_turns_an_order_round(one_score: float, other: float, decimals: int, rule: Rule) -> None:
    assert one(min(one_score, other), decimals, rule) <= one(max(one_score, other), decimals, rule)
