"""What a scheme may name besides the mean: other means by tier, availability as published indices count it, reviewed levels."""

from __future__ import annotations

import math

import pytest

from app.domain.answers import Answer, AnswerState
from app.domain.questionnaire.document import Aggregation
from app.domain.questionnaire.normalisation import Normalisation, Relative
from app.domain.scoring.explain import explain
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import score, score_all
from app.kit.errors import Invalid
from tests import builders as make


def code_of(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return refused.value.problems[0].code


def test_questions_meet_in_a_plain_mean_and_parts_in_a_geometric_one() -> None:
    document = make.small("arithmetic_then_geometric")

    nodes = score(document, make.answers(A1=20.0, A2=80.0, B1=8.0)).nodes

    assert nodes["P1"].score == 50
    assert nodes["TOP"].score == pytest.approx(math.sqrt(50 * 8))
    assert explain(document, score(document, make.answers(A1=20.0)), "TOP").aggregation is Aggregation.GEOMETRIC


def test_a_shifted_geometric_mean_lies_between_nothing_and_the_arithmetic_one() -> None:
    document = make.small("arithmetic_then_geometric")

    found = make.node_score(document, make.answers(S1=60.0, S2=50.0, S3=0.0, S4=90.0), "SHIFTED")

    assert found.score == pytest.approx(26.570787873915254)


def test_a_part_with_too_few_children_is_dropped_and_missing_above() -> None:
    document = make.small("availability")
    given = make.answers(A1=100.0, A2=100.0, A3=100.0, B1=20.0, B2=20.0)

    nodes = score(document, given).nodes

    assert (nodes["D1"].value, nodes["D1"].coverage, nodes["D1"].reason) == (None, 0.6, Reason.INSUFFICIENT_COVERAGE)
    assert (nodes["ALL"].score, nodes["ALL"].coverage) == (20, 0.5)
    assert (nodes["ALL"].floor, nodes["ALL"].ceiling) == (None, None), "with children dropped, ends would not lie on either side"


def test_exactly_the_share_is_enough() -> None:
    document = make.questionnaire(
        make.section("A", *(make.percent(f"I{k}") for k in range(3))),
        scheme=make.small("availability").scheme,
    )

    assert make.node_score(document, make.answers(I0=30.0, I2=60.0)).score == 45


def test_the_reviewed_series_takes_what_was_agreed_and_nothing_else() -> None:
    document = make.questionnaire(make.section("A", make.maturity("I"), make.maturity("J"), make.percent("K", na_allowed=True)))
    own = make.answers(I=5, J=5, K=90.0)
    agreed = make.answers(I=3) | {"K": Answer(AnswerState.NOT_APPLICABLE, reason="There is none.")}

    sheet = score(document, own, Series.REVIEWED, agreed=agreed)

    assert (sheet.items["I"].score, sheet.items["J"].reason) == (50, Reason.NOT_REVIEWED)
    assert sheet.items["K"].reason is Reason.NOT_APPLICABLE
    assert (sheet.nodes["A"].value, sheet.nodes["A"].coverage) == (50, 0.5)


def test_an_agreed_level_may_be_above_ones_own() -> None:
    document = make.one_item(make.maturity("I"))

    assert score(document, make.answers(I=2), Series.REVIEWED, agreed=make.answers(I=4)).nodes["A"].score == 75


def test_there_is_no_reviewed_series_without_a_peer_review() -> None:
    document = make.one_item(make.percent("I"))

    with pytest.raises(Invalid) as refused:
        score_all(document, [make.answers(I=5.0)], Series.REVIEWED)

    assert code_of(refused) == "scoring.not_reviewed"


def test_a_geometric_mean_of_what_lies_below_zero_is_said_not_to_exist() -> None:
    document = make.questionnaire(
        make.section("A", make.number("I", goalposts=None, normalisation=Normalisation(method=Relative.Z_SCORE))),
        nodes=[make.node("A", aggregation=Aggregation.GEOMETRIC)],
    )

    low, high = score_all(document, [make.answers(I=1.0), make.answers(I=2.0)])

    assert (low.nodes["A"].score, low.nodes["A"].reason) == (None, Reason.UNDEFINED)
    assert high.nodes["A"].score is not None
