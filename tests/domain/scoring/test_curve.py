"""The curve of a figure and the points of an answer are those that scoring gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.domain.questionnaire.items import Goalposts, Tick
from app.domain.scoring.curve import Curve, Figure, curve_of, points_of
from app.domain.scoring.normalise import item_score
from tests import builders as make


def drawn(item: Figure, scale: float = 100) -> Curve:
    curve = curve_of(item, scale)
    assert curve is not None
    return curve


_POST = some.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))


@settings(deadline=None)
@given(_POST, _POST, some.sampled_from([1.0, 10.0, 100.0]))
def test_every_point_of_a_curve_is_the_score_of_its_value(lo: float, hi: float, scale: float) -> None:
    item = make.number("N", lo, hi)

    curve = curve_of(item, scale)

    if lo == hi:
        assert curve is None
        return
    assert curve is not None
    for spot in (*curve.spots, *curve.marks):
        assert spot.points == item_score(item, spot.value, scale)
        assert 0 <= spot.points <= scale
    assert [spot.value for spot in curve.spots] == sorted(spot.value for spot in curve.spots)


@settings(deadline=None)
@given(some.floats(1e-6, 1e6), some.floats(1e-6, 1e6))
def test_on_a_logarithmic_scale_too(lo: float, hi: float) -> None:
    item = make.number("N", lo, hi, "log")

    curve = curve_of(item, 100)

    assert (curve is None) is (lo == hi) or abs(lo - hi) < 1e-9
    for spot in () if curve is None else (*curve.spots, *curve.marks):
        assert spot.value > 0
        assert spot.points == item_score(item, spot.value, 100)


def test_a_few_values_can_be_read_with_the_goalposts_among_them() -> None:
    curve = drawn(make.number("N", 0, 50))

    assert [(mark.value, mark.points) for mark in curve.marks] == [(0, 0), (12.5, 25), (25, 50), (37.5, 75), (50, 100)]


def test_where_lower_is_better_the_curve_falls() -> None:
    points = [spot.points for spot in drawn(make.number("N", 40, 10)).spots]

    assert points == sorted(points, reverse=True)
    assert (points[0], points[-1]) == (100, 0)


def test_each_factor_is_worth_the_same_on_a_logarithmic_scale() -> None:
    curve = drawn(make.number("N", 1, 10_000, "log"))

    assert curve.is_log
    assert [(mark.value, round(mark.points, 9)) for mark in curve.marks] == [
        (1, 0),
        (10, 25),
        (100, 50),
        (1000, 75),
        (10_000, 100),
    ]


def test_nothing_is_drawn_that_cannot_be_answered() -> None:
    percent = drawn(make.percent("P", Goalposts(lo=20, hi=100)))
    counted = drawn(make.number("N", 0, 10, minimum=0, maximum=8))

    assert (percent.spots[0].value, percent.spots[-1].value) == (8, 100)
    assert (counted.spots[0].value, counted.spots[-1].value) == (0, 8)


@pytest.mark.parametrize(
    "posts",
    [Goalposts(lo=5, hi=5), Goalposts(lo=0, hi=10, scale="log"), Goalposts(lo=-1, hi=10, scale="log"), Goalposts(lo=0, hi=1e99)],
)
def test_without_two_goalposts_that_differ_there_is_no_curve(posts: Goalposts) -> None:
    assert curve_of(make.number("N").model_copy(update={"goalposts": posts}), 100) is None


def test_a_number_without_goalposts_has_no_curve_and_a_percentage_is_its_own() -> None:
    bare = make.number("N").model_copy(update={"goalposts": None})

    assert curve_of(bare, 100) is None
    assert [mark.points for mark in drawn(make.percent("P")).marks] == [0, 25, 50, 75, 100]


def test_each_answer_that_can_be_chosen_has_its_points() -> None:
    ticks = [Tick(code="a", text="A", weight=3), Tick(code="b", text="B"), Tick(code="c", text="Other", is_scored=False)]
    found = [
        points_of(item, 100)
        for item in (
            make.maturity("M"),
            make.yes_no("Y", partly_allowed=True),
            make.choice("C", {"a": 0, "b": 40}),
            make.checklist("T", ticks),
            make.text("W"),
        )
    ]

    assert [[(each.answer, each.points) for each in given] for given in found] == [
        [("1", 0), ("2", 25), ("3", 50), ("4", 75), ("5", 100)],
        [("yes", 100), ("partly", 50), ("no", 0)],
        [("a", 0), ("b", 40)],
        [("a", 75), ("b", 25)],
        [],
    ]
