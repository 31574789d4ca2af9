"""How answers of a questionnaire become the arrays that an analysis works on."""

from __future__ import annotations

import math

import pytest
from hypothesis import given

from app.domain.answers import Answer, Value
from app.domain.benchmark.robustness.moved_goalposts import with_goalposts
from app.domain.benchmark.robustness.one_lower import score_one_lower
from app.domain.benchmark.robustness.scored_answers import CellState, Doubt, scored_answers
from app.domain.benchmark.robustness.uncertainty import nominal_scores
from app.domain.questionnaire.items import Goalposts, Item, NumberItem, PercentItem, Tick
from app.domain.scoring.plan import plan
from app.domain.scoring.sheet import score
from tests import builders as make
from tests.domain.documents import Answered, answered

DOCUMENT = make.questionnaire(
    make.section(
        "A",
        make.maturity("A1"),
        make.yes_no("A2", na_allowed=True),
        make.number("A3", lo=0, hi=50),
        make.yes_no("A4", show_if=make.equals("A2", "yes")),
    )
)
URL = "https://example.org/evidence"


def _answers(**others: Value | Answer) -> dict[str, Answer]:
    return make.answers(A1=3, A2="yes", A3=20.0, A4="no") | make.answers(**others)


def test_answers_become_scores_and_the_scores_one_category_lower() -> None:
    found = scored_answers(DOCUMENT, {"AAA": _answers()})

    assert found.economies == ("AAA",)
    assert found.items == ("A1", "A2", "A3", "A4")
    assert found.nominal.tolist() == [[50.0, 100.0, 40.0, 0.0]]
    assert found.lower[0].tolist() == [[25.0, 0.0, 15.0, 0.0]]


def test_numbers_are_scored_between_goalposts_moved_by_a_tenth_of_their_range() -> None:
    found = scored_answers(DOCUMENT, {"AAA": _answers()})

    assert found.scores[:, 0, 2].tolist() == pytest.approx([40.0, 100 * 25 / 60, 100 * 15 / 40])
    assert found.scores[:, 0, 0].tolist() == [50.0, 50.0, 50.0]


@pytest.mark.parametrize("missing", [make.NOT_AVAILABLE, make.DECLINED])
def test_what_is_not_known_is_missing(missing: Answer) -> None:
    found = scored_answers(DOCUMENT, {"AAA": _answers(A1=missing), "BBB": {}})

    assert found.states[0, 0] == CellState.MISSING
    assert found.states[1].tolist() == [CellState.MISSING, CellState.MISSING, CellState.MISSING, CellState.LEFT_OUT]


def test_not_applicable_waits_for_acceptance_and_what_is_not_asked_leaves() -> None:
    given = {"AAA": _answers(A2=make.NOT_APPLICABLE)}

    assert scored_answers(DOCUMENT, given).states[0].tolist() == [0, CellState.UNACCEPTED, 0, CellState.LEFT_OUT]
    assert scored_answers(DOCUMENT, given, accepted={("AAA", "A2")}).states[0, 1] == CellState.LEFT_OUT


def test_doubt_goes_by_what_stands_behind_an_answer() -> None:
    given = {"AAA": _answers(A2=make.answer("yes", URL), A3=make.NOT_AVAILABLE)}

    found = scored_answers(DOCUMENT, given, doubt=Doubt(0.2, 0.1, 0.01), verified={("AAA", "A4")})

    assert found.doubt.tolist() == [[0.2, 0.1, 0.0, 0.01]]


def test_nominal_scores_are_those_of_the_score_sheet() -> None:
    given = _answers(A1=make.NOT_AVAILABLE, A2=make.NOT_APPLICABLE)

    found = nominal_scores(plan(DOCUMENT), scored_answers(DOCUMENT, {"AAA": given}))

    assert found.tolist() == [[score(DOCUMENT, given).nodes["A"].value]]


@pytest.mark.parametrize(
    ("item", "value", "lower"),
    [
        (make.maturity("M"), 5, 75.0),
        (make.maturity("M"), 1, 0.0),
        (make.maturity("M", points=(0, 10, 20, 90, 100)), 4, 20.0),
        (make.yes_no("Y"), "yes", 0.0),
        (make.yes_no("Y", partly_allowed=True), "yes", 50.0),
        (make.yes_no("Y", partly_allowed=True), "partly", 0.0),
        (make.yes_no("Y"), "no", 0.0),
        (make.choice("C", {"a": 0, "b": 40, "c": 100}), "c", 40.0),
        (make.choice("C", {"a": 0, "b": 40, "c": 100}), "a", 0.0),
        (make.choice("C", {"a": 30, "b": 30, "c": 100}), "b", 30.0),
        (make.checklist("L", "abcd"), ("a", "b"), 25.0),
        (make.checklist("L", (Tick(code="a", text="A", weight=3), Tick(code="b", text="B"))), ("a", "b"), 75.0),
        (make.checklist("L", (Tick(code="a", text="A"), Tick(code="x", text="X", is_scored=False))), ("x",), 0.0),
        (make.checklist("L", "abcd"), (), 0.0),
        (make.percent("P"), 60.0, 35.0),
        (make.percent("P"), 10.0, 0.0),
    ],
)
def test_one_category_lower(item: Item, value: Value, lower: float) -> None:
    assert score_one_lower(item, value, 100) == lower


def test_goalposts_on_a_log_scale_move_by_a_tenth_of_the_range_of_logarithms() -> None:
    _, outward, inward = with_goalposts(make.number("N", lo=1, hi=1_000, scale="log"))

    assert isinstance(outward, NumberItem)
    assert isinstance(inward, NumberItem)
    assert outward.goalposts is not None
    assert inward.goalposts is not None
    assert math.log10(outward.goalposts.lo) == pytest.approx(-0.3)
    assert math.log10(inward.goalposts.hi) == pytest.approx(2.7)


def test_goalposts_where_lower_is_better_move_outward_too() -> None:
    _, outward, _ = with_goalposts(make.percent("P", Goalposts(lo=40, hi=0)))

    assert isinstance(outward, PercentItem)
    assert outward.goalposts == Goalposts(lo=44, hi=-4)


@pytest.mark.fuzz
@given(answered())
def test_the_score_that_stands_is_the_one_of_the_sheet(drawn: Answered) -> None:
    """Two engines compute scores; for what is given they must say the same, options that do not apply included."""
    document = drawn.questionnaire
    accepted = [("AAA", code) for code in document.items]

    laid_out = scored_answers(document, {"AAA": drawn.answers}, accepted=accepted)

    sheet = score(document, drawn.answers)
    scheme = plan(document)
    expected = [sheet.nodes[node.code].value for node in scheme.nodes]
    found = nominal_scores(scheme, laid_out)[0]
    assert found == pytest.approx([math.nan if each is None else each for each in expected], abs=1e-9, nan_ok=True)
