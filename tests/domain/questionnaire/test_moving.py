"""What becomes of an answer in a later version: kept where it means the same and fits, asked anew, or gone; and the way back."""

from __future__ import annotations

import pytest

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.benchmark.over_time.lineage import carried_pairs
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import ChangeClass
from app.domain.questionnaire.moving import NO_WISHES, Line, Outcome, Plan, Undoing, Wishes, fits, plan_move, plan_undo
from tests.scenarios import SMALL, document

BEFORE = document()
NEXT = SMALL.replace('version: "2026.1"', 'version: "2026.2"')
A2 = "      - code: A2\n        type: yes_no\n"
A4 = "      - code: A4\n        type: text\n        text: What else should a reader know?\n"
A5 = "      - {code: A5, type: yes_no, text: Is it read?}\n"


def answered(value: float | str | tuple[str, ...], comment: str = "") -> Answer:
    return Answer(AnswerState.ANSWERED, value, comment=comment)


GIVEN = {
    "A1": answered(4),
    "A2": answered("yes"),
    "A3": answered(("privacy",)),
    "A4": answered("Ministries meet."),
    "B1": answered("all"),
    "B2": answered(250.0),
}


def changed(*changes: tuple[str, str]) -> Questionnaire:
    """Return the next version with some texts of its file replaced."""
    source = NEXT
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return document(source)


def plan(after: Questionnaire, wishes: Wishes = NO_WISHES, given: dict[str, Answer] = GIVEN) -> Plan:
    return plan_move(BEFORE, after, carried_pairs(BEFORE, after), given, wishes)


def line(after: Questionnaire, code: str, wishes: Wishes = NO_WISHES) -> Line:
    return next(each for each in plan(after, wishes).lines if each.old == code)


def undoing(after: Questionnaire, now: dict[str, Answer], wishes: Wishes = NO_WISHES) -> Undoing:
    fates = {each.old: each.outcome for each in plan(after, wishes).lines}
    return plan_undo(BEFORE, after, carried_pairs(BEFORE, after), fates, GIVEN, now)


def test_where_nothing_changed_everything_is_kept() -> None:
    found = plan(changed())

    assert [each.old for each in found.of(Outcome.KEEP)] == list(GIVEN)
    assert {each.change for each in found.lines} == {None}
    assert found.new_items == ()


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("Is there a law?", "Is there a law in force?", ChangeClass.CLARIFIED),
        ("evidence: {required_from: 1}", "weight: 2", ChangeClass.RESCORED),
    ],
)
def test_other_words_and_other_points_keep_the_answer(old: str, new: str, change: ChangeClass) -> None:
    found = line(changed((old, new)), "A2")

    assert (found.outcome, found.change) == (Outcome.KEEP, change)


def test_a_question_that_its_author_redefined_is_asked_anew_and_may_be_kept() -> None:
    after = changed((A2, f"{A2}        lineage: {{change: redefined}}\n"))

    found = line(after, "A2")

    assert (found.outcome, found.change, found.can_be_turned) == (Outcome.ASK, ChangeClass.REDEFINED, True)
    assert line(after, "A2", Wishes(keep=frozenset({"A2"}))).outcome is Outcome.KEEP


def test_an_answer_that_does_not_fit_any_more_is_asked_anew_and_cannot_be_kept() -> None:
    after = changed(("maximum: 1000", "maximum: 100"), ("hi: 1000", "hi: 100"))

    found = line(after, "B2", Wishes(keep=frozenset({"B2"})))

    assert (found.outcome, found.fits, found.can_be_turned) == (Outcome.ASK, False, False)


def test_another_type_is_another_question() -> None:
    after = changed(("- code: B3\n        type: percent", "- code: B3\n        type: text"))

    found = plan(after, given={"B3": answered(20.0)}).lines[0]

    assert (found.outcome, found.change, found.can_be_turned) == (Outcome.ASK, ChangeClass.REDEFINED, False)


def test_a_kept_answer_can_be_asked_anew() -> None:
    assert line(changed(), "A1", Wishes(ask=frozenset({"A1"}))).outcome is Outcome.ASK


