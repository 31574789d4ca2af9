"""The score sheet: what is scored, what is missing and why, bands, ranges and series."""

from __future__ import annotations

import pytest

from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.items import Evidence
from app.domain.scoring.bands import band_of
from app.domain.scoring.item_scores import Reason
from app.domain.scoring.normalise import Series
from app.domain.scoring.sheet import METHOD_VERSION, ItemScore, score, score_all
from tests import builders as make

EXACT = 1e-9

STATES = [
    (make.NOT_APPLICABLE, Reason.NOT_APPLICABLE),
    (make.NOT_AVAILABLE, Reason.NOT_AVAILABLE),
    (make.DECLINED, Reason.DECLINED),
    (BLANK, Reason.BLANK),
]


@pytest.mark.parametrize(("reply", "reason"), STATES)
def test_an_item_without_a_value_says_why(reply: Answer, reason: Reason) -> None:
    sheet = score(make.one_item(make.yes_no("I", na_allowed=True)), {"I": reply})

    assert sheet.items["I"] == ItemScore("I", None, reason)


def test_an_item_that_nobody_touched_is_blank() -> None:
    assert score(make.one_item(make.yes_no("I")), {}).items["I"].reason is Reason.BLANK


def test_an_answer_that_scores_nothing_is_a_score() -> None:
    document = make.small("checklist_none")

    none, nothing = score(document, make.answers(GROUPS=())), score(document, {"GROUPS": BLANK})

    assert none.items["GROUPS"] == ItemScore("GROUPS", 0, None)
    assert (none.nodes["A"].score, none.nodes["A"].coverage, none.nodes["A"].reason) == (0, 1, None)
    assert nothing.items["GROUPS"] == ItemScore("GROUPS", None, Reason.BLANK)
    assert (nothing.nodes["A"].score, nothing.nodes["A"].reason) == (None, Reason.NOTHING_ANSWERED)


def test_only_other_ticked_is_an_answer_that_scores_nothing() -> None:
    assert make.node_score(make.small("checklist_none"), make.answers(GROUPS=("other",))).score == 0


@pytest.mark.parametrize(
    ("weight", "is_published"), [(1.0, True), (1.000001, False), (0.999999, True)], ids=["exactly", "just below", "just above"]
)
def test_two_thirds_are_enough_and_less_is_not(weight: float, is_published: bool) -> None:  # noqa: FBT001 - a truth table
    document = make.questionnaire(make.section("A", make.percent("I1", weight=2), make.percent("I2", weight=weight)))

    found = make.node_score(document, make.answers(I1=90.0))

    assert found.value == 90
    assert (found.score is not None) is is_published
    assert found.reason is (None if is_published else Reason.INSUFFICIENT_COVERAGE)


def test_two_of_three_equal_items_are_exactly_two_thirds() -> None:
    document = make.questionnaire(make.section("A", *(make.percent(f"I{k}") for k in range(3))))

    found = make.node_score(document, make.answers(I0=30.0, I2=60.0))

    assert (found.score, found.reason) == (45, None)
    assert found.coverage == pytest.approx(2 / 3, abs=EXACT)


def test_below_the_threshold_there_is_no_score_and_no_band_but_a_range() -> None:
    document = make.questionnaire(make.section("A", *(make.percent(f"I{k}") for k in range(4))), bands=make.BANDS)

    found = make.node_score(document, make.answers(I0=100.0))

    assert (found.score, found.band, found.reason) == (None, None, Reason.INSUFFICIENT_COVERAGE)
    assert (found.value, found.floor, found.ceiling, found.coverage) == (100, 25, 100, 0.25)


def test_nothing_answered_is_said_and_the_range_is_everything() -> None:
    found = make.node_score(make.one_item(make.percent("I")), {"I": make.DECLINED})

    assert (found.score, found.value, found.reason) == (None, None, Reason.NOTHING_ANSWERED)
    assert (found.floor, found.ceiling, found.coverage) == (0, 100, 0)


def test_a_threshold_of_nothing_publishes_whatever_is_answered_but_not_nothing() -> None:
    document = make.small("rounded_tiers")

    nodes = score(document, make.answers(A1=0.5)).nodes

    assert (nodes["FIRST"].score, nodes["INDEX"].score) == (0.5, 0.5)
    assert (nodes["SECOND"].score, nodes["SECOND"].reason) == (None, Reason.NOTHING_ANSWERED)


def test_a_dimension_that_does_not_apply_leaves_its_weight_to_the_other() -> None:
    document = make.small("not_applicable")
    given = make.answers(S1=make.NOT_APPLICABLE, S2=make.NOT_APPLICABLE, L1=40.0, L2=60.0, L3=80.0)

    nodes = score(document, given).nodes

    sea, both = nodes["SEA"], nodes["ALL"]
    assert (sea.score, sea.value, sea.reason, sea.coverage) == (None, None, Reason.NOT_APPLICABLE, 0)
    assert (sea.floor, sea.ceiling, sea.band) == (None, None, None)
    assert (both.score, both.coverage, both.floor, both.ceiling) == (60, 1, 60, 60)


