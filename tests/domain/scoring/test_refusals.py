"""What cannot be scored is refused with a code before any number is computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.domain.answers import Answer, AnswerState
from app.domain.questionnaire.document import Aggregation
from app.domain.scoring.aggregate import aggregate
from app.domain.scoring.explain import explain
from app.domain.scoring.plan import Plan, PlannedNode, plan
from app.domain.scoring.sheet import score
from app.kit.errors import Invalid
from app.questionnaires.service import check_file
from tests import builders as make

NUMBER = make.one_item(make.number("I"))
PLAN = plan(make.questionnaire(make.section("A", make.percent("I"), make.percent("J"))))
ALL = np.ones((1, 2), dtype=np.bool_)


def weighted(*weights: float) -> Plan:
    children = np.arange(len(weights), dtype=np.intp)
    node = PlannedNode("A", children, np.array(weights), Aggregation.WEIGHTED, None, 0)
    return Plan(tuple(f"I{k}" for k in children), (node,), 100)


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "an answer that is no number": (lambda: score(NUMBER, make.answers(I=math.nan)), "scoring.not_finite"),
    "an infinite answer": (lambda: score(NUMBER, make.answers(I=math.inf)), "scoring.not_finite"),
    "words for a number": (lambda: score(NUMBER, make.answers(I="many")), "scoring.not_finite"),
    "answered without a value": (lambda: score(NUMBER, {"I": Answer(AnswerState.ANSWERED)}), "scoring.no_value"),
    "an infinite score": (lambda: aggregate(PLAN, np.array([[1.0, -math.inf]]), ALL), "scoring.not_finite"),
    "no economy": (lambda: aggregate(PLAN, np.empty((0, 2)), np.ones((0, 2), dtype=np.bool_)), "scoring.no_economy"),
    "a column too many": (lambda: aggregate(PLAN, np.ones((1, 3)), np.ones((1, 3), dtype=np.bool_)), "scoring.shape"),
    "tables of two sizes": (lambda: aggregate(PLAN, np.ones((1, 2)), np.ones((2, 2), dtype=np.bool_)), "scoring.shape"),
    "a weight of zero": (lambda: weighted(1, 0), "scoring.weight_not_positive"),
    "a weight below zero": (lambda: weighted(1, -1), "scoring.weight_not_positive"),
    "a weight that is no number": (lambda: weighted(1, math.nan), "scoring.weight_not_positive"),
    "an infinite weight": (lambda: weighted(1, math.inf), "scoring.weight_not_positive"),
    "a weight too few": (lambda: replace(PLAN, nodes=(replace(PLAN.nodes[0], weights=np.ones(1)),)), "scoring.shape"),
    "a scale of zero": (lambda: replace(PLAN, scale=0.0), "scoring.scale"),
    "an unknown node": (lambda: explain(NUMBER, score(NUMBER, make.answers(I=1.0)), "ELSEWHERE"), "scoring.unknown_node"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_bad_input_is_refused_by_name(name: str) -> None:
    attempt, code = REFUSED[name]

    with pytest.raises(Invalid) as refused:
        attempt()

    assert [problem.code for problem in refused.value.problems] == [code]
    assert refused.value.problems[0].message.endswith(".")


def test_equal_goalposts_and_weights_of_zero_never_become_a_document() -> None:
    for name, code in (("Q132_goalposts_equal", "Q132"), ("Q0_greater_than_equal", "Q0_greater_than_equal")):
        raw = (make.QUESTIONNAIRES / "faulty" / f"{name}.yaml").read_bytes()
        assert [fault.code for fault in check_file(raw).faults] == [code]
