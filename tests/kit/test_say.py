"""A sentence reads as English where it is made, and keeps what a translation is made of."""

from __future__ import annotations

import pytest

from app.kit.say import Quoted, mark, say, say_number, sentences


def test_a_sentence_is_a_text_and_keeps_its_template_and_its_values() -> None:
    words = say("Write at least {least}.", least=3)

    assert words == "Write at least 3."
    assert (words.template, dict(words.values)) == ("Write at least {least}.", {"least": 3})


@pytest.mark.parametrize(("number", "said"), [(0, "0 keys of Ana work."), (1, "1 key of Ana works."), (2, "2 keys of Ana work.")])
def test_a_number_decides_the_form(number: int, said: str) -> None:
    words = say_number("{number} key of {name} works.", "{number} keys of {name} work.", number, name="Ana")

    assert words == said
    assert (words.plural, words.number) == ("{number} keys of {name} work.", number)


def test_sentences_follow_one_another_and_stay_apart_for_translators() -> None:
    first, second = say("There is no {code}.", code="B9"), mark("There is none yet.")

    words = sentences(first, second)

    assert words == "There is no B9. There is none yet."
    assert list(words.values.values()) == [first, second]


def test_a_text_of_a_questionnaire_keeps_where_it_stands() -> None:
    quoted = Quoted("small A3", "Privacy")

    assert (quoted, quoted.context) == ("Privacy", "small A3")
