"""The seven things that can happen to an item are told apart, whatever else happens around it."""

from __future__ import annotations

import pytest

from app.domain.questionnaire.diff import Change, diff
from app.domain.questionnaire.document import Node, Questionnaire, Scheme
from app.domain.questionnaire.items import ChangeClass, Item, Level, Lineage
from tests import builders as make

EDITORIAL, REDEFINED = Lineage(change=ChangeClass.EDITORIAL), Lineage(change=ChangeClass.REDEFINED)
RESCORED = ChangeClass.RESCORED


def found(before: Questionnaire, after: Questionnaire) -> dict[str, tuple[ChangeClass, tuple[str, ...], bool]]:
    return {each.item: (each.change, each.fields, each.is_comparable) for each in diff(before, after).changes}


def page(*items: Item) -> Questionnaire:
    return make.questionnaire(make.section("A", *items))


def test_all_seven_at_once_are_told_apart() -> None:
    before = page(
        make.yes_no("EDITORIAL", text="Is their one?"),
        make.yes_no("CLARIFIED", text="Is there one?"),
        make.number("RESCORED", hi=10),
        make.yes_no("REDEFINED"),
        make.text("RETIRED"),
        make.text("STAYS"),
        make.text("MOVED"),
    )
    after = page(
        make.text("MOVED"),
        make.yes_no("EDITORIAL", text="Is there one?", lineage=EDITORIAL),
        make.yes_no("CLARIFIED", text="Is there one in force?"),
        make.number("RESCORED", hi=20),
        make.yes_no("REDEFINED", partly_allowed=True),
        make.text("STAYS"),
        make.text("NEW"),
    )

    classes = {code: change.value for code, (change, _fields, _comparable) in found(before, after).items()}

    assert classes == {code: code.lower() for code in (each.name for each in ChangeClass)}


def test_only_what_left_its_turn_has_moved() -> None:
    codes = ["A-01", "A-02", "A-03", "A-04"]
    before = page(*map(make.text, codes))
    after = page(*(make.text(code) for code in ("A-01", "A-03", "A-04", "A-02")))

    assert diff(before, after).changes == (Change("A-02", ChangeClass.MOVED, ("position",), is_comparable=True),)


def test_what_is_added_or_taken_out_moves_nothing() -> None:
    before = page(*map(make.text, ("A-01", "A-02", "A-03")))
    after = page(*map(make.text, ("A-00", "A-01", "A-03", "A-04")))

    assert {change for change, _fields, _is in found(before, after).values()} == {ChangeClass.NEW, ChangeClass.RETIRED}


def test_what_moved_and_changed_is_named_by_the_weightier_with_both() -> None:
    before = page(make.text("A-01"), make.text("A-02"), make.yes_no("A-03"))
    after = page(make.yes_no("A-03", weight=2), make.text("A-01"), make.text("A-02"))

    assert found(before, after) == {"A-03": (RESCORED, ("position", "weight"), False)}


def _in_two(*, last: str, node: str | None = None) -> Questionnaire:
    sections = {"A": [make.yes_no("A-01")], "B": [make.yes_no("B-01")]}
    sections[last].append(make.yes_no("X", node=node))
    return make.questionnaire(*(make.section(code, *items) for code, items in sections.items()))


def test_an_item_that_feeds_the_node_of_its_new_section_is_rescored() -> None:
    assert found(_in_two(last="A"), _in_two(last="B"))["X"] == (RESCORED, ("node", "section"), False)


def test_an_item_that_keeps_its_node_has_only_moved() -> None:
    assert found(_in_two(last="A"), _in_two(last="B", node="A"))["X"] == (ChangeClass.MOVED, ("section",), True)


def test_a_node_that_is_named_where_it_was_meant_anyway_changes_nothing() -> None:
    assert found(_in_two(last="A"), _in_two(last="A", node="A")) == {}


@pytest.mark.parametrize("scale", [100.0, 10.0])
def test_points_that_say_what_holds_by_default_rescore_nothing(scale: float) -> None:
    levels = tuple(Level(level=n, text=f"Level {n}", points=(n - 1) * scale / 4) for n in range(1, 6))
    plain = tuple(Level(level=n, text=f"Level {n}") for n in range(1, 6))
    before = make.one_item(make.maturity("A-01", levels=plain), scale=scale)
    after = make.one_item(make.maturity("A-01", levels=levels), scale=scale)

    assert found(before, after)["A-01"] == (ChangeClass.CLARIFIED, ("levels",), True)


def test_another_order_of_options_asks_for_the_same() -> None:
    before, after = page(make.choice("A-01", {"a": 0, "b": 50})), page(make.choice("A-01", {"b": 50, "a": 0}))

    assert found(before, after)["A-01"] == (ChangeClass.CLARIFIED, ("options",), True)


def test_the_author_may_say_that_the_same_fields_ask_for_something_else() -> None:
    declared = make.yes_no("A-01", lineage=REDEFINED)

    assert found(page(make.yes_no("A-01")), page(declared))["A-01"] == (ChangeClass.REDEFINED, ("lineage",), False)
    assert found(page(declared), page(declared)) == {}, "said once, it is not said again in the next version"


def test_editorial_does_not_hide_other_points() -> None:
    assert found(page(make.yes_no("A-01")), page(make.yes_no("A-01", weight=3, lineage=EDITORIAL)))["A-01"][0] is RESCORED


def _scheme(scheme: Scheme, *nodes: Node) -> Questionnaire:
    return make.questionnaire(make.section("A", make.yes_no("A-01")), nodes=nodes, scheme=scheme)


def test_how_scores_are_made_changes_with_the_scheme_and_not_with_its_words() -> None:
    before = _scheme(Scheme(), Node(code="A", title="Policy"))

    for words in (Node(code="A", title="Policies"), Node(code="A", title="Policy", description="What it is about.")):
        assert not diff(before, _scheme(Scheme(), words)).scheme_changed
    assert not diff(before, _scheme(Scheme(decimals=2), Node(code="A", title="Policy"))).scheme_changed
    for after in (
        _scheme(Scheme(minimum_coverage=0.9), Node(code="A", title="Policy")),
        _scheme(Scheme(), Node(code="A", title="Policy", weight=2)),
        _scheme(Scheme(), Node(code="A", title="Policy", parent="I"), Node(code="I", title="Index")),
    ):
        assert diff(before, after).scheme_changed
        assert found(before, after) == {}
