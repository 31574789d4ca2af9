"""The sum that a reader can redo by hand."""

from __future__ import annotations

import pytest
from hypothesis import given

from app.domain.questionnaire.document import Aggregation, Rounding, Scheme
from app.domain.scoring.explain import Term, explain
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.sheet import score
from tests import builders as make
from tests.domain.documents import Answered, answered, trees

EXACT = 1e-9


def test_shares_are_those_of_the_children_that_are_there() -> None:
    document = make.small("worked_example")
    ticked = make.answer(("b", "c", "f"), left_out=("e",))
    sheet = score(document, make.answers(ORDINAL="3", CHECKLIST=ticked, NUMBER=make.DECLINED, FOURTH=make.NOT_APPLICABLE))

    found = explain(document, sheet, "D")

    assert [(term.code, term.weight, term.share, term.score, term.contribution, term.reason) for term in found.terms] == [
        ("ORDINAL", 2, pytest.approx(2 / 3), 75, pytest.approx(50), None),
        ("CHECKLIST", 1, pytest.approx(1 / 3), pytest.approx(60), pytest.approx(20), None),
        ("NUMBER", 1, None, None, None, Reason.DECLINED),
        ("FOURTH", 1, None, None, None, Reason.NOT_APPLICABLE),
    ]
    assert found.total == pytest.approx(70, abs=EXACT)
    assert (found.title, found.aggregation, found.minimum_coverage) == ("A dimension", Aggregation.WEIGHTED, 2 / 3)


def test_nodes_are_children_too_and_feed_what_they_have_even_unpublished() -> None:
    document = make.questionnaire(
        make.section("B", make.percent("I1"), make.percent("I2")),
        nodes=[make.node("A"), make.node("B", "A", weight=3)],
    )
    sheet = score(document, make.answers(I1=80.0))

    found = explain(document, sheet, "A")

    assert found.terms == (Term("B", "Node B", False, 3, 1, 80, 80, Reason.INSUFFICIENT_COVERAGE),)  # noqa: FBT003 - as in the fields


def test_without_an_answer_there_is_nothing_to_add_up() -> None:
    document = make.one_item(make.percent("I"))

    found = explain(document, score(document, {}), "A")

    assert found.total is None
    assert found.terms[0].reason is Reason.BLANK


def test_a_geometric_mean_has_shares_but_no_sum() -> None:
    document = make.small("geometric")
    sheet = score(document, make.answers(G1=80.0, G2=40.0, G3=20.0))

    found = explain(document, sheet, "GEOMETRIC")

    assert [term.share for term in found.terms] == [0.5, 0.25, 0.25]
    assert [term.contribution for term in found.terms] == [None, None, None]
    assert found.total == sheet.nodes["GEOMETRIC"].value


@pytest.mark.parametrize("aggregation", [Aggregation.WEIGHTED, Aggregation.GEOMETRIC, Aggregation.HARMONIC])
def test_the_total_is_what_stood_before_rounding(aggregation: Aggregation) -> None:
    document = make.questionnaire(
        make.section("A", make.percent("I1"), make.percent("I2", weight=2)),
        scheme=Scheme(aggregation=aggregation, rounding=Rounding(decimals=0)),
    )
    sheet = score(document, make.answers(I1=30.0, I2=40.0))

    found = explain(document, sheet, "A")

    assert found.rounding == Rounding(decimals=0)
    assert found.total is not None
    assert found.total != sheet.nodes["A"].value == round(found.total)


@pytest.mark.fuzz
@given(answered())
def test_the_total_is_the_value_of_every_node_and_contributions_add_up_to_it(drawn: Answered) -> None:
    document = drawn.questionnaire
    sheet = score(document, drawn.answers)

    for code, node in sheet.nodes.items():
        found = explain(document, sheet, code)
        present = [term for term in found.terms if term.score is not None]
        if node.value is None:
            assert (found.total, present) == (None, [])
            continue
        assert found.total == pytest.approx(node.value, abs=EXACT)
        assert sum(term.share or 0 for term in present) == pytest.approx(1, abs=EXACT)
        if found.aggregation is Aggregation.WEIGHTED:
            assert sum(term.contribution or 0 for term in present) == pytest.approx(node.value, abs=EXACT)


@pytest.mark.fuzz
@given(answered(lambda: trees(rounds=True)))
def test_the_total_rounds_to_the_value_of_its_node(drawn: Answered) -> None:
    document = drawn.questionnaire
    sheet = score(document, drawn.answers)

    for code, node in sheet.nodes.items():
        found = explain(document, sheet, code)
        assert found.rounding is not None
        if node.value is not None:
            assert found.total == pytest.approx(node.value, abs=0.5 / 10**found.rounding.decimals + EXACT)
