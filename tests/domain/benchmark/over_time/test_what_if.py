"""The estimate of how past scores would move: what stays is what a move keeps, and small groups are told as such."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.answers import Answer
from app.domain.benchmark.counts import Count, count_of
from app.domain.benchmark.over_time.lineage import carried_pairs
from app.domain.benchmark.over_time.what_if import NoFigures, kept_answers, what_if
from app.domain.questionnaire.moving import Outcome, plan_move
from tests.domain.documents import answers_to
from tests.reviews.test_moving import LATER
from tests.scenarios import SMALL, document

BEFORE, AFTER = document(SMALL), document(LATER)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_stays_is_what_a_move_keeps_by_itself(data: st.DataObject) -> None:
    answers: dict[str, Answer] = data.draw(answers_to(BEFORE))
    pairs = carried_pairs(BEFORE, AFTER)

    plan = plan_move(BEFORE, AFTER, pairs, answers)

    kept = {line.new: line.answer for line in plan.of(Outcome.KEEP)}
    assert kept_answers(pairs, AFTER, answers) == kept


def test_without_reviews_nothing_is_said() -> None:
    found = what_if(AFTER, [])

    assert [node.code for node in found] == list(AFTER.nodes)
    assert {(node.reviews, node.changes, node.reason) for node in found} == {(Count(0), None, NoFigures.TOO_FEW)}


@pytest.mark.parametrize(
    ("economies", "others", "count"),
    [
        (0, 9, Count(0)),
        (1, 9, Count(None, is_few=True)),
        (4, 0, Count(None, is_few=True)),
        (5, 0, Count(5)),
        (5, 4, Count(None, is_most=True)),
        (5, 5, Count(5)),
    ],
)
def test_neither_those_that_are_counted_nor_those_that_are_left_are_told_as_a_few(
    economies: int, others: int, count: Count
) -> None:
    assert count_of(economies, others) == count
