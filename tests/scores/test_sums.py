"""How one answer became its score, in words that a reader can redo."""

from __future__ import annotations

import pytest

from app.domain.answers import Answer
from app.domain.questionnaire.items import Goalposts, Item
from app.domain.questionnaire.normalisation import Normalisation, Relative
from app.domain.scoring.normalise import Series
from app.scores.pages.sums import sum_words
from tests import builders as make

BY_RANGE = Normalisation(method=Relative.MIN_MAX)


@pytest.mark.parametrize(
    ("item", "given", "words"),
    [
        (make.maturity("I"), make.answer(4), "(4 \u2212 1) / 4 \u00d7 100"),
        (make.maturity("I", [0, 10, 20, 60, 100]), make.answer(4), "this answer has 60 of 100"),
        (make.yes_no("I"), make.answer("yes"), "this answer has 100 of 100"),
        (make.choice("I", {"a": 0, "b": 40}), make.answer("b"), "this answer has 40 of 100"),
        (make.checklist("I", "abcd"), make.answer(("a", "c")), "2 / 4 \u00d7 100"),
        (make.checklist("I", "abcd", full_at=2), make.answer(("a", "b", "c")), "3 / 2 \u00d7 100, at most 100"),
        (make.percent("I", Goalposts(lo=0, hi=50)), make.answer(37.5), "(37.5 \u2212 0) / (50 \u2212 0) \u00d7 100"),
        (make.number("I", 40, 5), make.answer(12.0), "(12 \u2212 40) / (5 \u2212 40) \u00d7 100"),
        (make.number("I", 40, 5), make.answer(50.0), "50 lies beyond 40 to 5"),
        (make.number("I", 1, 100, "log"), make.answer(10.0), "(ln 10 \u2212 ln 1) / (ln 100 \u2212 ln 1) \u00d7 100"),
        (
            make.number("I", goalposts=None, normalisation=BY_RANGE),
            make.answer(3.0),
            "placed beside the figures of all who take part",
        ),
        (make.yes_no("I"), make.DECLINED, ""),
    ],
    ids=[f"{number}" for number in range(12)],
)
def test_an_answer_says_how_its_score_comes(item: Item, given: Answer, words: str) -> None:
    assert sum_words(make.one_item(item), item, given, Series.SELF) == words


def test_options_that_do_not_apply_leave_the_sum() -> None:
    item = make.checklist("I", "abcd")

    assert sum_words(make.one_item(item), item, make.answer(("a",), left_out=("c", "d")), Series.SELF) == "1 / 2 \u00d7 100"


def test_without_evidence_the_limit_is_named() -> None:
    item = make.maturity("I", evidence=make.evidence(4))

    words = sum_words(make.one_item(item), item, make.answer(5), Series.EVIDENCE_SUPPORTED)

    assert words == "(5 \u2212 1) / 4 \u00d7 100; counted up to 50, without a link to evidence"
