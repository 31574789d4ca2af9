"""The economy's own targets: read from its priority areas, compared with its answers, and put in place of one target for all."""

from __future__ import annotations

import pytest

from app.domain.answers import Answer, AnswerState, Record, Scalar
from app.domain.scoring.gaps import Wish, priorities
from app.domain.scoring.sheet import score
from app.domain.scoring.targets import OwnTarget, own_targets, stage_item, target_scores, targets_item
from tests import builders as make

ASKED = make.small("own_targets")
APEC = make.read_clean(make.READINESS_FILE.read_bytes())


def area(**fields: Scalar) -> Record:
    return Record(tuple(fields.items()))


def given(*areas: Record) -> dict[str, Answer]:
    levels = {"A-01": Answer(AnswerState.ANSWERED, 2), "A-02": Answer(AnswerState.ANSWERED, 3)}
    return {**levels, "EC-02": Answer(AnswerState.ANSWERED, areas)}


def test_the_readiness_review_asks_for_targets_and_for_the_stage_that_they_are_in_line_with() -> None:
    targets, stage = targets_item(APEC), stage_item(APEC)

    assert (targets.code if targets else None, stage.code if stage else None) == ("EC-06", "EC-05")


def test_a_questionnaire_without_such_questions_has_no_targets_and_no_stage() -> None:
    plain = make.questionnaire(make.section("A", make.maturity("A-01")))

    assert (targets_item(plain), stage_item(plain), own_targets(plain, {})) == (None, None, ())


def test_targets_are_read_in_the_order_of_the_economy() -> None:
    answers = given(
        area(area="A law", about="A-02", level=5, by=2030),
        area(area="Training", about="B-01", target="25% of staff"),
        area(area="X"),
    )

    assert own_targets(ASKED, answers) == (
        OwnTarget("A law", "A-02", 5, 100.0, "", 2030),
        OwnTarget("Training", "B-01", None, None, "25% of staff", None),
        OwnTarget("X", "", None, None, "", None),
    )


def test_a_level_for_a_question_without_levels_is_no_target() -> None:
    (target,) = own_targets(ASKED, given(area(area="Training", about="B-01", level=4)))

    assert (target.level, target.score) == (None, None)
    assert target_scores((target,)) == {}


def test_of_two_targets_for_one_question_the_higher_counts() -> None:
    found = own_targets(ASKED, given(area(area="Now", about="A-01", level=3), area(area="Then", about="A-01", level=5)))

    assert target_scores(found) == {"A-01": 100.0}


@pytest.mark.parametrize("state", [AnswerState.BLANK, AnswerState.NOT_AVAILABLE, AnswerState.DECLINED])
def test_an_economy_that_set_no_targets_has_none(state: AnswerState) -> None:
    assert own_targets(ASKED, {"EC-02": Answer(state)}) == ()


def test_only_what_has_a_target_of_its_own_has_a_gap_to_it() -> None:
    """A-01 has 25 of 100 and counts a quarter: level 3 is 50, so the gap is 25 and the gain 6.25."""
    answers = given(area(area="Strategy", about="A-01", level=3))
    own = target_scores(own_targets(ASKED, answers))

    found = priorities(ASKED, score(ASKED, answers), Wish("A", 100, {}, {}, own))

    assert [(gap.code, gap.target, gap.gap, gap.gain) for gap in found.gaps] == [("A-01", 50, 25, 6.25)]


def test_a_target_that_is_reached_leaves_no_gap() -> None:
    found = priorities(ASKED, score(ASKED, given()), Wish("A", 100, {}, {}, {"A-02": 25}))

    assert [(gap.code, gap.gap, gap.gain, gap.priority) for gap in found.gaps] == [("A-02", 0, 0, 0)]
