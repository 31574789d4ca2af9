"""Results whose cause is not shown: reported and counted by grade, never scored."""

from __future__ import annotations

from app.domain.answers import Answer, AnswerState, Record
from app.domain.benchmark.robustness.scored_answers import CellState, scored_answers
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.records import DetailSet, FieldOption, RecordField
from app.domain.scoring.attribution import attribution
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.sheet import score
from tests import builders as make

GRADES = DetailSet(
    code="impact",
    title="About this result",
    fields=(
        RecordField(
            code="grade",
            type="choice",
            label="Grade",
            required=True,
            options=(
                FieldOption(code="example", text="An example: nothing was compared.", counts=False),
                FieldOption(code="before_after", text="Before and after: measured twice."),
            ),
        ),
    ),
)


def document() -> Questionnaire:
    items = [make.percent(code).model_copy(update={"details": "impact"}) for code in ("M-01", "M-02", "M-03")]
    return make.questionnaire(make.section("M", *items)).model_copy(update={"details": (GRADES,)})


def graded(value: float, grade: str) -> Answer:
    return Answer(AnswerState.ANSWERED, value, details=(Record((("grade", grade),)),))


ANSWERS = {"M-01": graded(80, "before_after"), "M-02": graded(100, "example"), "M-03": graded(60, "before_after")}


def test_an_answer_of_a_grade_that_does_not_count_is_not_scored_and_lowers_the_coverage() -> None:
    sheet = score(document(), ANSWERS)

    assert sheet.items["M-02"].score is None
    assert sheet.items["M-02"].reason is Reason.NOT_COUNTED
    assert sheet.nodes["M"].score == 70
    assert sheet.nodes["M"].coverage == 2 / 3
    assert (sheet.nodes["M"].floor, sheet.nodes["M"].ceiling) == (140 / 3, 80)


def test_the_same_answer_with_a_better_grade_counts() -> None:
    sheet = score(document(), {**ANSWERS, "M-02": graded(100, "before_after")})

    assert sheet.nodes["M"].score == 80
    assert sheet.nodes["M"].coverage == 1


def test_uncertainty_takes_what_does_not_count_for_missing() -> None:
    cells = scored_answers(document(), {"NZL": ANSWERS})

    assert cells.states.tolist() == [[CellState.OBSERVED, CellState.MISSING, CellState.OBSERVED]]


def test_grades_are_counted_lowest_first_and_never_added_into_the_score() -> None:
    counted = attribution(document(), ANSWERS, "M")

    assert counted is not None
    assert counted.field.label == "Grade"
    assert [(option.code, number) for option, number in counted.grades] == [("example", 1), ("before_after", 2)]
    assert attribution(make.one_item(make.percent("P-01")), {}, "A") is None


def test_a_node_of_which_nothing_counts_says_so() -> None:
    sheet = score(document(), {code: graded(50, "example") for code in ANSWERS})

    assert (sheet.nodes["M"].score, sheet.nodes["M"].reason) == (None, Reason.NOT_COUNTED)
