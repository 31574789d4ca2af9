"""One answer becomes one score, for every type of item and every series."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.answers import Answer, Value
from app.domain.questionnaire.items import Goalposts, Item, Tick
from app.domain.scoring.normalise import Series, as_it_applies, between, evidence_cap, item_score, most_that_counts
from tests import builders as make
from tests.domain.documents import items, replies, values

LOG = Goalposts(lo=1, hi=1_000, scale="log")
LOWER_IS_BETTER = Goalposts(lo=40, hi=5)


def share_of(x: float, goalposts: Goalposts) -> float:
    return float(between(np.array([[x]], dtype=np.float64), [goalposts])[0, 0])


def score_in(item: Item, answer: Answer, scale: float, series: Series) -> float:
    assert answer.value is not None
    applying = as_it_applies(item, answer)
    return min(item_score(applying, answer.value, scale), most_that_counts(applying, answer, scale, series))


@pytest.mark.parametrize(("level", "score"), [(1, 0), (2, 25), (3, 50), (4, 75), (5, 100)])
def test_levels_stand_evenly_from_nothing_to_everything(level: int, score: float) -> None:
    assert item_score(make.maturity("A"), level, 100) == score


def test_levels_may_have_points_of_their_own() -> None:
    item = make.maturity("A", [0, 10, 20, 60, 100])

    assert [item_score(item, level, 100) for level in range(1, 6)] == [0, 10, 20, 60, 100]


@pytest.mark.parametrize(("word", "score"), [("yes", 100), ("partly", 50), ("no", 0)])
def test_yes_is_everything_no_is_nothing_partly_is_half(word: str, score: float) -> None:
    assert item_score(make.yes_no("A", partly_allowed=True), word, 100) == score


def test_a_choice_scores_its_points() -> None:
    item = make.choice("A", {"none": 0, "draft": 30, "law": 100})

    assert [item_score(item, code, 100) for code in ("none", "draft", "law")] == [0, 30, 100]


@pytest.mark.parametrize(
    ("ticked", "score"),
    [((), 0), (("a",), 25), (("a", "b"), 50), (("a", "b", "c", "d"), 100), (("other",), 0), (("a", "other"), 25)],
)
def test_a_checklist_scores_the_share_that_is_ticked_and_other_never_counts(ticked: tuple[str, ...], score: float) -> None:
    options = [*(Tick(code=code, text=code) for code in "abcd"), Tick(code="other", text="Other", is_scored=False)]

    assert item_score(make.checklist("A", options), ticked, 100) == score


def test_ticks_may_weigh_differently() -> None:
    item = make.checklist("A", [Tick(code="a", text="A", weight=3), Tick(code="b", text="B")])

    assert [item_score(item, ticked, 100) for ticked in ((), ("b",), ("a",), ("a", "b"))] == [0, 25, 75, 100]


@pytest.mark.parametrize(("count", "score"), [(0, 0), (1, 50), (2, 100), (3, 100)])
def test_some_ticks_may_already_score_everything(count: int, score: float) -> None:
    assert item_score(make.checklist("A", "abc", full_at=2), tuple("abc"[:count]), 100) == score


TRANSPORT = make.small("checklist_options_not_applicable").items


@pytest.mark.parametrize(
    ("item", "ticked", "left_out", "score"),
    [
        ("COVERED", ("roads", "air"), (), 40),
        ("COVERED", ("roads", "air"), ("ports",), 200 / 3),
        ("COVERED", ("roads", "air"), ("rail", "ports"), 100),
        ("COVERED", ("other",), ("rail", "ports"), 0),
        ("COVERED", (), ("ports",), 0),
        ("FUNDED", ("roads", "rail"), (), 200 / 3),
        ("FUNDED", ("roads", "rail"), ("ports",), 200 / 3),
        ("FUNDED", ("roads", "rail"), ("ports", "air"), 100),
        ("FUNDED", ("roads",), ("rail", "ports", "air"), 100),
    ],
)
def test_options_that_do_not_apply_leave_both_sides_of_the_share(
    item: str, ticked: tuple[str, ...], left_out: tuple[str, ...], score: float
) -> None:
    answer = make.answer(ticked, left_out=left_out)

    assert score_in(TRANSPORT[item], answer, 100, Series.SELF) == pytest.approx(score)


@pytest.mark.parametrize(("left_out", "supported"), [((), 60), (("rail",), 75), (("ports",), 200 / 3), (("rail", "ports"), 100)])
def test_without_evidence_the_cap_is_that_of_the_options_which_apply(left_out: tuple[str, ...], supported: float) -> None:
    everything = tuple(code for code in ("roads", "rail", "ports", "air") if code not in left_out)

    bare = make.answer(everything, left_out=left_out)

    assert score_in(TRANSPORT["COVERED"], bare, 100, Series.EVIDENCE_SUPPORTED) == pytest.approx(supported)


@pytest.mark.parametrize(("share", "score"), [(0, 0), (12.5, 12.5), (100, 100)])
def test_a_percentage_scores_itself_unless_it_has_goalposts(share: float, score: float) -> None:
    assert item_score(make.percent("A"), share, 100) == score
    assert item_score(make.percent("A", Goalposts(lo=0, hi=50)), share, 100) == min(100, 2 * score)


@pytest.mark.parametrize(("x", "score"), [(40, 0), (5, 100), (12, 80), (1_000, 0), (-1, 100), (22.5, 50)])
def test_lower_is_better_where_lo_is_above_hi(x: float, score: float) -> None:
    assert 100 * share_of(x, LOWER_IS_BETTER) == pytest.approx(score, abs=1e-12)


@pytest.mark.parametrize("x", [40, 1e300, -1e300, 1.7e308, -1.7e308])
def test_outside_the_goalposts_nothing_is_added_or_lost(x: float) -> None:
    assert share_of(x, Goalposts(lo=0, hi=40)) == (1 if x > 0 else 0)


@pytest.mark.parametrize("x", [0, 0.0, -1, -1e300])
def test_on_a_log_scale_what_is_not_above_zero_lies_beyond_the_smaller_goalpost(x: float) -> None:
    assert share_of(x, LOG) == 0
    assert share_of(x, Goalposts(lo=1_000, hi=1, scale="log")) == 1


@pytest.mark.parametrize(("x", "share"), [(1, 0), (10, 1 / 3), (100, 2 / 3), (1_000, 1), (0.5, 0), (1e300, 1), (5e-324, 0)])
def test_on_a_log_scale_equal_factors_are_equal_steps(x: float, share: float) -> None:
    assert share_of(x, LOG) == pytest.approx(share, abs=1e-15)


def test_on_a_log_scale_lower_may_be_better() -> None:
    lower = Goalposts(lo=1_000, hi=1, scale="log")

    assert share_of(10, lower) == pytest.approx(2 / 3)
    assert share_of(0.5, lower) == 1


def test_scores_follow_the_scale_of_the_scheme() -> None:
    assert item_score(make.maturity("A"), 2, 1) == 0.25
    assert item_score(make.yes_no("A", partly_allowed=True), "partly", 10) == 5
    assert item_score(make.choice("A", {"a": 0, "b": 0.4}), "b", 1) == pytest.approx(0.4)
    assert item_score(make.percent("A"), 30, 1) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("item", "value"),
    [
        (make.text("A"), "words"),
        (make.number("A", goalposts=None, scored=False), 3.0),
        (make.maturity("A"), "3"),
        (make.yes_no("A"), 1),
    ],
    ids=["text", "number without goalposts", "level as text", "yes as number"],
)
def test_what_cannot_be_scored_is_an_error_not_a_zero(item: Item, value: Value) -> None:
    with pytest.raises(ValueError, match="no score"):
        item_score(item, value, 100)


# Series


@pytest.mark.parametrize(
    ("item", "value", "supported"),
    [
        (make.maturity("A", evidence=make.evidence(4)), 5, 50),
        (make.maturity("A", evidence=make.evidence(4)), 3, 50),
        (make.maturity("A", evidence=make.evidence(4)), 2, 25),
        (make.maturity("A", evidence=make.evidence(1)), 5, 0),
        (make.maturity("A", [0, 10, 20, 60, 100], evidence=make.evidence(4)), 5, 20),
        (make.maturity("A", evidence=make.evidence(4, cap=60)), 5, 60),
        (make.maturity("A"), 5, 100),
        (make.yes_no("A", evidence=make.evidence(1)), "yes", 0),
        (make.yes_no("A", partly_allowed=True, evidence=make.evidence(1)), "partly", 0),
        (make.yes_no("A", evidence=make.evidence(1, cap=40)), "yes", 40),
        (make.yes_no("A"), "yes", 100),
        (make.checklist("A", "abcd", evidence=make.evidence(3)), ("a", "b", "c"), 50),
        (make.checklist("A", "abcd", evidence=make.evidence(3)), ("a",), 25),
        (make.checklist("A", "abcd"), ("a", "b", "c"), 75),
        (make.choice("A", {"a": 0, "b": 100}, evidence=make.evidence(cap=25)), "b", 25),
        (make.choice("A", {"a": 0, "b": 100}, evidence=make.evidence(1)), "b", 100),
        (make.percent("A", evidence=make.evidence(1)), 90.0, 90),
        (make.number("A", evidence=make.evidence(cap=30)), 90.0, 30),
    ],
)
def test_without_evidence_an_answer_counts_up_to_its_cap(item: Item, value: Value, supported: float) -> None:
    bare, supported_by = make.answer(value), make.answer(value, "https://example.org/evidence")

    assert score_in(item, bare, 100, Series.EVIDENCE_SUPPORTED) == supported
    assert score_in(item, supported_by, 100, Series.EVIDENCE_SUPPORTED) == item_score(item, value, 100)
    assert score_in(item, bare, 100, Series.SELF) == item_score(item, value, 100)


def test_caps_follow_the_scale_of_the_scheme() -> None:
    assert evidence_cap(make.checklist("A", "ab", evidence=make.evidence(2)), 1) == 0.5
    assert evidence_cap(make.maturity("A", evidence=make.evidence(4)), 10) == 5


# Laws


@pytest.mark.fuzz
@given(items("A").flatmap(lambda item: st.tuples(st.just(item), values(item))))
def test_a_score_lies_within_the_scale(drawn: tuple[Item, Value]) -> None:
    item, value = drawn

    assert 0 <= item_score(item, value, 100) <= 100


@pytest.mark.fuzz
@given(items("A").flatmap(lambda item: st.tuples(st.just(item), replies(item))))
def test_evidence_never_lowers_a_score(drawn: tuple[Item, Answer]) -> None:
    item, reply = drawn
    if reply.value is None:
        return
    asking = item.model_copy(update={"evidence": make.evidence(1)})

    assert score_in(asking, reply, 100, Series.EVIDENCE_SUPPORTED) <= score_in(asking, reply, 100, Series.SELF)


FINITE = st.floats(min_value=-1e100, max_value=1e100)


@pytest.mark.fuzz
@given(FINITE, FINITE, FINITE, FINITE)
def test_nearer_to_the_better_goalpost_is_never_worse(x: float, y: float, lo: float, hi: float) -> None:
    if lo == hi:
        return
    goalposts = Goalposts(lo=lo, hi=hi)
    worse, better = (min(x, y), max(x, y)) if lo < hi else (max(x, y), min(x, y))

    assert 0 <= share_of(worse, goalposts) <= share_of(better, goalposts) <= 1
    assert share_of(lo, goalposts) == 0
    assert math.isclose(share_of(hi, goalposts), 1)
