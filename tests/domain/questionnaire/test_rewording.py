"""What a person would read differently in an item, from one version to another."""

from __future__ import annotations

from app.domain.questionnaire.rewording import Rewording, rewordings
from tests.scenarios import SMALL, document


def test_an_item_that_reads_the_same_has_no_rewording() -> None:
    items = document().items

    assert [rewordings(item, item) for item in items.values()] == [()] * len(items)


def test_each_text_that_changed_is_named_with_both_readings() -> None:
    changed = document(
        SMALL.replace("How far is the strategy?", "How far is the plan?").replace("It is funded.", "It is funded for two years.")
    )

    assert rewordings(document().items["A1"], changed.items["A1"]) == (
        Rewording("text", "How far is the strategy?", "How far is the plan?"),
        Rewording("level", "It is funded.", "It is funded for two years.", "4"),
    )


def test_an_option_that_is_new_or_gone_has_one_reading() -> None:
    before, after = document().items["B1"], document(SMALL.replace("code: some, text", "code: few, text")).items["B1"]

    assert rewordings(before, after) == (
        Rewording("option", "", "Some ministries", "few"),
        Rewording("option", "Some ministries", "", "some"),
    )


def test_a_unit_is_part_of_the_words() -> None:
    before, after = document().items["B2"], document(SMALL.replace("unit: people", "unit: full-time posts")).items["B2"]

    assert rewordings(before, after) == (Rewording("unit", "people", "full-time posts"),)
