"""Earlier answers under a later scheme: what is carried, what is not, and what the run says of itself."""

from __future__ import annotations

import pytest

from app.domain.answers import Answer, AnswerState
from app.domain.benchmark.over_time.backcast import backcast, backcast_all
from app.domain.questionnaire.document import Questionnaire, Scheme
from app.domain.questionnaire.items import ChangeClass, Item, Lineage
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from tests import builders as make

SAME = Lineage(comparable_with=("2026.1",))


def version(*items: Item, number: str = "2027.1") -> Questionnaire:
    document = make.questionnaire(make.section("A", *items), scheme=Scheme(minimum_coverage=0.5))
    return document.model_copy(update={"version": number})


def test_a_back_cast_says_what_it_is() -> None:
    before, after = version(make.percent("I"), number="2026.1"), version(make.percent("I", text="Which share?"))

    found = backcast(before, make.answers(I=40.0), after)

    assert found.is_backcast
    assert (found.answered_version, found.answered_hash) == ("2026.1", before.content_hash)
    assert (found.scored_version, found.scored_hash) == ("2027.1", after.content_hash)
    assert found.sheet.content_hash == after.content_hash
    assert (found.sheet.nodes["A"].score, found.carried) == (40, {"A": 1})


def test_a_rescored_item_takes_its_new_points_and_weight() -> None:
    before = version(make.number("I1", hi=10), make.percent("I2"), number="2026.1")
    after = version(make.number("I1", hi=20), make.percent("I2", weight=3))

    found = backcast(before, make.answers(I1=10.0, I2=90.0), after)

    assert found.sheet.items["I1"].score == 50
    assert found.sheet.nodes["A"].score == (50 + 3 * 90) / 4


def test_a_new_item_is_blank_and_lowers_the_coverage_and_the_share_that_is_carried() -> None:
    before, after = version(make.percent("I1"), number="2026.1"), version(make.percent("I1", weight=3), make.percent("I2"))

    found = backcast(before, make.answers(I1=80.0), after)

    assert (found.sheet.nodes["A"].score, found.sheet.nodes["A"].coverage, found.carried) == (80, 0.75, {"A": 0.75})
    assert found.sheet.items["I2"].reason is Reason.BLANK


def test_too_little_to_carry_makes_no_score() -> None:
    before, after = version(make.percent("I1"), number="2026.1"), version(make.percent("I1"), make.percent("I2", weight=2))

    found = backcast(before, make.answers(I1=80.0), after)

    assert (found.sheet.nodes["A"].score, found.sheet.nodes["A"].reason) == (None, Reason.INSUFFICIENT_COVERAGE)


@pytest.mark.parametrize(
    ("earlier", "later", "given", "expected"),
    [
        (make.number("I"), make.number("I", unit="people"), 50.0, None),
        (make.number("I"), make.number("I", unit="people", lineage=SAME), 50.0, 50),
        (make.percent("I"), make.number("I"), 50.0, None),
        (make.percent("I"), make.number("I", lineage=SAME), 50.0, None),
        (make.percent("I"), make.percent("I", text="Another", lineage=Lineage(change=ChangeClass.REDEFINED)), 50.0, None),
        (make.percent("O"), make.percent("I", lineage=Lineage(replaces="O", comparable_with=("2026.1",))), 50.0, 50),
        (make.percent("O"), make.percent("I", lineage=Lineage(replaces="O")), 50.0, None),
        (make.choice("I", {"a": 0, "b": 50}), make.choice("I", {"a": 0, "b": 100}), "b", 100),
        (make.choice("I", {"a": 0, "b": 50}), make.choice("I", {"a": 0, "b": 50, "c": 100}), "b", None),
        (make.choice("I", {"a": 0, "b": 50}), make.choice("I", {"a": 0, "b": 50, "c": 100}, lineage=SAME), "b", 50),
        (make.choice("I", {"a": 0, "b": 50}), make.choice("I", {"a": 0, "c": 100}, lineage=SAME), "b", None),
        (make.checklist("I", "ab"), make.checklist("I", "ab", full_at=1), ("a",), 100),
        (make.checklist("I", "ab"), make.checklist("I", "ac", lineage=SAME), ("b",), None),
        (make.yes_no("I", partly_allowed=True), make.yes_no("I", lineage=SAME), "partly", None),
        (make.yes_no("I", partly_allowed=True), make.yes_no("I", lineage=SAME), "yes", 100),
        (make.percent("I", scored=False), make.percent("I"), 50.0, 50),
    ],
)
def test_answers_are_carried_where_they_mean_the_same_and_still_can_be_given(
    earlier: Item, later: Item, given: float | str | tuple[str, ...], expected: float | None
) -> None:
    before = version(earlier, make.percent("Z"), number="2026.1")

    found = backcast(before, make.answers(**{earlier.code: given, "Z": 1.0}), version(later, make.percent("Z")))

    assert found.sheet.items["I"].score == expected


def test_a_reason_is_carried_where_it_may_still_be_given() -> None:
    before = version(
        make.percent("I1", na_allowed=True), make.percent("I2", na_allowed=True), make.percent("I3"), number="2026.1"
    )
    after = version(make.percent("I1"), make.percent("I2", na_allowed=True), make.percent("I3"))
    given = make.answers(I1=make.NOT_APPLICABLE, I2=make.NOT_APPLICABLE, I3=Answer(AnswerState.DECLINED))

    found = backcast(before, given, after).sheet

    assert [found.items[code].reason for code in ("I1", "I2", "I3")] == [Reason.BLANK, Reason.NOT_APPLICABLE, Reason.DECLINED]


def test_each_economy_has_its_own_sheet_in_the_series_that_is_asked_for() -> None:
    before = version(make.yes_no("I", evidence=make.evidence(1)), number="2026.1")
    after = version(make.yes_no("I", evidence=make.evidence(1, cap=30)))

    found = backcast_all(before, [make.answers(I="yes"), make.answers(I="no")], after, Series.EVIDENCE_SUPPORTED)

    assert [each.sheet.nodes["A"].score for each in found] == [30, 0]
