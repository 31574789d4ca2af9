"""What missing answers could be worth."""

from __future__ import annotations

import numpy as np
import pytest

from app.domain.benchmark.diagnosis.imputation import Middle, impute, impute_by_own_mean
from app.kit.errors import Invalid

NAN = float("nan")
ANSWERS = np.array([[0.0, NAN, NAN], [30.0, 10.0, NAN], [NAN, 20.0, NAN], [90.0, NAN, NAN]])


def test_gaps_take_the_middle_of_their_column() -> None:
    assert impute(ANSWERS, Middle.MEAN)[:, 0].tolist() == [0, 30, 40, 90]
    assert impute(ANSWERS, Middle.MEDIAN)[:, 0].tolist() == [0, 30, 30, 90]


def test_gaps_take_the_middle_of_their_own_group() -> None:
    filled = impute(ANSWERS, Middle.MEAN, groups=["x", "x", "y", "y"])

    assert filled[:, 1].tolist() == [10, 10, 20, 20]


def test_gaps_take_the_economys_own_mean_within_the_node() -> None:
    filled = impute_by_own_mean(ANSWERS, [np.array([0, 1]), np.array([2])])

    assert filled[:, 0].tolist() == [0, 30, 20, 90]
    assert filled[:, 1].tolist() == [0, 10, 20, 90]


def test_what_has_nothing_to_go_by_stays_missing_and_what_is_there_stays() -> None:
    for filled in (impute(ANSWERS, Middle.MEAN), impute_by_own_mean(ANSWERS, [np.array([2])])):
        assert np.isnan(filled[:, 2]).all()
        assert (filled[np.isfinite(ANSWERS)] == ANSWERS[np.isfinite(ANSWERS)]).all()


def test_groups_that_do_not_fit_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        impute(ANSWERS, Middle.MEAN, groups=["x"])

    assert refused.value.problems[0].code == "scoring.shape"