def test_a_wish_does_not_turn_into_its_opposite_when_the_answer_changes() -> None:
    after = changed((A2, f"{A2}        lineage: {{change: redefined}}\n"))

    assert line(after, "A2", Wishes(ask=frozenset({"A2"}))).outcome is Outcome.ASK
    assert line(after, "A1", Wishes(keep=frozenset({"A1"}))).outcome is Outcome.KEEP


def test_the_answer_to_a_retired_question_leaves_the_form_whatever_is_wished() -> None:
    after = changed((A4, ""))

    found = line(after, "A4", Wishes(ask=frozenset({"A4"}), keep=frozenset({"A4"})))

    assert (found.outcome, found.new, found.change) == (Outcome.DROP, None, ChangeClass.RETIRED)


def test_an_answer_follows_its_question_to_another_code() -> None:
    lineage = "        lineage: {replaces: A4, change: moved, comparable_with: ['2026.1']}\n"
    after = changed((A4, A4.replace("code: A4", "code: A9") + lineage))

    found = line(after, "A4")

    assert (found.new, found.outcome, found.change) == ("A9", Outcome.KEEP, ChangeClass.MOVED)
    assert plan(after).new_items == ()


def test_what_only_the_later_version_asks_is_named_and_reference_panels_ask_nothing() -> None:
    panel = "      - {code: A6, type: reference, text: X, series: [GTMI]}\n"

    assert plan(changed((A4, A4 + A5 + panel))).new_items == ("A5",)


def test_blank_answers_are_no_lines_and_a_comment_alone_is_one() -> None:
    remark = Answer(AnswerState.BLANK, comment="Ask the ministry.")

    found = plan(changed(), given={"A1": BLANK, "A2": remark})

    assert [(each.old, each.outcome) for each in found.lines] == [("A2", Outcome.KEEP)]


def test_ticks_fit_in_whatever_order_the_options_stand() -> None:
    turned = document(SMALL.replace("{code: privacy, text: Privacy}", "{code: late, text: Late}"))

    assert fits(BEFORE.items["A3"], answered(("safety", "privacy")), BEFORE)
    assert not fits(turned.items["A3"], answered(("privacy",)), turned)


def test_undoing_at_once_brings_everything_back() -> None:
    after = changed((A4, ""), ("Is there a law?", "Is there a law in force?"))
    now = {code: answer for code, answer in GIVEN.items() if code not in {"A1", "A4"}} | {"A1": BLANK}

    found = undoing(after, now, Wishes(ask=frozenset({"A1"})))

    assert {code: answer for code, answer in found.answers.items() if answer != BLANK} == GIVEN
    assert (found.newer, found.unfit, found.leaving) == ((), (), ())


def test_what_was_changed_since_stays_where_the_earlier_question_takes_it() -> None:
    after = changed(
        ("maximum: 1000", "maximum: 9000"),
        ("hi: 1000", "hi: 9000"),
        (A4, A4 + A5),
    )
    now = GIVEN | {"A1": answered(5), "B2": answered(8000.0), "A5": answered("yes")}

    found = undoing(after, now)

    assert found.answers["A1"] == answered(5)
    assert found.answers["B2"] == answered(250.0), "the earlier question has no room for the newer number"
    assert (found.newer, found.unfit, found.leaving) == (("A1",), ("B2",), ("A5",))


def test_an_answer_that_somebody_took_back_since_stays_taken_back() -> None:
    found = undoing(changed(), GIVEN | {"A1": BLANK})

    assert found.answers["A1"] == BLANK
    assert found.newer == ("A1",)


def test_a_newer_answer_under_another_code_comes_back_under_its_own() -> None:
    lineage = "        lineage: {replaces: A4, change: moved, comparable_with: ['2026.1']}\n"
    after = changed((A4, A4.replace("code: A4", "code: A9") + lineage))
    now = {code: answer for code, answer in GIVEN.items() if code != "A4"} | {"A9": answered("They meet weekly.")}

    found = undoing(after, now)

    assert found.answers["A4"] == answered("They meet weekly.")
    assert (found.newer, found.leaving) == (("A4",), ())
