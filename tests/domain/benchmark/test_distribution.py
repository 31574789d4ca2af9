"""What a group's scores look like together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.benchmark.distribution import Distribution, distribution

SCORES = st.lists(st.floats(0, 100), min_size=1, max_size=30)


def test_seven_economies_have_quartiles_and_no_extremes() -> None:
    found = distribution([90, 20, 35, 50, 35, 65, 80])

    assert found == Distribution(n=7, mean=375 / 7, q1=35, median=50, q3=72.5, minimum=None, maximum=None)


@pytest.mark.parametrize(("n", "shows_extremes"), [(1, False), (5, False), (7, False), (8, True), (21, True)])
def test_extremes_are_one_economys_own_value_and_shown_from_eight(n: int, shows_extremes: bool) -> None:  # noqa: FBT001 - a truth table
    found = distribution([float(k) for k in range(n)])

    assert found.n == n
    assert (found.minimum, found.maximum) == ((0, n - 1) if shows_extremes else (None, None))


@pytest.mark.parametrize(
    ("scores", "quartiles"),
    [
        ([7], (7, 7, 7)),
        ([10, 20], (12.5, 15, 17.5)),
        ([10, 20, 40, 60, 100], (20, 40, 60)),
        ([1, 2, 3, 4], (1.75, 2.5, 3.25)),
        ([50] * 6, (50, 50, 50)),
    ],
)
def test_quantiles_are_of_type_7(scores: list[float], quartiles: tuple[float, float, float]) -> None:
    found = distribution(scores)

    assert (found.q1, found.median, found.q3) == pytest.approx(quartiles)


@pytest.mark.fuzz
@given(SCORES, st.randoms(use_true_random=False))
def test_figures_lie_in_order_and_do_not_depend_on_the_order_of_economies(
    scores: list[float], chance: np.random.RandomState
) -> None:
    shuffled = list(scores)
    chance.shuffle(shuffled)

    found = distribution(scores)

    assert distribution(shuffled) == found
    assert min(scores) <= found.q1 <= found.median <= found.q3 <= max(scores)
    assert min(scores) - 1e-9 <= found.mean <= max(scores) + 1e-9


@pytest.mark.fuzz
@given(SCORES)
def test_quantiles_are_those_of_the_definition(scores: list[float]) -> None:
    """Between two neighbours in proportion, at (n - 1) p (Hyndman and Fan 1996, type 7)."""
    ordered = sorted(scores)

    def quantile(share: float) -> float:
        h = (len(ordered) - 1) * share
        below = int(h)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (h - below) * (ordered[above] - ordered[below])

    found = distribution(scores)

    assert (found.q1, found.median, found.q3) == pytest.approx((quantile(0.25), quantile(0.5), quantile(0.75)), abs=1e-9)
