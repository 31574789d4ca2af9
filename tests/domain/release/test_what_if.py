"""What-if weights: with the published weights the published scores come out, and what is not shown is never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.questionnaire.document import Aggregation, Band, Node
from app.domain.release.what_if import Weighing, holding, side_by_side, weighing_of, whole_scores, wholes
from app.domain.scoring.sheet import score_all
from tests.domain.documents import Answered, answered
from tests.scenarios import PROJECT, document

REVIEW = PROJECT / "questionnaires" / "apec-ai-review" / "2026.1.yaml"
BANDS = (Band(code="low", title="Low", floor=0), Band(code="high", title="High", floor=50))
scores = st.floats(min_value=0, max_value=100)


def weighing(*weights: float) -> Weighing:
    parts = tuple(Node(code=f"P{place}", title="Part") for place in range(len(weights)))
    total = sum(weights)
    return Weighing(None, parts, tuple(weight / total for weight in weights), Aggregation.WEIGHTED, None, 100)


@settings(max_examples=150)
@given(answered())
def test_published_weights_give_the_published_scores(case: Answered) -> None:
    """The law of the page: nothing a reader sees there disagrees with the release."""
    sheet = score_all(case.questionnaire, [case.answers])[0]

    for code, node in sheet.nodes.items():
        made = weighing_of(case.questionnaire, code)
        if made is None or node.score is None:
            continue
        parts = [sheet.nodes[part.code] for part in made.parts]
        shown = {part.code: part.score for part in parts if part.score is not None or part.reason == "not_applicable"}
        (found,) = whole_scores(made, [shown])
        if len(shown) == len(parts):
            assert found == pytest.approx(node.score, abs=1e-9)
        else:
            assert found is None


@given(st.lists(st.tuples(scores, st.floats(min_value=0.1, max_value=9)), min_size=2, max_size=6), st.floats(0.1, 50))
def test_weights_count_as_shares(parts: list[tuple[float, float]], factor: float) -> None:
    given_scores = {f"P{place}": score for place, (score, _) in enumerate(parts)}
    some = weighing(*(weight for _, weight in parts))

    once = whole_scores(some, [given_scores])
    again = whole_scores(some.reweighed([weight * factor for _, weight in parts]), [given_scores])

    assert again == pytest.approx(once, abs=1e-9)


def test_a_part_without_weight_is_not_needed() -> None:
    found = whole_scores(weighing(1, 1).reweighed([1, 0]), [{"P0": 40}])

    assert found == [40]


def test_a_part_that_is_not_shown_leaves_no_whole_and_one_that_does_not_apply_leaves() -> None:
    found = whole_scores(weighing(1, 3), [{"P0": 40}, {"P0": 40, "P1": None}])

    assert found == [None, 40]


def test_a_band_that_no_weighting_can_move_always_holds() -> None:
    both_high, apart = {"P0": 60.0, "P1": 90.0}, {"P0": 0.0, "P1": 100.0}

    held = holding(weighing(1, 1), BANDS, [both_high, apart, {"P0": 1.0}])

    assert held[0] == 1
    assert held[1] is not None
    assert 0.4 < held[1] < 0.6
    assert held[2] is None


def test_a_node_that_items_feed_cannot_be_weighed_anew() -> None:
    small = document()

    assert weighing_of(small, "A") is None
    assert [part.code for part in weighing_of(small, "ALL").parts] == ["A", "B"]  # type: ignore[union-attr]  # it has parts


def test_pillars_side_by_side_have_no_official_weights() -> None:
    review = document(REVIEW.read_text(encoding="utf-8"))

    found = side_by_side(review)

    assert found is not None
    assert not found.is_official
    assert found.node is None
    assert [part.code for part in found.parts] == ["B1", "B2", "B3", "B4"]
    assert wholes(review)[0] == found
