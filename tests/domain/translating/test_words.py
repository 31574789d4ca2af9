"""Which words of a text changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.translating.words import Run, changed_words

_TEXTS = st.text(alphabet="ab c\n.", max_size=40)


def test_the_words_that_changed_are_marked_on_both_sides() -> None:
    before, after = changed_words("How far is the plan?", "How near is the plan?")

    assert before == (Run("How "), Run("far ", is_changed=True), Run("is the plan?"))
    assert after == (Run("How "), Run("near ", is_changed=True), Run("is the plan?"))


@given(_TEXTS, _TEXTS)
def test_the_runs_are_the_texts_and_what_is_not_marked_is_the_same(before: str, after: str) -> None:
    old, new = changed_words(before, after)

    assert "".join(run.text for run in old) == before
    assert "".join(run.text for run in new) == after
    assert [run.text for run in old if not run.is_changed] == [run.text for run in new if not run.is_changed]


def test_texts_without_end_count_as_changed_as_a_whole() -> None:
    assert changed_words("a " * 5_000, "b") == ((Run("a " * 5_000, is_changed=True),), (Run("b", is_changed=True),))
