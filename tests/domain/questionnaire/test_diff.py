"""What changed between two versions, and what that does to comparison."""

from __future__ import annotations

import pytest

from app.domain.questionnaire.diff import Change, diff
from app.domain.questionnaire.document import Questionnaire, Scheme
from app.domain.questionnaire.items import ChangeClass, Item, Lineage, Tick
from tests import builders as make


def changes(before: Item, after: Item) -> list[tuple[ChangeClass, tuple[str, ...], bool]]:
    found = diff(make.one_item(before), make.one_item(after)).changes
    return [(change.change, change.fields, change.is_comparable) for change in found]


def document(*items: Item) -> Questionnaire:
    return make.questionnaire(make.section("A", *items))


def test_the_same_version_has_no_changes() -> None:
    found = diff(document(make.maturity("A-01")), document(make.maturity("A-01")))

    assert found.changes == ()
    assert not found.scheme_changed


def test_new_and_retired_items_are_named_and_not_comparable() -> None:
    found = diff(document(make.yes_no("A-01")), document(make.yes_no("A-02")))

    assert found.changes == (
        Change("A-02", ChangeClass.NEW, (), is_comparable=False),
        Change("A-01", ChangeClass.RETIRED, (), is_comparable=False),
    )


def test_other_words_are_a_clarification_unless_the_author_calls_them_editorial() -> None:
    old = make.yes_no("A-01", text="Is their a strategy?")

    clarified = changes(old, make.yes_no("A-01", text="Is there a strategy?"))
    editorial = changes(old, make.yes_no("A-01", text="Is there a strategy?", lineage=Lineage(change=ChangeClass.EDITORIAL)))

    assert clarified == [(ChangeClass.CLARIFIED, ("text",), True)]
    assert editorial == [(ChangeClass.EDITORIAL, ("text",), True)]


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        (make.yes_no("A-01"), make.yes_no("A-01", weight=2), ("weight",)),
        (make.number("A-01", hi=10), make.number("A-01", hi=20), ("goalposts",)),
        (make.maturity("A-01"), make.maturity("A-01", [0, 10, 20, 30, 100]), ("levels",)),
        (make.choice("A-01", {"a": 0, "b": 50}), make.choice("A-01", {"a": 0, "b": 100}), ("options",)),
        (make.checklist("A-01", "ab"), make.checklist("A-01", "ab", full_at=1), ("full_at",)),
        (
            make.checklist("A-01", "ab"),
            make.checklist("A-01", [Tick(code="a", text="Option a", is_scored=False), Tick(code="b", text="Option b")]),
            ("options",),
        ),
    ],
)
def test_other_points_and_weights_rescore(before: Item, after: Item, fields: tuple[str, ...]) -> None:
    assert changes(before, after) == [(ChangeClass.RESCORED, fields, False)]


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        (make.number("A-01"), make.number("A-01", unit="people"), ("unit",)),
        (make.yes_no("A-01"), make.yes_no("A-01", partly_allowed=True), ("partly_allowed",)),
        (make.reference("A-01"), make.reference("A-01", "GCI"), ("series",)),
        (make.checklist("A-01", "ab"), make.checklist("A-01", "ac"), ("options",)),
        (make.checklist("A-01", "ab"), make.checklist("A-01", "abc"), ("options",)),
        (make.choice("A-01", {"a": 0, "b": 100}), make.choice("A-01", {"a": 0, "b": 50, "c": 100}), ("options",)),
    ],
)
def test_another_question_or_other_options_redefine(before: Item, after: Item, fields: tuple[str, ...]) -> None:
    assert changes(before, after) == [(ChangeClass.REDEFINED, fields, False)]


def test_another_type_redefines() -> None:
    ((change, fields, is_comparable),) = changes(make.yes_no("A-01"), make.percent("A-01", text="Is there A-01?"))

    assert (change, is_comparable) == (ChangeClass.REDEFINED, False)
    assert "type" in fields


def test_other_words_of_levels_and_options_are_a_clarification() -> None:
    old = make.maturity("A-01")
    levels = [level.model_copy(update={"text": f"{level.text}, seen from outside"}) for level in old.levels]

    assert changes(old, make.maturity("A-01", levels=levels)) == [(ChangeClass.CLARIFIED, ("levels",), True)]


def test_rules_about_evidence_and_order_leave_scores_comparable() -> None:
    after = make.yes_no("A-01", core=True, na_allowed=True, evidence=make.evidence(1))

    assert changes(make.yes_no("A-01"), after) == [(ChangeClass.CLARIFIED, ("core", "evidence", "na_allowed"), True)]


def test_the_version_of_an_item_and_its_lineage_are_not_compared() -> None:
    after = make.yes_no("A-01", item_version=2, lineage=Lineage(note="Checked again."))

    assert changes(make.yes_no("A-01"), after) == []


def test_an_item_on_another_page_has_moved() -> None:
    before = make.questionnaire(make.section("A", make.text("A-01"), make.text("A-02")), make.section("B", make.text("B-01")))
    after = make.questionnaire(make.section("A", make.text("A-01")), make.section("B", make.text("B-01"), make.text("A-02")))

    assert diff(before, after).changes == (Change("A-02", ChangeClass.MOVED, ("section",), is_comparable=True),)


def test_another_scheme_is_said() -> None:
    before = document(make.yes_no("A-01"))
    after = make.questionnaire(make.section("A", make.yes_no("A-01")), scheme=Scheme(minimum_coverage=0.5))

    assert diff(before, after).scheme_changed
    assert (diff(before, after).before, diff(before, after).after) == ("2026.1", "2026.1")


def test_what_may_be_said_not_to_apply_is_a_rule_and_keeps_answers_comparable() -> None:
    stays = Tick(code="a", text="Option a")
    before = make.checklist("A-01", [stays, Tick(code="b", text="Option b")])

    allowing = make.checklist("A-01", [stays, Tick(code="b", text="Option b", na_allowed=True)])

    assert changes(before, allowing) == changes(allowing, before) == [(ChangeClass.CLARIFIED, ("options",), True)]
