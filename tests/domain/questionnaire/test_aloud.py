"""Conditions as sentences: every relation, turned round and nested, for levels and for figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.domain.answers import Answer, AnswerState
from app.domain.questionnaire.aloud import ItemCode, OptionCode, read_aloud, read_condition
from app.domain.questionnaire.condition import Condition, holds
from app.kit.say import Words
from tests import builders as make

TYPES = {"M": "maturity", "P": "percent", "N": "number", "Y": "yes_no", "C": "choice", "T": "checklist"}


@pytest.mark.parametrize(
    ("condition", "so", "not_so"),
    [
        (make.equals("Y", "yes"), "Y is yes", "Y is not yes"),
        (make.equals("C", "law"), "C is law", "C is not law"),
        (make.equals("M", 3), "M is at level 3", "M is not at level 3"),
        (make.equals("P", 40), "P is 40%", "P is not 40%"),
        (make.is_in("C", "a"), "C is a", "C is not a"),
        (make.is_in("C", "a", "b"), "C is one of: a or b", "C is none of: a or b"),
        (make.is_in("M", 2, 3, 4), "M is at level 2, 3 or 4", "M is not at level 2, 3 or 4"),
        (make.includes("T", "firms"), "T includes firms", "T does not include firms"),
        (make.at_least("M", 3), "M is at level 3 or above", "M is not at level 3 or above"),
        (make.at_least("N", 2.5), "N is 2.5 or more", "N is not 2.5 or more"),
        (make.at_least("P", 50), "P is 50% or more", "P is not 50% or more"),
        (make.answered("N"), "N is answered", "N is not answered"),
    ],
)
def test_every_relation_is_said_and_its_opposite(condition: Condition, so: str, not_so: str) -> None:
    assert read_aloud(condition, TYPES) == so
    assert read_aloud(make.negated(condition), TYPES) == not_so
    assert read_aloud(make.negated(make.negated(condition)), TYPES) == so


A, B, C = (make.answered(code) for code in "ABC")


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (make.all_of(A), "A is answered"),
        (make.all_of(A, B, C), "A is answered and B is answered and C is answered"),
        (make.all_of(A, make.any_of(B, C)), "A is answered and (B is answered or C is answered)"),
        (make.any_of(make.all_of(A, B), C), "(A is answered and B is answered) or C is answered"),
        (make.all_of(A, make.any_of(B)), "A is answered and B is answered"),
        (make.negated(make.all_of(A, B)), "A is not answered or B is not answered"),
        (make.negated(make.any_of(A, make.all_of(B, C))), "A is not answered and (B is not answered or C is not answered)"),
        (make.all_of(A, make.negated(B)), "A is answered and B is not answered"),
        (make.all_of(A, make.negated(make.all_of(B, C))), "A is answered and (B is not answered or C is not answered)"),
    ],
)
def test_what_is_nested_is_said_as_it_is_meant(condition: Condition, words: str) -> None:
    assert read_aloud(condition, {}) == words


def test_codes_are_kept_apart_for_a_page_to_link() -> None:
    words = read_aloud(make.includes("T", "firms"), TYPES)

    item, option = words.values["item"], words.values["option"]
    assert isinstance(item, ItemCode)
    assert isinstance(option, OptionCode)
    assert (item, option, option.item) == ("T", "firms", "T")


def test_a_value_that_is_missing_yet_is_seen_to_be_missing() -> None:
    assert read_aloud(make.equals("C", ""), TYPES) == "C is …"


@pytest.mark.parametrize("value", ["x", {}, {"equals": {"item": "A"}}, {"at_least": {"item": "A", "value": "3"}}, {"all": []}])
def test_what_is_no_condition_is_none(value: object) -> None:
    assert read_condition(value) is None


def _conditions() -> some.SearchStrategy[Condition]:
    leaves = some.sampled_from("ABC").map(make.answered)
    return some.recursive(
        leaves,
        lambda inner: some.one_of(
            inner.map(make.negated),
            some.lists(inner, min_size=1, max_size=3).map(lambda parts: make.all_of(*parts)),
            some.lists(inner, min_size=1, max_size=3).map(lambda parts: make.any_of(*parts)),
        ),
        max_leaves=8,
    )


def _meant(words: Words, answered: frozenset[str]) -> bool:
    """Understand a sentence as a reader would."""
    values = words.values
    inner, other = values.get("condition"), values.get("other")
    if isinstance(inner, Words):
        joined = _meant(inner, answered)
        if not isinstance(other, Words):
            return joined
        return (joined and _meant(other, answered)) if " and " in words.template else (joined or _meant(other, answered))
    return (values["item"] in answered) is ("not" not in words.template)


@given(_conditions(), some.frozensets(some.sampled_from("ABC")))
def test_a_sentence_means_what_the_condition_means(condition: Condition, answered: frozenset[str]) -> None:
    answers = {code: Answer(AnswerState.ANSWERED, "yes") for code in answered}

    assert _meant(read_aloud(condition, {}), answered) is holds(condition, answers)
