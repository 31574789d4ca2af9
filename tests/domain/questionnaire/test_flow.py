"""What is asked, what is complete, and what comes next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.answers import BLANK, Answer, Piece
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import (
    Progress,
    asked_codes,
    asked_items,
    asked_sections,
    conditions,
    needs_evidence,
    next_section,
    progress,
    settled,
)
from app.domain.questionnaire.items import Item
from tests import builders as make


@pytest.fixture(scope="module")
def document() -> Questionnaire:
    return make.small("conditions")


def test_before_any_answer_only_what_depends_on_nothing_is_asked(document: Questionnaire) -> None:
    assert asked_codes(document, {}) == {"S-01", "S-R1", "M-02", "L-01"}


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        ("yes", {"S-01", "S-03", "S-R1", "M-02", "L-01"}),
        ("partly", {"S-01", "S-03", "S-R1", "M-02", "L-01"}),
        ("no", {"S-01", "S-02", "S-R1", "L-01"}),
        (make.DECLINED, {"S-01", "S-R1", "M-02", "L-01"}),
    ],
)
def test_an_answer_opens_and_closes_questions(document: Questionnaire, reply: str | Answer, asked: set[str]) -> None:
    assert asked_codes(document, {"S-01": reply if isinstance(reply, Answer) else make.answer(reply)}) == asked


def test_a_page_that_is_not_asked_takes_all_its_items_along(document: Questionnaire) -> None:
    answers = {"S-01": make.answer("no"), "M-02": make.answer(5)}

    assert [section.code for section in asked_sections(document, answers)] == ["STRATEGY", "LAST"]
    assert "M-02" not in asked_codes(document, answers)


def test_an_item_is_asked_when_a_combination_of_answers_asks_for_it(document: Questionnaire) -> None:
    means = document.sections[1]
    by_tick = {"S-01": make.answer("yes"), "S-03": make.answer(("money",))}
    by_level = {"S-01": make.answer("yes"), "S-03": make.answer(()), "M-02": make.answer(3)}
    by_neither = {"S-01": make.answer("yes"), "S-03": make.answer(()), "M-02": make.answer(2)}

    assert [item.code for item in asked_items(means, by_tick)] == ["M-01", "M-02"]
    assert [item.code for item in asked_items(means, by_level)] == ["M-01", "M-02"]
    assert [item.code for item in asked_items(means, by_neither)] == ["M-02"]


def test_progress_counts_what_is_asked_and_reference_panels_never(document: Questionnaire) -> None:
    answers = {"S-01": make.answer("yes"), "L-01": BLANK}

    assert progress(document, answers) == (
        Progress("STRATEGY", done=1, total=2, missing=("S-03",)),
        Progress("MEANS", done=0, total=1, missing=()),
        Progress("LAST", done=0, total=1, missing=()),
    )


def test_a_core_item_is_missed_until_it_is_dealt_with(document: Questionnaire) -> None:
    untouched, *_ = progress(document, {})

    assert untouched.missing == ("S-01",)


@pytest.mark.parametrize("reply", [make.NOT_APPLICABLE, make.NOT_AVAILABLE, make.DECLINED])
def test_saying_why_there_is_no_answer_deals_with_an_item(document: Questionnaire, reply: Answer) -> None:
    first, *_ = progress(document, {"S-01": reply})

    assert (first.done, first.missing) == (1, ())


def test_an_extended_item_becomes_needed_when_its_condition_holds(document: Questionnaire) -> None:
    by_yes, *_ = progress(document, {"S-01": make.answer("yes")})
    by_partly, *_ = progress(document, {"S-01": make.answer("partly")})

    assert by_yes.missing == ("S-03",)
    assert by_partly.missing == ()


def test_none_of_these_deals_with_a_checklist(document: Questionnaire) -> None:
    first, *_ = progress(document, {"S-01": make.answer("yes"), "S-03": make.answer(())})

    assert first.missing == ()


def test_the_next_page_is_the_next_on_the_path(document: Questionnaire) -> None:
    no = {"S-01": make.answer("no")}

    def after(code: str, answers: dict[str, Answer]) -> str | None:
        found = next_section(document, answers, code)
        return found.code if found else None

    assert after("STRATEGY", {}) == "MEANS"
    assert after("STRATEGY", no) == "LAST"
    assert after("LAST", no) is None


def test_after_a_page_that_left_the_path_one_begins_again(document: Questionnaire) -> None:
    found = next_section(document, {"S-01": make.answer("no")}, "MEANS")

    assert found is document.sections[0]


def test_every_condition_is_found_with_its_place(document: Questionnaire) -> None:
    assert [path for path, _ in conditions(document)] == [
        ("sections", 0, "items", 1, "show_if"),
        ("sections", 0, "items", 2, "show_if"),
        ("sections", 0, "items", 2, "require_if"),
        ("sections", 1, "show_if"),
        ("sections", 1, "items", 0, "show_if"),
    ]


def test_the_answer_of_a_hidden_item_counts_for_nothing_and_brings_up_no_other() -> None:
    chain = make.questionnaire(
        make.section(
            "S",
            make.yes_no("A"),
            make.yes_no("B", show_if=make.equals("A", "yes")),
            make.yes_no("C", show_if=make.equals("B", "yes")),
        )
    )
    answers = {code: make.answer("yes") for code in "ABC"} | {"A": make.answer("no")}

    assert set(settled(chain, answers)) == {"A"}
    assert asked_codes(chain, answers) == {"A"}
    assert asked_codes(chain, answers | {"A": make.answer("yes")}) == {"A", "B", "C"}


@pytest.mark.parametrize(
    ("item", "reply", "is_needed"),
    [
        (make.maturity("A", evidence=make.evidence(4)), make.answer(4), True),
        (make.maturity("A", evidence=make.evidence(4)), make.answer(3), False),
        (make.maturity("A"), make.answer(5), False),
        (make.yes_no("A", evidence=make.evidence(1)), make.answer("yes"), True),
        (make.yes_no("A", evidence=make.evidence(1)), make.answer("no"), False),
        (make.checklist("A", "xyz", evidence=make.evidence(2)), make.answer(("x", "y")), True),
        (make.checklist("A", "xyz", evidence=make.evidence(2)), make.answer(("x",)), False),
        (make.choice("A", {"begun": 50, "done": 100}, evidence=make.evidence(cap=75)), make.answer("done"), True),
        (make.choice("A", {"begun": 50, "done": 100}, evidence=make.evidence(cap=75)), make.answer("begun"), False),
        (make.percent("A", evidence=make.evidence(1)), make.answer(12.0), True),
        (make.maturity("A", evidence=make.evidence(1)), make.DECLINED, False),
        (make.maturity("A", evidence=make.evidence(1)), BLANK, False),
    ],
)
def test_evidence_is_needed_from_where_the_item_says(item: Item, reply: Answer, is_needed: bool) -> None:  # noqa: FBT001 - a case
    piece = Piece("id", 1, "The plan", "https://example.org/plan")

    assert needs_evidence(item, reply) is is_needed
    assert not needs_evidence(item, replace(reply, evidence=(piece,)))
    assert not needs_evidence(item, replace(reply, evidence_url="https://example.org"))
