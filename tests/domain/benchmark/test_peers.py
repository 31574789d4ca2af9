"""Where a score stands among its peers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.benchmark.distribution import distribution
from app.domain.benchmark.peers import percentile

SEVEN = [20.0, 35.0, 35.0, 50.0, 65.0, 80.0, 90.0]
GROUPS = st.lists(st.floats(0, 100).map(lambda score: round(score, 6)), min_size=6, max_size=21)


@pytest.mark.parametrize(("own", "expected"), [(35, 100 * 2 / 7), (90, 100 * 6.5 / 7), (20, 100 * 0.5 / 7)])
def test_the_example_of_the_method_comes_out_as_printed(own: float, expected: float) -> None:
    """E5."""
    assert percentile(SEVEN, own) == pytest.approx(expected, abs=1e-12)
    shown = distribution(SEVEN)
    assert (shown.q1, shown.median, shown.q3) == (35, 50, 72.5)


@pytest.mark.parametrize(("count", "is_told"), [(4, False), (5, False), (6, True)])
def test_a_percentile_needs_six(count: int, is_told: bool) -> None:  # noqa: FBT001 - a claim of the row
    assert (percentile(SEVEN[:count], 20) is not None) is is_told


def test_scores_within_the_tolerance_are_equal() -> None:
    assert percentile([50 + 1e-10, *SEVEN], 50) == percentile([50, *SEVEN], 50) == percentile([50 - 1e-10, *SEVEN], 50)


def test_alike_scores_all_stand_in_the_middle() -> None:
    assert percentile([62.5] * 9, 62.5) == 50


@pytest.mark.fuzz
@given(GROUPS, st.data())
def test_nobody_stands_at_an_end_and_the_order_makes_no_difference(values: list[float], data: st.DataObject) -> None:
    own = data.draw(st.sampled_from(values))
    found = percentile(values, own)

    assert found is not None
    assert 0 < found < 100
    assert percentile(data.draw(st.permutations(values)), own) == found


@pytest.mark.fuzz
@given(GROUPS)
def test_a_higher_score_never_stands_lower_and_the_mean_stand_is_the_middle(values: list[float]) -> None:
    stands = [percentile(values, own) or 0 for own in sorted(values)]

    assert stands == sorted(stands)
    assert sum(stands) / len(stands) == pytest.approx(50)