def test_a_dimension_that_is_unknown_keeps_its_weight() -> None:
    document = make.small("not_applicable")
    given = make.answers(S1=make.NOT_AVAILABLE, S2=make.NOT_AVAILABLE, L1=40.0, L2=60.0, L3=80.0)

    both = score(document, given).nodes["ALL"]

    assert (both.score, both.value, both.reason, both.coverage) == (None, 60, Reason.INSUFFICIENT_COVERAGE, 0.25)
    assert (both.floor, both.ceiling) == (15, 90)


def test_everything_not_applicable_is_not_applicable_all_the_way_up() -> None:
    document = make.small("not_applicable")
    given = dict.fromkeys(document.items, make.NOT_APPLICABLE)

    assert {node.reason for node in score(document, given).nodes.values()} == {Reason.NOT_APPLICABLE}


def test_what_does_not_apply_changes_the_score_as_if_it_had_never_been_asked() -> None:
    both = make.questionnaire(make.section("A", make.percent("I1"), make.percent("I2", na_allowed=True, weight=5)))
    alone = make.questionnaire(make.section("A", make.percent("I1")))

    with_na, without = (
        make.node_score(both, make.answers(I1=70.0, I2=make.NOT_APPLICABLE)),
        make.node_score(alone, make.answers(I1=70.0)),
    )

    assert with_na == without


def test_what_is_not_asked_is_no_gap() -> None:
    document = make.questionnaire(
        make.section("A", make.yes_no("I1"), make.percent("I2", show_if=make.equals("I1", "yes"), weight=9)),
        make.section("B", make.percent("J1"), show_if=make.equals("I1", "yes")),
    )

    sheet = score(document, make.answers(I1="no", I2=80.0, J1=80.0))

    assert sheet.items["I2"] == ItemScore("I2", None, Reason.NOT_ASKED)
    assert (sheet.nodes["A"].score, sheet.nodes["A"].coverage) == (0, 1)
    assert sheet.nodes["B"].reason is Reason.NOT_APPLICABLE


def test_only_scored_items_are_on_the_sheet() -> None:
    document = make.questionnaire(
        make.section("A", make.percent("I1"), make.text("T"), make.reference("R"), make.yes_no("U", scored=False))
    )

    assert set(score(document, make.answers(I1=10.0, T="words", U="yes")).items) == {"I1"}


def test_answers_to_items_of_another_version_are_not_looked_at() -> None:
    document = make.one_item(make.percent("I"))

    assert score(document, make.answers(I=10.0, GONE=90.0)) == score(document, make.answers(I=10.0))


def test_a_sheet_says_by_which_method_and_of_which_document() -> None:
    document = make.one_item(make.percent("I"))

    sheet = score(document, make.answers(I=10.0), Series.EVIDENCE_SUPPORTED)

    assert (sheet.series, sheet.method_version, sheet.content_hash) == (
        Series.EVIDENCE_SUPPORTED,
        METHOD_VERSION,
        document.content_hash,
    )


def test_nodes_come_in_the_order_of_the_document() -> None:
    assert list(score(make.small("four_tiers"), {}).nodes) == ["INDEX", "DOMAIN", "THEME", "OTHER"]


# Bands


@pytest.mark.parametrize(
    ("unrounded", "band"),
    [
        (0.0, "starting"),
        (19.99, "starting"),
        (20.0, "forming"),
        (39.95, "forming"),
        (39.9999, "forming"),
        (40 - 2e-9, "forming"),
        (40 - 1e-9, "established"),
        (40 - 1e-10, "established"),
        (40.0, "established"),
        (79.999, "advanced"),
        (80.0, "leading"),
        (100.0, "leading"),
    ],
)
def test_a_band_is_read_off_the_unrounded_score(unrounded: float, band: str) -> None:
    document = make.one_item(make.percent("I"))
    banded = document.model_copy(update={"scheme": document.scheme.model_copy(update={"bands": make.BANDS})})

    assert make.node_score(banded, make.answers(I=unrounded)).band == band


def test_bands_need_no_order_to_be_found_and_none_may_be_reached() -> None:
    found = band_of(make.BANDS[::-1], 45)

    assert found is not None
    assert found.code == "established"
    assert band_of(make.BANDS[2:], 10) is None
    assert band_of((), 10) is None


# Series


def test_the_series_differ_only_where_evidence_is_missing() -> None:
    asks = Evidence(required_from=4)
    document = make.questionnaire(
        make.section(
            "A", make.maturity("M", evidence=asks), make.yes_no("Y", evidence=Evidence(required_from=1)), make.percent("P")
        )
    )
    given = {"M": make.answer(5), "Y": make.answer("yes", "https://example.org/law"), "P": make.answer(60.0)}

    declared = score(document, given)
    supported = score(document, given, Series.EVIDENCE_SUPPORTED)

    assert [item.score for item in declared.items.values()] == [100, 100, 60]
    assert [item.score for item in supported.items.values()] == [50, 100, 60]
    assert supported.nodes["A"].score == 70


def test_many_economies_are_scored_as_each_would_be_alone() -> None:
    document = make.small("not_applicable")
    reviews = [
        make.answers(S1=10.0, S2=20.0, L1=30.0),
        {},
        make.answers(S1=make.NOT_APPLICABLE, S2=make.NOT_APPLICABLE, L1=40.0, L2=60.0, L3=80.0),
    ]

    assert score_all(document, reviews) == [score(document, review) for review in reviews]
    assert score_all(document, []) == []
