"""Children become their node: means, rounding, tiers and coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.domain.answers import Value
from app.domain.questionnaire.document import Aggregation, Questionnaire
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.means import mean
from app.domain.scoring.plan import Plan, PlannedNode, ancestors, plan
from app.domain.scoring.sheet import score
from tests import builders as make

EXACT = 1e-9


def same_for_each(document: Questionnaire, *shares: float | None) -> dict[str, float | None]:
    """Give every page of the document the same shares, and return the nodes' scores."""
    given = {
        item.code: make.NOT_AVAILABLE if share is None else make.answer(share)
        for section in document.sections
        for item, share in zip(section.items, shares, strict=True)
    }
    return {code: node.value for code, node in score(document, given).nodes.items()}


def test_the_three_means_of_the_same_shares_differ_as_they_should() -> None:
    found = same_for_each(make.small("geometric"), 80.0, 40.0, 20.0)

    assert found["WEIGHTED"] == pytest.approx((2 * 80 + 40 + 20) / 4, abs=EXACT)
    assert found["GEOMETRIC"] == pytest.approx((80**2 * 40 * 20) ** (1 / 4), abs=EXACT)
    assert found["HARMONIC"] == pytest.approx(4 / (2 / 80 + 1 / 40 + 1 / 20), abs=EXACT)


def test_one_zero_makes_a_geometric_and_a_harmonic_mean_zero() -> None:
    assert same_for_each(make.small("geometric"), 80.0, 40.0, 0.0) == {"WEIGHTED": 50, "GEOMETRIC": 0, "HARMONIC": 0}


def test_equal_shares_give_the_same_mean_to_the_last_digit() -> None:
    assert same_for_each(make.small("geometric"), 100.0, 100.0, 100.0) == dict.fromkeys(
        ("WEIGHTED", "GEOMETRIC", "HARMONIC"), 100
    )
    assert same_for_each(make.small("geometric"), 0.1, 0.1, 0.1) == dict.fromkeys(("WEIGHTED", "GEOMETRIC", "HARMONIC"), 0.1)


def test_a_missing_child_leaves_every_mean_to_the_others() -> None:
    found = same_for_each(make.small("geometric"), 80.0, None, 20.0)

    assert found["WEIGHTED"] == pytest.approx(60, abs=EXACT)
    assert found["GEOMETRIC"] == pytest.approx((80**2 * 20) ** (1 / 3), abs=EXACT)
    assert found["HARMONIC"] == pytest.approx(3 / (2 / 80 + 1 / 20), abs=EXACT)


def test_with_nothing_observed_there_is_no_mean_at_all() -> None:
    assert same_for_each(make.small("geometric"), None, None, None) == dict.fromkeys(("WEIGHTED", "GEOMETRIC", "HARMONIC"), None)


@pytest.mark.parametrize("aggregation", list(Aggregation))
def test_a_mean_of_nothing_is_missing_and_one_of_the_smallest_numbers_does_not_fail(aggregation: Aggregation) -> None:
    scores = np.array([[np.nan, np.nan], [5e-324, 5e-324], [0.0, 100.0]])

    found = mean(scores, np.array([1.0, 1.0]), aggregation)

    assert math.isnan(found[0])
    assert found[1] == 5e-324
    middles = {Aggregation.GEOMETRIC: 0.0, Aggregation.HARMONIC: 0.0, Aggregation.SHIFTED_GEOMETRIC: 100 * 9 / 99}
    assert found[2] == pytest.approx(middles.get(aggregation, 50.0), abs=1e-12)


def test_four_tiers_feed_each_other() -> None:
    document = make.small("four_tiers")

    nodes = score(document, make.answers(I1=100.0, I2=20.0, I3=60.0, I4=10.0)).nodes

    assert nodes["THEME"].value == pytest.approx((100 + 3 * 20) / 4, abs=EXACT)
    assert nodes["DOMAIN"].value == pytest.approx((40 + 60) / 2, abs=EXACT)
    assert nodes["INDEX"].value == pytest.approx((3 * 50 + 10) / 4, abs=EXACT)
    assert nodes["INDEX"].coverage == 1


def test_coverage_counts_the_weights_of_the_leaves_however_deep_they_stand() -> None:
    document = make.small("four_tiers")

    nodes = score(document, make.answers(I1=100.0, I4=10.0)).nodes

    assert nodes["THEME"].coverage == pytest.approx(1 / 4, abs=EXACT)
    assert nodes["DOMAIN"].coverage == pytest.approx(1 / 8, abs=EXACT)
    assert nodes["INDEX"].coverage == pytest.approx((3 / 8 + 1) / 4, abs=EXACT)


