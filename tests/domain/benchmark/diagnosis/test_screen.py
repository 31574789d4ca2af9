"""The screen: what is there, what applies, and what is worth a look."""

from __future__ import annotations

import numpy as np
import pytest

from app.domain.benchmark.diagnosis.checked import checked
from app.domain.benchmark.diagnosis.screen import Remark, Thresholds, availability, remarks, screen_economies, statistics
from app.domain.scoring.tables import Floats
from app.kit.errors import Invalid

NAN = float("nan")
ANSWERS = np.array([[1.0, 0.0, NAN], [2.0, NAN, NAN], [3.0, 5.0, 7.0]])


def _code(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return refused.value.problems[0].code


def test_what_does_not_apply_is_not_missing() -> None:
    applies = np.array([[True, True, False], [True, True, True], [True, True, True]])

    found = availability(ANSWERS, [np.array([1, 2])], is_applicable=applies)

    assert found.by_item.tolist() == [1, 2 / 3, 1 / 2]
    assert found.by_economy.tolist() == [1, 1 / 3, 1]
    assert found.by_node[:, 0].tolist() == [1, 0, 1]


def test_where_nothing_applies_there_is_no_share() -> None:
    found = availability(ANSWERS[:, 2:], is_applicable=np.zeros((3, 1), dtype=np.bool_))

    assert np.isnan(found.by_item).all()


def test_economies_below_the_threshold_are_named() -> None:
    found = screen_economies(ANSWERS, threshold=2 / 3)

    assert found.missing.tolist() == [1, 2, 0]
    assert found.zeros.tolist() == [1, 0, 0]
    assert found.is_thin.tolist() == [False, True, False]


def test_a_column_without_values_has_no_statistics() -> None:
    described = statistics(np.full((6, 1), NAN))[0]

    assert (described.n, described.of, described.unique, described.same) == (0, 6, 0, 0)
    assert np.isnan([described.mean, described.sd, described.median, described.skewness]).all()


def test_what_is_worth_a_look_is_said() -> None:
    levels = np.array([[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 100.0]]).T

    assert remarks(statistics(levels)[0], Thresholds()) == {Remark.MANY_ZEROS, Remark.FEW_VALUES, Remark.OUTLIERS}
    assert remarks(statistics(np.arange(10.0)[:, np.newaxis])[0], Thresholds()) == frozenset()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (np.zeros(3), "scoring.shape"),
        (np.zeros((0, 3)), "scoring.no_economy"),
        (np.zeros((3, 0)), "scoring.no_item"),
        (np.array([[np.inf]]), "scoring.not_finite"),
        (np.zeros((4, 1)), "scoring.too_few_economies"),
    ],
)
def test_what_is_no_table_is_refused(values: Floats, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(values, fewest=5)

    assert _code(refused) == code


def test_a_mask_of_another_shape_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        availability(ANSWERS, is_applicable=np.ones((1, 1), dtype=np.bool_))

    assert _code(refused) == "scoring.shape"
