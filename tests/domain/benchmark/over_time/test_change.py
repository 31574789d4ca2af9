"""What moved on the comparable core, over what, and why a series breaks."""

from __future__ import annotations

import pytest

from app.domain.benchmark.over_time.change import NoChange, NodeChange, change, change_all
from app.domain.benchmark.over_time.common_core import core_of
from app.domain.questionnaire.document import Aggregation, Node, Questionnaire, Rounding, Scheme
from app.domain.questionnaire.items import ChangeClass, Item, Lineage
from app.domain.scoring.normalise import Series
from tests import builders as make

EXACT = 1e-9


def version(
    *items: Item,
    number: str = "2026.1",
    also: tuple[Item, ...] = (),
    nodes: list[Node] | None = None,
    scheme: Scheme | None = None,
) -> Questionnaire:
    """Make a version with one section A, and a section B where something is asked there."""
    sections = [make.section("A", *items), *([make.section("B", *also)] if also else [])]
    return make.questionnaire(*sections, nodes=nodes, scheme=scheme).model_copy(update={"version": number})


def reason(before: Questionnaire, after: Questionnaire, code: str = "A") -> NoChange | None:
    given = [{item.code: make.answer(50.0) for item in document.items.values()} for document in (before, after)]
    return change(core_of(before, after), given[0], given[1])[code].reason


I1, I2, I3 = make.percent("I1"), make.percent("I2"), make.percent("I3")
TWO_PILLARS = [make.node("ALL"), make.node("A", "ALL"), make.node("B", "ALL")]


def test_a_change_is_the_later_score_of_the_common_items_minus_the_earlier() -> None:
    before = version(make.percent("I1", weight=2), I2)
    after = version(make.percent("I1", weight=2), I2, I3, number="2027.1")

    found = change(core_of(before, after), make.answers(I1=30.0, I2=60.0), make.answers(I1=60.0, I2=60.0, I3=0.0))

    assert found["A"] == NodeChange(
        code="A", before=40, after=60, change=20, reason=None, items=2, share_before=1, share_after=0.75, coverage=1
    )


def test_an_item_that_is_answered_in_one_year_only_moves_nothing() -> None:
    document = version(I1, I2, I3)

    found = change(core_of(document, document), make.answers(I1=30.0, I2=30.0), make.answers(I1=30.0, I2=30.0, I3=100.0))["A"]

    assert (found.change, found.items, found.share_after) == (0, 2, 1)
    assert found.coverage == pytest.approx(2 / 3)


def test_what_does_not_apply_in_one_of_the_years_leaves_the_core_of_that_economy() -> None:
    document = version(*(make.percent(code, na_allowed=True) for code in ("I1", "I2", "I3")))
    whole = make.answers(I1=30.0, I2=30.0, I3=90.0)
    without = make.answers(I1=40.0, I2=40.0, I3=make.NOT_APPLICABLE)

    one, other, neither = change_all(core_of(document, document), [whole, whole, without], [without, whole, without])

    assert (one["A"].change, one["A"].items, one["A"].share_after) == (10, 2, 1)
    assert one["A"].share_before == pytest.approx(2 / 3)
    assert (other["A"].change, other["A"].items, other["A"].share_before) == (0, 3, 1)
    assert (neither["A"].change, neither["A"].items, neither["A"].share_before) == (0, 2, 1)


def test_a_question_that_is_asked_in_one_year_only_leaves_the_core_too() -> None:
    document = version(make.yes_no("LAW"), make.percent("SHARE", show_if=make.equals("LAW", "yes")), I1)

    found = change(core_of(document, document), make.answers(LAW="no", I1=20.0), make.answers(LAW="yes", SHARE=0.0, I1=20.0))["A"]

    assert (found.before, found.after, found.items) == (10, 60, 2)
    assert found.share_after == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ((I1, I2, I3), None),
        ((I1, I2, make.percent("N1")), None),  # two of three in both
        ((I1, I2, make.percent("I3", text="Which share, in words that are clearer?")), None),
        ((I1, I2, make.percent("N1", weight=2)), NoChange.LESS_THAN_60_PERCENT_COMMON),  # two of four after
        ((I1, make.percent("I2", weight=2), I3), NoChange.LESS_THAN_60_PERCENT_COMMON),  # the same, by weight
        ((I1, make.percent("I2", weight=2), make.percent("I3", weight=2)), NoChange.LESS_THAN_60_PERCENT_COMMON),
        ((make.percent("N1"), make.percent("N2")), NoChange.NOTHING_IN_COMMON),
    ],
)
def test_a_change_is_shown_where_the_core_holds_sixty_percent_in_both_versions(
    later: tuple[Item, ...], expected: NoChange | None
) -> None:
    assert reason(version(I1, I2, I3), version(*later, number="2027.1")) == expected