@pytest.mark.parametrize(("first", "index"), [((0.25, 0.25), 0.4), ((0.2, 0.3), 0.4), ((0.2, 0.2), 0.3)])
def test_a_rounded_tier_feeds_its_rounded_score(first: tuple[float, float], index: float) -> None:
    document = make.small("rounded_tiers")

    nodes = score(document, make.answers(A1=first[0], A2=first[1], B1=0.45)).nodes

    assert nodes["FIRST"].value == pytest.approx(0.3 if sum(first) == 0.5 else 0.2)
    assert nodes["SECOND"].value == 0.45
    assert nodes["INDEX"].value == index


def test_the_plan_lays_children_before_parents_whatever_the_order_written() -> None:
    document = make.small("four_tiers")
    scheme = plan(document)

    assert scheme.items == ("I1", "I2", "I3", "I4")
    assert [node.code for node in scheme.nodes] == ["THEME", "DOMAIN", "OTHER", "INDEX"]
    for position, node in enumerate(scheme.nodes):
        assert all(child < len(scheme.items) + position for child in node.children)


def test_a_node_may_have_rules_of_its_own_beside_those_of_the_scheme() -> None:
    scheme = plan(make.small("rounded_tiers"))

    first, second, index = scheme.nodes
    assert (first.rounding, index.rounding) == (index.rounding, first.rounding)
    assert second.rounding is not None
    assert (second.rounding.decimals, second.rounding.rule) == (2, "half_even")
    assert first.aggregation is Aggregation.ARITHMETIC
    own = plan(make.questionnaire(make.section("A", make.percent("I")), nodes=[make.node("A", minimum_coverage=0.9)]))
    assert own.nodes[0].minimum_coverage == 0.9


def test_ancestors_are_named_nearest_first_and_a_circle_or_a_gap_ends_them() -> None:
    document = make.small("four_tiers")
    circle = make.questionnaire(
        make.section("A", make.percent("I")), nodes=[make.node("A", "B"), make.node("B", "C"), make.node("C", "B")]
    )
    gap = make.questionnaire(make.section("A", make.percent("I")), nodes=[make.node("A", "B"), make.node("B", "GONE")])

    assert ancestors(document, "THEME") == ("DOMAIN", "INDEX")
    assert ancestors(document, "INDEX") == ()
    assert ancestors(circle, "A") == ("B", "C")
    assert ancestors(gap, "A") == ("B",)


def test_a_score_on_an_item_that_does_not_apply_is_not_looked_at() -> None:
    scheme = plan(make.one_item(make.percent("I")))

    found = aggregate(scheme, np.array([[70.0]]), np.array([[False]]))

    assert math.isnan(found.scores[0, 0])
    assert not found.is_applicable[0, 0]
    assert found.coverage[0, 0] == 0


@pytest.mark.parametrize(("days", "share"), [(1.0, 100), (1_000.0, 0), (0.0, 100), (31.6227766017, 50), (1e9, 0)])
def test_numbers_on_a_log_scale_reach_their_node(days: Value, share: float) -> None:
    found = make.node_score(make.small("log_goalposts"), make.answers(L=days), "LESS")

    assert found.score == pytest.approx(share, abs=1e-6)


def test_a_node_that_nothing_feeds_is_empty_and_leaves_the_others_alone() -> None:
    full = PlannedNode("FULL", np.array([0, 1]), np.array([1.0, 1.0]), Aggregation.WEIGHTED, None, 0.0)
    empty = PlannedNode("EMPTY", np.array([], dtype=np.intp), np.array([]), Aggregation.WEIGHTED, None, 0.0)
    top = PlannedNode("TOP", np.array([2, 3]), np.array([1.0, 1.0]), Aggregation.WEIGHTED, None, 0.0)
    everything = np.ones((1, 2), dtype=np.bool_)

    found = aggregate(Plan(("I", "J"), (full, empty, top), 100.0), np.array([[20.0, 40.0]]), everything)

    assert found.scores[0, [0, 2]].tolist() == [30, 30]
    assert math.isnan(found.scores[0, 1])
    assert (found.coverage[0, 1], found.is_applicable[0, 1]) == (0, False)
    assert found.coverage[0, 2] == 1
