"""Which scores too few answers leave empty, and which questions are open there."""

from __future__ import annotations

import pytest

from app.domain.questionnaire.document import Questionnaire
from app.domain.scoring.shortfall import shortfalls
from tests import builders as make


def two_parts() -> Questionnaire:
    """Make two scores of three questions each, of which two thirds must be answered."""
    return make.questionnaire(
        make.section("A", *(make.percent(f"A{number}") for number in (1, 2, 3))),
        make.section("B", *(make.percent(f"B{number}") for number in (1, 2, 3))),
    )


def test_a_score_with_too_few_answers_is_named_with_its_open_questions() -> None:
    given = make.answers(A1=10, A2=20, B1=30, B2=make.NOT_AVAILABLE)

    found = shortfalls(two_parts(), given)

    assert [(each.node.code, each.open) for each in found] == [("B", ("B3",))]
    assert [found[0].coverage, found[0].minimum] == pytest.approx([1 / 3, 2 / 3])


def test_nothing_is_named_where_enough_is_answered() -> None:
    assert shortfalls(two_parts(), make.answers(A1=10, A2=20, B1=30, B3=40)) == ()


def test_a_score_without_any_answer_is_named_and_one_that_does_not_apply_is_not() -> None:
    document = make.questionnaire(make.section("A", make.percent("A1")), make.section("B", make.percent("B1", na_allowed=True)))

    found = shortfalls(document, make.answers(B1=make.NOT_APPLICABLE))

    assert [(each.node.code, each.coverage, each.open) for each in found] == [("A", 0.0, ("A1",))]


def test_core_questions_alone_may_leave_scores_of_our_questionnaire_empty() -> None:
    """What the page of checking warns of: everything that sign-off asks for is there, and yet some scores are not."""
    document = make.read_clean(make.READINESS_FILE.read_bytes())
    core = {code: make.answer(3) for code, item in document.items.items() if item.core and item.type == "maturity"}

    found = shortfalls(document, core)

    assert found
    assert all(each.coverage < each.minimum and each.open for each in found)