def test_exactly_sixty_percent_is_enough() -> None:
    before = version(*(make.percent(f"I{k}", weight=0.1) for k in range(3)), make.percent("OLD", weight=0.2))

    assert (
        reason(before, version(*(make.percent(f"I{k}", weight=0.1) for k in range(3)), make.percent("NEW", weight=0.2))) is None
    )


def test_one_pillar_without_enough_in_common_breaks_the_index_and_leaves_the_other_pillar() -> None:
    before = version(I1, I2, also=(I3,), nodes=TWO_PILLARS)
    after = version(I1, I2, also=(make.percent("N1"),), nodes=TWO_PILLARS, number="2027.1")

    assert [reason(before, after, code) for code in ("ALL", "A", "B")] == [
        NoChange.LESS_THAN_60_PERCENT_COMMON,
        None,
        NoChange.NOTHING_IN_COMMON,
    ]


def test_a_pillar_that_came_or_went_breaks_the_index() -> None:
    one = version(I1, I2, nodes=[make.node("ALL"), make.node("A", "ALL")])
    two = version(I1, I2, also=(I3,), nodes=[make.node("ALL"), make.node("A", "ALL"), make.node("B", "ALL", weight=0.1)])

    assert [reason(one, two, code) for code in ("ALL", "A", "B")] == [
        NoChange.LESS_THAN_60_PERCENT_COMMON,
        None,
        NoChange.NODE_IS_NEW,
    ]
    assert [reason(two, one, code) for code in ("ALL", "A")] == [NoChange.LESS_THAN_60_PERCENT_COMMON, None]


def test_another_weight_of_a_pillar_breaks_the_index_and_not_the_pillar() -> None:
    heavier = [make.node("ALL"), make.node("A", "ALL", weight=2), make.node("B", "ALL")]
    before, after = version(I1, also=(I2,), nodes=TWO_PILLARS), version(I1, also=(I2,), nodes=heavier)

    assert [reason(before, after, code) for code in ("ALL", "A", "B")] == [NoChange.LESS_THAN_60_PERCENT_COMMON, None, None]


def test_an_item_in_another_pillar_is_in_the_core_of_neither() -> None:
    before = version(I1, I2, also=(I3,), nodes=TWO_PILLARS)
    after = version(I1, also=(I3, make.percent("I2", node="B")), nodes=TWO_PILLARS)

    found = change(core_of(before, after), make.answers(I1=1.0, I2=2.0, I3=3.0), make.answers(I1=1.0, I2=2.0, I3=3.0))

    assert [found[code].items for code in ("A", "B", "ALL")] == [1, 1, 2]
    assert found["B"].share_after == 0.5


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"aggregation": Aggregation.GEOMETRIC}, NoChange.METHOD_CHANGED),
        ({"rounding": Rounding(decimals=1)}, NoChange.METHOD_CHANGED),
        ({"scale": 10}, NoChange.SCALE_CHANGED),
        ({"minimum_coverage": 0.9}, None),
        ({"decimals": 3}, None),
    ],
)
def test_another_way_of_computing_breaks_every_series(rules: dict[str, object], expected: NoChange | None) -> None:
    scheme = Scheme.model_validate({"minimum_coverage": 2 / 3} | rules)

    assert reason(version(I1, I2), version(I1, I2, scheme=scheme)) == expected


def test_what_is_left_when_too_little_is_answered_in_both_is_no_break() -> None:
    document = version(make.percent("I1", na_allowed=True), I2, I3)
    core = core_of(document, document)

    half = change(core, make.answers(I1=1.0, I2=1.0), make.answers(I2=1.0, I3=1.0))["A"]
    nothing = change(core, make.answers(I1=1.0), make.answers(I3=1.0))["A"]
    lonely = version(make.percent("I1", na_allowed=True))
    outside = make.answers(I1=make.NOT_APPLICABLE)
    nowhere = change(core_of(lonely, lonely), outside, outside)["A"]

    assert [found.reason for found in (half, nothing, nowhere)] == [
        NoChange.INSUFFICIENT_COVERAGE,
        NoChange.NOTHING_ANSWERED,
        NoChange.NOT_APPLICABLE,
    ]
    assert not any(found.is_break for found in (half, nothing, nowhere))
    assert [half.before, half.after, half.change] == [None, None, None]


def test_a_break_says_how_much_was_in_common() -> None:
    found = change(core_of(version(I1, I2), version(I1, make.percent("N1"))), make.answers(I1=1.0, I2=1.0), make.answers(I1=2.0))

    assert (found["A"].share_before, found["A"].share_after, found["A"].items, found["A"].change) == (0.5, 0.5, 1, None)
    assert found["A"].is_break


