"""The style that a machine can see: words, lengths, reading grade, levels that repeat, help that is missing."""

from __future__ import annotations

import pytest

from app.domain.questionnaire.items import Evidence, Level
from app.domain.questionnaire.style import check_style, reading_grade
from tests import builders as make

GOOD = make.maturity("A-01").model_copy(
    update={
        "text": "How far is the plan?",
        "why": "A plan shows who does what.",
        "guidance": "Look at the plan.",
        "example": "Level 3. The plan has an owner.",
        "evidence": Evidence(guidance="The plan."),
        "levels": tuple(
            Level(level=level, text=text)
            for level, text in enumerate(
                ("There is no plan.", "A draft exists.", "An owner is named.", "Money is set aside.", "Results are published."), 1
            )
        ),
    }
)


HARD = (
    "Organisational interoperability considerations necessitate institutionalised implementation arrangements, "
    "multidisciplinary responsibilities notwithstanding administrative complexities."
)


def faults(**changes: object) -> list[str]:
    changed = make.questionnaire(make.section("A", GOOD.model_copy(update=changes)))
    return [fault.code for fault in check_style(changed)]


def test_a_good_item_has_nothing_to_look_at() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("text", "Is there a national plan?", "S4"),
        ("why", "Each country decides.", "S4"),
        ("guidance", "Laws and/or standards count.", "S4"),
        ("text", "Is there an adequate plan?", "S5"),
        ("text", "Is there a plan? Who owns it?", "S6"),
        ("why", "One " + "word " * 25 + "more.", "S7"),
        ("guidance", HARD, "S8"),
    ],
)
def test_what_readers_stumble_over_is_named(field: str, text: str, code: str) -> None:
    assert code in faults(**{field: text})


@pytest.mark.parametrize(
    "text",
    [
        'The text says "national plan" in its title.',
        "A share of gross national income.",
        "The United Nations publishes it.",
        "It is an international standard.",
    ],
)
def test_quotations_names_and_terms_of_statistics_are_left_alone(text: str) -> None:
    assert faults(why=text) == []


@pytest.mark.parametrize("field", ["why", "guidance", "example"])
def test_help_that_is_missing_is_named(field: str) -> None:
    assert faults(**{field: None}) == ["S1"]


def test_levels_that_say_nearly_the_same_are_named() -> None:
    levels = [*GOOD.levels[:4], Level(level=5, text="Money is set aside!")]

    assert faults(levels=tuple(levels)) == ["S3"]


def test_a_figure_names_its_year_source_and_goalposts() -> None:
    bare = make.number("A-01").model_copy(
        update={"why": "Why.", "guidance": "Help.", "example": "12.", "evidence": Evidence(guidance="A page.")}
    )

    found = check_style(make.questionnaire(make.section("A", bare)))

    assert [fault.code for fault in found] == ["S2", "S2"]


def test_an_item_that_may_not_apply_says_when() -> None:
    assert faults(na_allowed=True) == ["S1"]
    assert faults(na_allowed=True, na_guidance="Only without a coast.") == []


def test_longer_words_and_sentences_read_at_a_higher_grade() -> None:
    simple, hard = (
        "The plan has an owner. The owner has a budget.",
        "Institutionalised responsibilities necessitate accountability.",
    )

    assert reading_grade(simple) < 3
    assert reading_grade(hard) > 20
    assert reading_grade("**Bold** and *soft* words.") == reading_grade("Bold and soft words.")
