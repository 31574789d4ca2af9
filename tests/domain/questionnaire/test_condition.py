"""Conditions: what they mean, how they read, and what is refused."""

from __future__ import annotations

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from app.domain.answers import BLANK, Answer
from app.domain.questionnaire.condition import Condition, holds, item_of, items_of, leaves
from app.questionnaires.conditions import condition_words
from tests import builders as make

CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
ANSWERS = make.answers(M=3, YN="yes", CH="small", CL=("a", "b"), NONE=(), NUM=12.5, TX="words")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (make.equals("YN", "yes"), True),
        (make.equals("YN", "no"), False),
        (make.equals("M", 3), True),
        (make.equals("M", "3"), False),
        (make.equals("NUM", 12.5), True),
        (make.is_in("CH", "small", "large"), True),
        (make.is_in("CH", "large"), False),
        (make.includes("CL", "b"), True),
        (make.includes("CL", "c"), False),
        (make.includes("NONE", "a"), False),
        (make.includes("TX", "w"), False),
        (make.at_least("M", 3), True),
        (make.at_least("M", 4), False),
        (make.at_least("NUM", 12.5), True),
        (make.at_least("TX", 0), False),
        (make.answered("TX"), True),
        (make.answered("NONE"), True),
        (make.answered("UNKNOWN"), False),
        (make.all_of(make.answered("M"), make.equals("YN", "yes")), True),
        (make.all_of(make.answered("M"), make.equals("YN", "no")), False),
        (make.any_of(make.equals("YN", "no"), make.answered("M")), True),
        (make.any_of(make.equals("YN", "no"), make.answered("UNKNOWN")), False),
        (make.negated(make.equals("YN", "no")), True),
        (make.negated(make.negated(make.equals("YN", "no"))), False),
    ],
)
def test_each_word_means_what_it_says(condition: Condition, expected: bool) -> None:  # noqa: FBT001 - a truth table
    assert holds(condition, ANSWERS) is expected


@pytest.mark.parametrize("reply", [BLANK, make.NOT_APPLICABLE, make.NOT_AVAILABLE, make.DECLINED, None])
@pytest.mark.parametrize(
    "condition",
    [
        make.equals("A", "yes"),
        make.is_in("A", "yes", "no"),
        make.includes("A", "yes"),
        make.at_least("A", -1e9),
        make.answered("A"),
    ],
)
def test_without_a_value_every_comparison_is_false(condition: Condition, reply: Answer | None) -> None:
    answers = {} if reply is None else {"A": reply}

    assert holds(condition, answers) is False
    assert holds(make.negated(condition), answers) is True


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (make.equals("A-01", "yes"), "A-01 is yes"),
        (make.is_in("A-01", "yes", "partly"), "A-01 is one of: yes or partly"),
        (make.includes("A-01", "firms"), "A-01 includes firms"),
        (make.at_least("A-01", 3), "A-01 is 3 or more"),
        (make.at_least("A-01", 2.5), "A-01 is 2.5 or more"),
        (make.at_least("A-01", 12_345_678), "A-01 is 12345678 or more"),
        (make.answered("A-01"), "A-01 is answered"),
        (
            make.all_of(make.at_least("A-01", 3), make.any_of(make.answered("B"), make.negated(make.answered("C")))),
            "A-01 is 3 or more and (B is answered or C is not answered)",
        ),
        (make.negated(make.all_of(make.answered("A"), make.answered("B"))), "A is not answered or B is not answered"),
        (
            make.any_of(make.all_of(make.answered("A"), make.answered("B")), make.answered("C")),
            "(A is answered and B is answered) or C is answered",
        ),
    ],
)
def test_a_condition_can_be_read_aloud(condition: Condition, words: str) -> None:
    assert condition_words(condition) == words


def test_the_items_of_a_condition_are_found_however_deep() -> None:
    condition = make.all_of(
        make.equals("A", 1),
        make.any_of(make.is_in("B", 1), make.negated(make.includes("C", "x"))),
        make.negated(make.negated(make.at_least("D", 1))),
        make.answered("E"),
    )

    assert [item_of(leaf) for leaf in leaves(condition)] == ["A", "B", "C", "D", "E"]
    assert items_of(condition) == {"A", "B", "C", "D", "E"}


@pytest.mark.parametrize(
    "source",
    [
        '{"equals": {"item": "A", "value": "yes"}}',
        '{"in": {"item": "A", "values": [1, 2.5, "x"]}}',
        '{"not": {"any": [{"answered": "A"}, {"all": [{"includes": {"item": "B", "option": "x"}}]}]}}',
        '{"at_least": {"item": "A", "value": 3.0}}',
    ],
)
def test_a_condition_is_written_as_it_was_read(source: str) -> None:
    condition = CONDITION.validate_json(source, strict=True, by_alias=True, by_name=False)

    assert CONDITION.dump_python(condition, mode="json", by_alias=True) == json.loads(source)


@pytest.mark.abuse("I16")
@pytest.mark.parametrize(
    "source",
    [
        "{}",
        '"A-01 is yes"',
        "\"__import__('os').system('true')\"",
        '["A", "yes"]',
        "true",
        "null",
        "12",
        '{"equals": {"item": "A", "value": 1}, "answered": "A"}',
        '{"equals": {"item": "A", "value": true}}',
        '{"equals": {"item": "A", "value": null}}',
        '{"equals": {"item": "A", "value": ["x"]}}',
        '{"equals": {"item": "A"}}',
        '{"in": {"item": "A", "values": []}}',
        '{"in": {"item": "A", "values": "yes"}}',
        '{"all": []}',
        '{"any": []}',
        '{"not": [{"answered": "A"}]}',
        '{"in_": {"item": "A", "values": [1]}}',
        '{"not_": {"answered": "A"}}',
        '{"at_least": {"item": "A", "value": "3"}}',
        '{"at_least": {"item": "A", "value": 1e999}}',
        '{"answered": ["A"]}',
        '{"power": {"item": "A", "value": 9}}',
        '{"__class__": "A"}',
    ],
)
def test_whatever_is_not_in_the_grammar_is_refused(source: str) -> None:
    with pytest.raises(ValidationError):
        CONDITION.validate_json(source, strict=True, by_alias=True, by_name=False)
