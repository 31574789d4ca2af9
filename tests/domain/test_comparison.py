"""Two versions compared whole: what was said and is said, of questions and of everything around them."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.comparison import compare
from app.domain.drafting.wording import Wording, wordings
from app.domain.questionnaire.document import Clause, Questionnaire, Scheme
from app.domain.questionnaire.items import Level
from tests import builders as make


def _said(before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> list[tuple[str, str, str]]:
    return [("/".join(each.path), each.before, each.after) for each in wordings(before, after)]


def test_each_text_that_differs_is_found_at_its_place() -> None:
    levels = [{"level": 1, "text": "None"}, {"level": 2, "text": "One"}]
    before = {"code": "A", "text": "How far?", "levels": levels}
    after = {
        "code": "A",
        "text": "How far is it?",
        "levels": [levels[0], {"level": 2, "text": "Two", "points": 20}],
        "core": True,
    }

    assert _said(before, after) == [
        ("text", "How far?", "How far is it?"),
        ("levels/2/text", "One", "Two"),
        ("levels/2/points", "", "20"),
        ("core", "", "yes"),
    ]


def test_what_is_new_or_gone_has_one_empty_side_and_another_order_is_said() -> None:
    options = [{"code": "a", "text": "Law"}, {"code": "b", "text": "Plan"}]

    assert _said({"options": options}, {"options": options[::-1]}) == [("options", "a, b", "b, a")]
    assert _said({"options": options}, {"options": options[:1]}) == [("options/b/text", "Plan", "")]
    assert _said(None, {"title": "New"}) == [("title", "", "New")]
    assert _said({"clauses": ["A", "B"]}, {"clauses": ["A"]}) == [("clauses", "A, B", "A")]


def test_conditions_are_said_as_sentences() -> None:
    before = {"show_if": {"answered": "B1"}}
    after = {"show_if": {"not": {"at_least": {"item": "B1", "value": 3}}}}

    assert wordings(before, after, {"B1": "maturity"}) == (
        Wording(("show_if",), "B1 is answered", "B1 is not at level 3 or above"),
    )


def test_what_does_not_fit_the_format_is_shown_as_it_is() -> None:
    assert _said({"show_if": {"answered": "B1"}}, {"show_if": "soon"}) == [("show_if", "B1 is answered", "soon")]
    assert _said({"levels": [1, {"level": 2}]}, {"levels": None}) == [("levels", '[1, {"level": 2}]', "")]
    assert _said({"levels": [{"level": 1}, {"level": 1}]}, {"levels": []})[0][0] == "levels"


def _document(text: str, *codes: str, minimum_coverage: float = 0.5, clause: str = "Share.") -> Questionnaire:
    levels = tuple(Level(level=n, text=f"Level {n}") for n in range(1, 6))
    items = [make.maturity(code, levels=levels, text=text, clauses=("B.i",)) for code in codes]
    document = make.questionnaire(make.section("A", *items), scheme=Scheme(minimum_coverage=minimum_coverage))
    return document.model_copy(update={"clauses": (Clause(code="B.i", text=clause),)})


def test_questions_scheme_and_clauses_are_compared_with_their_words() -> None:
    before = _document("How far?", "A-01")
    found = compare(before, _document("How far is it?", "A-01", minimum_coverage=0.6, clause="Share more."))

    assert [(each.change.item, each.text) for each in found.items] == [("A-01", "How far is it?")]
    assert found.items[0].wordings == (Wording(("text",), "How far?", "How far is it?"),)
    assert [(str(each.difference.address), each.wordings[0].before) for each in found.parts] == [
        ("clauses", "Share."),
        ("scheme", "0.5"),
    ]
    assert found.scheme_changed


def test_a_place_is_named_by_what_stands_before_it() -> None:
    found = compare(_document("How?", "A-01", "A-02", "A-03"), _document("How?", "A-03", "A-01", "A-02"))

    assert [(each.change.item, each.wordings) for each in found.items] == [
        ("A-03", (Wording(("position",), "after A-02", "at the top"),))
    ]


def test_two_versions_that_ask_the_same_do_not_differ_by_their_numbers() -> None:
    before = _document("How far?", "A-01")

    assert not compare(before, before.model_copy(update={"version": "2026.2"})).has_changes