@pytest.mark.parametrize(
    ("earlier", "later", "common"),
    [
        (make.yes_no("I1"), make.yes_no("I1", text="Is there one, in law?"), {"I1"}),
        (make.number("I1", hi=10), make.number("I1", hi=20), set()),
        (make.number("I1"), make.number("I1", unit="people"), set()),
        (make.number("I1"), make.number("I1", unit="people", lineage=Lineage(comparable_with=("2026.1",))), {"I1"}),
        (make.number("I1", hi=10), make.number("I1", hi=20, lineage=Lineage(comparable_with=("2026.1",))), set()),
        (make.number("I1"), make.number("I1", unit="people", lineage=Lineage(comparable_with=("2025.1",))), set()),
        (make.yes_no("I1"), make.yes_no("I1", text="Is it kept?", lineage=Lineage(change=ChangeClass.REDEFINED)), set()),
        (make.yes_no("I0"), make.yes_no("I1", lineage=Lineage(replaces="I0")), set()),
        (make.yes_no("I0"), make.yes_no("I1", lineage=Lineage(replaces="I0", comparable_with=("2026.1",))), {"I1"}),
        (
            make.choice("I1", {"a": 0, "b": 100}),
            make.choice("I1", {"a": 0, "b": 100, "c": 50}, lineage=Lineage(comparable_with=("2026.1",))),
            set(),
        ),
        (make.yes_no("I1"), make.yes_no("I1", scored=False), set()),
    ],
)
def test_an_item_is_common_when_its_answers_mean_the_same_and_are_worth_the_same(
    earlier: Item, later: Item, common: set[str]
) -> None:
    before, after = version(earlier, I2), version(later, I2, number="2027.1")

    assert core_of(before, after).pairs.keys() == common | {"I2"}


def test_a_common_item_under_another_code_takes_the_earlier_answer() -> None:
    later = make.percent("I1", lineage=Lineage(replaces="I0", comparable_with=("2026.1",)))

    found = change(core_of(version(make.percent("I0")), version(later)), make.answers(I0=10.0), make.answers(I1=40.0))["A"]

    assert (found.before, found.after, found.change) == (10, 40, 30)


def test_an_item_that_was_split_in_two_is_comparable_with_neither() -> None:
    lineage = Lineage(replaces="I0", comparable_with=("2026.1",))
    halves = (make.percent("I1", lineage=lineage), make.percent("I2", lineage=lineage))

    assert core_of(version(make.percent("I0")), version(*halves)).pairs == {}
    assert core_of(version(make.percent("I0")), version(make.percent("I0"), *halves)).pairs == {"I0": "I0"}


def test_another_rule_of_evidence_leaves_the_supported_series_only() -> None:
    before, after = version(make.yes_no("I1"), I2), version(make.yes_no("I1", evidence=make.evidence(1)), I2)

    assert core_of(before, after).pairs == {"I1": "I1", "I2": "I2"}
    assert core_of(before, after, Series.EVIDENCE_SUPPORTED).pairs == {"I2": "I2"}


def test_the_supported_series_compares_what_evidence_supports() -> None:
    document = version(make.yes_no("I1", evidence=make.evidence(1)))
    before, after = make.answers(I1=make.answer("yes", "https://example.org/law")), make.answers(I1="yes")

    supported = change(core_of(document, document, Series.EVIDENCE_SUPPORTED), before, after)["A"]

    assert (supported.before, supported.after, supported.change) == (100, 0, -100)
    assert change(core_of(document, document), before, after)["A"].change == 0


def test_a_version_that_scores_nothing_has_nothing_to_compare() -> None:
    nothing, something = make.questionnaire(make.section("A", make.text("T"))), version(I1)

    assert change(core_of(nothing, something), {}, make.answers(I1=1.0))["A"].reason is NoChange.NODE_IS_NEW
    assert change(core_of(something, nothing), make.answers(I1=1.0), {}) == {}
    assert change_all(core_of(something, something), [], []) == []


def test_four_tiers_hold_their_shares_by_the_weight_of_the_leaves() -> None:
    before = make.small("four_tiers")
    sections = [
        part.model_copy(update={"items": tuple(item for item in part.items if item.code != "I1")}) for part in before.sections
    ]
    kept = tuple(part for part in sections if part.items)
    after = Questionnaire.model_validate(before.model_dump() | {"sections": kept, "version": "2027.1"})
    given = make.answers(I1=100.0, I2=20.0, I3=60.0, I4=10.0)

    found = change(core_of(before, after), given, given)

    assert found["THEME"].share_before == pytest.approx(3 / 4)
    assert found["DOMAIN"].share_before == pytest.approx((3 / 4 + 1) / 2)
    assert found["INDEX"].share_before == pytest.approx((3 * 7 / 8 + 1) / 4)
    assert {code: node.share_after for code, node in found.items()} == dict.fromkeys(found, 1)
    assert {code: node.change for code, node in found.items()} == dict.fromkeys(found, 0)
