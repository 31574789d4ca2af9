"""Scales made from all who take part: for published indices that use them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.domain.answers import Answer
from app.domain.questionnaire.normalisation import Normalisation, Relative, Treatment
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.relative import relative
from app.domain.scoring.sheet import score_all
from app.domain.scoring.treatment import Treated, is_skewed, shape, treat
from tests import builders as make

FIGURES = [0.0, 2.0, 2.0, 6.0, 10.0]
FIFTH = {
    "MIN_MAX": [0, 20, 20, 60, 100],
    "LOWER": [100, 80, 80, 40, 0],
    "ONE_TO_HUNDRED": [1, 20.8, 20.8, 60.4, 100],
    "Z": [40, 45, 45, 55, 65],
    "DISTANCE": [0, 20, 20, 60, 100],
    "FRACTION": [0, 20, 20, 60, 100],
    "PERCENT_RANK": [0, 25, 25, 75, 100],
    "RANK": [1, 2, 2, 4, 5],
    "BORDA": [0, 1, 1, 3, 4],
    "FIXED": [0, 20, 20, 60, 100],
}


def reviews(code: str, values: list[float]) -> list[dict[str, Answer]]:
    return [make.answers(**{code: value}) for value in values]


def column(code: str, values: list[float]) -> list[float | None]:
    sheets = score_all(make.small("relative_scales"), reviews(code, values))
    return [sheet.items[code].score for sheet in sheets]


@pytest.mark.parametrize("code", [code for code in FIFTH if code != "Z"])
def test_each_scale_places_a_column_as_it_is_defined(code: str) -> None:
    assert column(code, FIGURES) == pytest.approx(FIFTH[code], abs=1e-12)


def test_z_scores_count_standard_deviations_of_a_sample() -> None:
    deviation = math.sqrt(sum((value - 4) ** 2 for value in FIGURES) / 4)

    assert column("Z", FIGURES) == pytest.approx([50 + 10 * (value - 4) / deviation for value in FIGURES], abs=1e-12)


def test_one_that_joins_moves_the_others_on_a_relative_scale_and_none_between_goalposts() -> None:
    assert column("MIN_MAX", [*FIGURES, 20.0])[:5] == pytest.approx([0, 10, 10, 30, 50])
    assert column("FIXED", [*FIGURES, 20.0])[:5] == column("FIXED", FIGURES)


@pytest.mark.parametrize("values", [[3.0], [3.0, 3.0, 3.0]])
@pytest.mark.parametrize("code", ["MIN_MAX", "Z", "DISTANCE"])
def test_where_all_are_alike_there_is_no_scale_and_nothing_is_held_against_anyone(code: str, values: list[float]) -> None:
    sheets = score_all(make.small("relative_scales"), reviews(code, values))

    assert {sheet.items[code].reason for sheet in sheets} == {Reason.NO_SPREAD}
    assert {sheet.items["RANK"].reason for sheet in sheets} == {Reason.BLANK}


def test_a_column_that_nobody_answered_stays_empty() -> None:
    found = relative(np.full((3, 2), np.nan), Normalisation(method=Relative.MIN_MAX), 100)

    assert np.isnan(found).all()


@pytest.mark.parametrize("method", list(Relative))
def test_missing_figures_stay_missing_and_do_not_move_the_others(method: Relative) -> None:
    values = np.array([[1.0], [np.nan], [2.0], [4.0]])
    normalisation = Normalisation(method=method)

    found = relative(values, normalisation, 100)

    assert np.isnan(found[1, 0])
    assert found[[0, 2, 3], 0] == pytest.approx(relative(values[[0, 2, 3]], normalisation, 100)[:, 0])


def test_floor_and_ceiling_are_the_ends_of_what_others_reached() -> None:
    document = make.questionnaire(
        make.section(
            "A", make.number("I", goalposts=None, normalisation=Normalisation(method=Relative.MIN_MAX)), make.percent("J")
        )
    )
    given = [make.answers(I=1.0, J=50.0), make.answers(I=3.0, J=50.0), make.answers(J=50.0)]

    found = score_all(document, given)[2].nodes["A"]

    assert (found.floor, found.value, found.ceiling) == (25, 50, 75)


def test_an_outlier_is_pulled_in_before_the_scale_is_made() -> None:
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1_000.0]

    assert column("MIN_MAX", values) == pytest.approx([100 * k / 8 for k in range(9)] + [100])


# Treatment


def test_one_outlier_is_winsorised_and_a_long_tail_goes_to_logarithms() -> None:
    one = np.array([*range(20), 500.0])
    tail = np.exp(np.arange(0, 14, 0.35))

    assert treat(one, Treatment()).done is Treated.WINSORISED
    assert treat(one, Treatment()).values.max() == 19
    assert treat(tail, Treatment(most_winsorised=1)).done is Treated.LOGARITHM


def test_an_outlier_below_is_pulled_up_with_its_ties() -> None:
    values = np.array([*np.arange(40.0), -900.0, -900.0])

    treated = treat(values, Treatment())

    assert (treated.done, treated.steps) == (Treated.WINSORISED, 1)
    assert treated.values.min() == 0


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0, 3.0], [5.0] * 10, [np.nan] * 5])
def test_a_column_without_a_shape_is_left_alone(values: list[float]) -> None:
    treated = treat(np.array(values, dtype=np.float64), Treatment())

    assert (treated.done, treated.steps) == (Treated.NOTHING, 0)


def test_the_shape_of_very_large_numbers_is_found_without_overflow() -> None:
    values = np.array([*range(20), 500.0])

    assert shape(values * 1e98) == pytest.approx(shape(values))
    assert is_skewed(values * 1e98, Treatment())
