"""What closing a gap would bring, and which gap to take up first."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.answers import Answer
from app.domain.questionnaire.document import Aggregation, Questionnaire, Rounding
from app.domain.scoring.gaps import Priorities, Wish, observed_weights, priorities, target_of
from app.domain.scoring.sheet import score
from tests import builders as make
from tests.domain.documents import Answered, answered

TO_75 = Wish("A", 75, {}, {})


def found(document: Questionnaire, answers: dict[str, Answer], wish: Wish = TO_75) -> Priorities:
    return priorities(document, score(document, answers), wish)


def three(first: float, second: float, third: float) -> Questionnaire:
    """Make three percentages with weights of 10, 5 and 85."""
    items = [make.percent(f"I{n}", weight=weight) for n, weight in enumerate((first, second, third), start=1)]
    return make.questionnaire(make.section("A", *items))


def test_the_example_of_the_method_comes_out_as_printed() -> None:
    """E4: the lowest score is not the first to raise."""
    gaps = found(three(0.10, 0.05, 0.85), make.answers(I1=25, I2=0, I3=80)).gaps

    assert [gap.code for gap in gaps] == ["I1", "I2", "I3"]
    assert [gap.gain for gap in gaps] == pytest.approx([5.0, 3.75, 0.0], abs=1e-9)
    assert [gap.priority for gap in gaps] == pytest.approx([5.0, 3.75, 0.0], abs=1e-9)
    assert [(gap.weight, gap.gap) for gap in gaps] == [pytest.approx(pair) for pair in [(0.10, 50), (0.05, 75), (0.85, 0)]]


def test_a_sibling_without_an_answer_leaves_its_weight_to_the_others() -> None:
    """E4: 40 and 80 and one that is not available; the mean is 60, and 77.5 with 75 for 40."""
    document = three(1, 1, 1)

    result = found(document, make.answers(I1=40, I2=80, I3=make.NOT_AVAILABLE))

    first = result.gaps[0]
    assert (first.code, first.weight, first.gap) == ("I1", 0.5, 35)
    assert first.gain == pytest.approx(17.5, abs=1e-9)
    assert [item.code for item in result.unanswered] == ["I3"]


def test_what_is_not_answered_is_to_be_answered_first_and_what_does_not_apply_is_not() -> None:
    document = make.questionnaire(
        make.section(
            "A",
            *(make.percent(f"I{n}", na_allowed=True) for n in range(1, 5)),
            make.percent("I5", show_if=make.at_least("I1", 50)),
        )
    )

    result = found(document, make.answers(I1=10, I2=make.DECLINED, I3=make.NOT_APPLICABLE))

    assert [item.code for item in result.unanswered] == ["I2", "I4"]
    assert [gap.code for gap in result.gaps] == ["I1"]


def test_urgency_raises_a_priority_and_effort_lowers_it() -> None:
    document, answers = three(0.10, 0.05, 0.85), make.answers(I1=25, I2=0, I3=80)

    gaps = found(document, answers, Wish("A", 75, {"I2": 3}, {"I1": 2})).gaps

    assert [(gap.code, gap.urgency, gap.effort) for gap in gaps] == [("I2", 3, 1), ("I1", 1, 2), ("I3", 1, 1)]
    assert [gap.priority for gap in gaps] == pytest.approx([11.25, 2.5, 0.0], abs=1e-9)


def test_of_equal_priorities_the_heavier_comes_first_then_the_earlier_code() -> None:
    document = make.questionnaire(
        make.section("A", *(make.percent(f"I{n}", weight=weight) for n, weight in ((3, 1), (1, 1), (2, 2))))
    )

    gaps = found(document, make.answers(I1=25, I2=50, I3=25)).gaps

    assert [gap.code for gap in gaps] == ["I2", "I1", "I3"]


def test_under_a_geometric_mean_the_gain_is_what_the_mean_would_really_gain() -> None:
    document = make.questionnaire(
        make.section("A", make.percent("I1"), make.percent("I2")), nodes=[make.node("A", aggregation=Aggregation.GEOMETRIC)]
    )

    gaps = found(document, make.answers(I1=25, I2=100), Wish("A", 100, {}, {})).gaps

    assert gaps[0].gain == pytest.approx(100 - 50)
    assert gaps[0].weight * gaps[0].gap == pytest.approx(37.5)


def test_a_node_of_nothing_answered_has_no_gaps() -> None:
    result = found(three(1, 1, 1), {})

    assert (result.value, result.gaps, [item.code for item in result.unanswered]) == (None, (), ["I1", "I2", "I3"])


@pytest.mark.parametrize(
    ("own", "median", "expected"), [(75, 60, 75), (None, 60, 60), (None, None, 100), (0, 60, 0), (None, 0, 0)]
)
def test_the_own_target_counts_then_the_median_of_peers_then_the_scale(
    own: float | None, median: float | None, expected: float
) -> None:
    assert target_of(own, median, 100) == expected


def _is_arithmetic(document: Questionnaire) -> bool:
    scheme = document.scheme
    sums = {Aggregation.ARITHMETIC, Aggregation.WEIGHTED}
    return all(
        (node.aggregation or scheme.aggregation) in sums and (node.rounding or scheme.rounding) is None for node in scheme.nodes
    )


@pytest.mark.fuzz
@settings(deadline=None)
@given(answered(), st.floats(0, 100), st.data())
def test_a_gain_is_the_difference_that_scoring_again_makes_and_under_arithmetic_weight_times_gap(
    drawn: Answered, target: float, data: st.DataObject
) -> None:
    sheet = score(drawn.questionnaire, drawn.answers)
    node = data.draw(st.sampled_from(list(drawn.questionnaire.nodes)))
    scale = drawn.questionnaire.scheme.scale

    result = priorities(drawn.questionnaire, sheet, Wish(node, target * scale / 100, {}, {}))

    for gap in result.gaps:
        assert gap.gap == max(0, gap.target - gap.score)
        assert -1e-9 <= gap.gain <= scale + 1e-9
        if _is_arithmetic(drawn.questionnaire):
            assert gap.gain == pytest.approx(gap.weight * gap.gap, abs=1e-9)
    if result.gaps:
        weights = observed_weights(drawn.questionnaire, sheet, node)
        assert sum(weights.values()) == pytest.approx(1)
        assert set(weights) == {gap.code for gap in result.gaps}


def test_rounded_tiers_gain_what_their_published_score_gains() -> None:
    document = three(1, 1, 1)
    scheme = document.scheme.model_copy(update={"rounding": Rounding(decimals=0)})
    document = document.model_copy(update={"scheme": scheme})

    gaps = found(document, make.answers(I1=74, I2=80, I3=80)).gaps

    assert gaps[0].gain == 0


def test_a_raised_answer_of_the_form_gains_what_was_said() -> None:
    """The whole way: answer anew, score anew."""
    document = three(2, 1, 1)
    before = score(document, make.answers(I1=25, I2=0, I3=80)).nodes["A"].value
    after = score(document, make.answers(I1=75, I2=0, I3=80)).nodes["A"].value
    gaps = found(document, make.answers(I1=25, I2=0, I3=80), TO_75).gaps

    assert before is not None
    assert after is not None
    assert gaps[0].gain == pytest.approx(after - before, abs=1e-9)
