"""Two answers put together: what that means for each type of item, and where a person must choose."""

from __future__ import annotations

import pytest

from app.domain.answers import Answer, AnswerState, Record
from app.domain.combining import combine
from app.domain.questionnaire.items import Item
from tests.scenarios import document

ITEMS = document().items
ANSWERED = AnswerState.ANSWERED


def record(**values: str) -> Record:
    return Record(tuple(values.items()))


def test_ticks_of_either_are_ticked_in_the_order_of_the_form() -> None:
    both = combine(ITEMS["A3"], Answer(ANSWERED, ("safety",)), Answer(ANSWERED, ("privacy",)))

    assert both == Answer(ANSWERED, ("privacy", "safety"))


def test_an_option_that_one_ticked_applies() -> None:
    theirs = Answer(ANSWERED, ("privacy",), reason="No courts.", not_applicable=("redress",))

    assert combine(ITEMS["A3"], theirs, Answer(ANSWERED, ("redress",))) == Answer(ANSWERED, ("privacy", "redress"))


def test_texts_stand_one_below_the_other_theirs_first() -> None:
    both = combine(ITEMS["A4"], Answer(ANSWERED, "Ministries meet."), Answer(ANSWERED, "A council advises."))

    assert both == Answer(ANSWERED, "Ministries meet.\n\nA council advises.")


def test_comments_are_joined_where_the_answer_is_the_same() -> None:
    theirs, mine = (Answer(ANSWERED, 3, comment=words) for words in ("Since May.", "Law 12."))

    assert combine(ITEMS["A1"], theirs, mine) == Answer(ANSWERED, 3, comment="Since May.\n\nLaw 12.")


@pytest.mark.parametrize(
    ("item", "theirs", "mine"),
    [("A1", 3, 4), ("A2", "yes", "no"), ("B1", "all", "some"), ("B2", 3.0, 4.0), ("B3", 10.0, 20.0)],
)
def test_between_two_values_a_person_chooses(item: str, theirs: str | float, mine: str | float) -> None:
    assert combine(ITEMS[item], Answer(ANSWERED, theirs), Answer(ANSWERED, mine)) is None


@pytest.mark.parametrize("item", [ITEMS["A3"], ITEMS["A4"]], ids=lambda item: str(item.code))
def test_between_an_answer_and_none_a_person_chooses(item: Item) -> None:
    given = Answer(ANSWERED, ("privacy",) if item.code == "A3" else "Words.")

    assert combine(item, given, Answer(AnswerState.DECLINED)) is None
    assert combine(item, Answer(AnswerState.BLANK), given) is None


def test_two_links_to_evidence_are_not_put_into_one_field() -> None:
    theirs, mine = (Answer(ANSWERED, 3, evidence_url=f"https://example.org/{name}") for name in ("law", "plan"))

    assert combine(ITEMS["A1"], theirs, mine) is None


def test_what_holds_the_other_already_is_the_result() -> None:
    short, long = Answer(ANSWERED, "Ministries meet."), Answer(ANSWERED, "Ministries meet. Monthly.")

    assert combine(ITEMS["A4"], short, long) == combine(ITEMS["A4"], long, short) == long
