"""A public change is made of published scores, and told only where the node means the same in both years."""

from __future__ import annotations

from dataclasses import replace

from app.domain.questionnaire.document import Questionnaire
from app.domain.release.change import Break, change_at, comparabilities
from app.domain.release.content import ScoreRow
from tests.scenarios import SMALL, document

NEXT = SMALL.replace('"2026.1"', '"2027.1"')


def row(
    node: str, score: float | None, *, lower: float | None = None, upper: float | None = None, coverage: float = 1
) -> ScoreRow:
    bands = (None, None, None)
    return ScoreRow("2026.1", "self", node, "NZL", 1, score, coverage, None, *bands, lower, upper, None, None, None, None)


def changed(old: str, new: str) -> Questionnaire:
    assert old in NEXT
    return document(NEXT.replace(old, new))


def test_under_the_same_version_the_change_is_the_difference_of_the_published_scores() -> None:
    known = comparabilities(document(), document())

    found = change_at(known["A"], {"A": row("A", 40.25)}, {"A": row("A", 52.5)})

    assert found is not None
    assert (found.before, found.after, found.change) == (40.25, 52.5, 12.25)


def test_a_new_version_with_the_same_questions_stays_comparable() -> None:
    known = comparabilities(document(), document(NEXT))

    assert {code: each.reason for code, each in known.items()} == {"ALL": None, "A": None, "B": None}


def test_a_node_with_a_new_question_breaks_and_its_sibling_does_not() -> None:
    after = changed("      - code: B3\n", "      - code: B9\n        type: percent\n        text: New?\n      - code: B3\n")

    known = comparabilities(document(), after)

    assert known["A"].reason is None
    assert known["B"].reason is Break.QUESTIONS_CHANGED
    assert known["ALL"].reason is Break.QUESTIONS_CHANGED  # A alone is half of it


def test_a_question_that_is_asked_of_others_breaks_its_node() -> None:
    after = changed('show_if: {equals: {item: A2, value: "yes"}}', "show_if: {at_least: {item: A1, value: 3}}")

    known = comparabilities(document(), after)

    assert known["A"].reason is not None
    assert known["B"].reason is None


def test_a_new_weight_of_a_pillar_leaves_the_pillar_comparable() -> None:
    after = changed("{code: A, title: Rules, parent: ALL}", "{code: A, title: Rules, parent: ALL, weight: 2}")

    known = comparabilities(document(), after)

    assert known["A"].reason is None
    assert known["ALL"].reason is not None


def test_whole_parts_that_hold_enough_weight_stand_for_the_node() -> None:
    heavy = ("{code: A, title: Rules, parent: ALL}", "{code: A, title: Rules, parent: ALL, weight: 4}")
    before = document(SMALL.replace(*heavy))
    after = document(
        NEXT.replace(*heavy).replace(
            "      - code: B3\n", "      - code: B9\n        type: percent\n        text: New?\n      - code: B3\n"
        )
    )
    years = {"A": row("A", 20), "ALL": row("ALL", 90)}, {"A": row("A", 30), "ALL": row("ALL", 10)}

    known = comparabilities(before, after)["ALL"]
    found = change_at(known, *years)

    assert known.share == 0.8
    assert found is not None
    assert (found.before, found.after, found.is_from_parts) == (20, 30, True)


def test_a_score_that_is_not_public_in_both_years_has_no_change() -> None:
    known = comparabilities(document(), document())["A"]

    assert change_at(known, {}, {"A": row("A", 50)}) is None
    assert change_at(known, {"A": row("A", 50)}, {"A": row("A", None)}) is None


def test_a_change_is_clear_only_where_the_intervals_do_not_overlap() -> None:
    known = comparabilities(document(), document())["A"]
    then = row("A", 40, lower=35, upper=45)

    def clear(now: ScoreRow) -> bool | None:
        found = change_at(known, {"A": then}, {"A": now})
        assert found is not None
        return found.is_clear

    assert clear(row("A", 50, lower=46, upper=55)) is True
    assert clear(row("A", 50, lower=44, upper=55)) is False
    assert clear(row("A", 50)) is None


def test_missing_answers_in_one_year_are_said() -> None:
    known = comparabilities(document(), document())["A"]

    found = change_at(known, {"A": row("A", 40)}, {"A": replace(row("A", 50), coverage=0.8)})

    assert found is not None
    assert found.is_partial
