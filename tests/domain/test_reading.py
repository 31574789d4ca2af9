"""What comes in becomes an answer that fits its item, or a problem that says what to do."""

from __future__ import annotations

import math
import time
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.answers import BLANK, Answer, AnswerState
from app.domain.questionnaire.items import Item, Tick
from app.domain.reading import Problem, RawAnswer, problem_fields, read_answer
from tests import builders as make

MATURITY = make.maturity("A-01")
YES_NO = make.yes_no("A-01", partly_allowed=True)
CHOICE = make.choice("A-01", {"small": 0, "large": 100})
CHECKLIST = make.checklist("A-01", "abc", none_text="Nobody")
TRANSPORT = make.small("checklist_options_not_applicable").items
PERCENT = make.percent("A-01")
NUMBER = make.number("A-01", minimum=-5, maximum=1_234_567)
FREE_NUMBER = make.number("A-01")
TEXT = make.text("A-01", max_length=10)
PANEL = make.reference("A-01")
EVERY_ITEM = [MATURITY, YES_NO, CHOICE, CHECKLIST, *TRANSPORT.values(), PERCENT, NUMBER, FREE_NUMBER, TEXT, PANEL]


def value(item: Item, raw: object) -> object:
    """Return the value read, or the codes of what is wrong with it."""
    reading = read_answer(item, RawAnswer("answered", raw))
    if reading.answer is None:
        return [problem.code for problem in reading.problems]
    assert reading.problems == ()
    return reading.answer.value


def codes(item: Item, raw: RawAnswer) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in read_answer(item, raw).problems]


# Values


@pytest.mark.parametrize(
    ("item", "raw", "expected"),
    [
        (MATURITY, "3", 3),
        (MATURITY, " 5 ", 5),
        (MATURITY, 1, 1),
        (YES_NO, "yes", "yes"),
        (YES_NO, " partly\n", "partly"),
        (CHOICE, "large", "large"),
        (CHECKLIST, "a;c", ("a", "c")),
        (CHECKLIST, " c ; a ", ("a", "c")),
        (CHECKLIST, ["c", "a", "c"], ("a", "c")),
        (CHECKLIST, ("b",), ("b",)),
        (CHECKLIST, "none", ()),
        (CHECKLIST, ["none"], ()),
        (CHECKLIST, "none;none", ()),
        (PERCENT, "12.5", 12.5),
        (PERCENT, "0", 0.0),
        (PERCENT, 100, 100.0),
        (NUMBER, "1 234 567", 1_234_567.0),
        (NUMBER, "\u22125", -5.0),
        (NUMBER, "+3", 3.0),
        (NUMBER, ".5", 0.5),
        (NUMBER, "5.", 5.0),
        (NUMBER, "1e3", 1000.0),
        (NUMBER, 0.1, 0.1),
        (NUMBER, "\uff11\uff12", 12.0),
        (NUMBER, "٣", 3.0),
        (FREE_NUMBER, "1e308", 1e308),
        (FREE_NUMBER, 10**300, 1e300),
        (FREE_NUMBER, "5e-324", 5e-324),
        (TEXT, " words ", "words"),
        (TEXT, "a\r\nb", "a\nb"),
        (TEXT, "e\u0301" * 10, "\u00e9" * 10),
        (TEXT, "日本語", "日本語"),
    ],
    ids=map(str, count()),
)
def test_a_value_that_fits_is_kept(item: Item, raw: object, expected: object) -> None:
    assert value(item, raw) == expected


@pytest.mark.parametrize("raw", ["-0", "-0.0", -0.0, "\u22120", 0, "0e5"], ids=map(str, count()))
def test_minus_zero_is_zero(raw: object) -> None:
    read = value(NUMBER, raw)

    assert read == 0
    assert isinstance(read, float)
    assert math.copysign(1, read) == 1


NO_NUMBERS = [
    "nan", "NaN", "inf", "-Infinity", "1e400", "1e-9999", "1,5", "12,5", "1,000", "1.000.000", "1_000", "0x1F", "1e", "e3", "--1",
    "+-1", "12 %", "about 12", "½", "Ⅳ", "1\x00", "1\ud800", "", " ", "\u00a0", "=1+1", "'1", "9" * 400, "1" * 1_000_000,
    math.nan, math.inf, -math.inf, 10**400, -(10**5_000), True, False, None, [], [1], ["1"], (1,), {}, {"1": 1}, b"1", 1j,
]  # fmt: skip


@pytest.mark.parametrize("raw", NO_NUMBERS, ids=map(str, count()))
def test_what_is_no_number_is_refused(raw: object) -> None:
    assert value(NUMBER, raw) == ["not_a_number"]
    assert value(PERCENT, raw) == ["not_a_number"]


@pytest.mark.parametrize("raw", ["-0.001", "100.001", -1, 101, "1e308", "-1e308"], ids=map(str, count()))
def test_a_percentage_lies_from_0_to_100(raw: object) -> None:
    assert value(PERCENT, raw) == ["out_of_range"]


@pytest.mark.parametrize("raw", [-5.001, 1_234_567.1])
def test_a_number_lies_within_the_limits_of_its_item_which_are_named_in_full(raw: float) -> None:
    reading = read_answer(NUMBER, RawAnswer("answered", raw))

    assert [problem.message for problem in reading.problems] == ["The number must be at least -5 and at most 1234567 (things)."]


def test_a_number_with_one_limit_names_that_one() -> None:
    reading = read_answer(make.number("A-01", minimum=0.5), RawAnswer("answered", 0))

    assert [problem.message for problem in reading.problems] == ["The number must be at least 0.5 (things)."]


@pytest.mark.parametrize(
    "raw", ["0", "6", "3.0", "three", "", "01", "\uff11", 0, 6, -1, 3.0, True, None, [3], (3,), {}, 10**5_000, math.nan, "3\x00"],
    ids=map(str, count()),
)  # fmt: skip
def test_a_level_is_one_of_five(raw: object) -> None:
    assert value(MATURITY, raw) == ["unknown_level"]


@pytest.mark.parametrize(
    "raw",
    ["", "maybe", "YES", "yes;no", "y\u0435s", True, 1, None, ["yes"], {}, "yes\x00", "x" * 1_000_000],
    ids=map(str, count()),
)
def test_yes_no_takes_its_words_only(raw: object) -> None:
    assert value(YES_NO, raw) == ["unknown_option"]


def test_partly_is_an_answer_only_where_it_is_allowed() -> None:
    assert value(make.yes_no("A-01"), "partly") == ["unknown_option"]


@pytest.mark.parametrize("raw", ["", "medium", "Small", "small;large", None, ["small"], 0, {}], ids=map(str, count()))
def test_a_choice_takes_one_of_its_options(raw: object) -> None:
    assert value(CHOICE, raw) == ["unknown_option"]


@pytest.mark.parametrize(
    "raw",
    ["", ";", "a;;b", "a;", "z", "a;z", "A", [], (), [""], [None], ["a", 1], [["a"]], None, 1, True, {"a": 1}, {"a"}],
    ids=map(str, count()),
)
def test_a_checklist_takes_its_options_only(raw: object) -> None:
    assert value(CHECKLIST, raw) == ["unknown_option"]


def test_none_stands_alone() -> None:
    reading = read_answer(CHECKLIST, RawAnswer("", ["none", "a"]))

    assert reading.answer is None
    assert [(problem.code, problem.message) for problem in reading.problems] == [
        ("none_with_others", 'Tick either "Nobody" or the others, not both.')
    ]


@pytest.mark.parametrize("raw", ["", "  \n ", None, 12, ["words"], {}, True], ids=map(str, count()))
def test_words_are_due_where_words_are_asked(raw: object) -> None:
    assert value(TEXT, raw) == ["missing"]


def test_words_are_counted_after_cleaning() -> None:
    assert value(TEXT, "x" * 11) == ["too_long"]
    assert value(TEXT, "  " + "x" * 10 + "\r\n") == "x" * 10


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\x1b[2J", "\ud800", "\u0315\u0300" * 16], ids=map(str, count()))
def test_hidden_characters_are_refused_in_every_text(hidden: str) -> None:
    words = f"a{hidden}b"
    roomy = make.text("A-01", max_length=100)

    found = codes(roomy, RawAnswer("answered", words, comment=words, evidence_url=f"https://example.org/{words}"))

    assert found == [(field, "forbidden_characters") for field in ("value", "comment", "evidence_url")]


def test_a_reference_panel_takes_no_answer() -> None:
    assert value(PANEL, "12") == ["not_answerable"]
    assert codes(PANEL, RawAnswer("", "12")) == [("value", "not_answerable")]
    assert codes(PANEL, RawAnswer("declined")) == [("state", "not_answerable")]
    assert read_answer(PANEL, RawAnswer()).answer == BLANK


@pytest.mark.parametrize("item", EVERY_ITEM, ids=map(str, count()))
@pytest.mark.parametrize(
    "raw",
    ["1" * 1_000_000, "a" * 1_000_000, "a" + "\u0315\u0300" * 500_000, ";" * 100_000, ["a"] * 100_000],
    ids=map(str, count()),
)
def test_a_million_characters_are_read_in_a_moment(item: Item, raw: object) -> None:
    began = time.process_time()

    assert isinstance(value(item, raw), list) or item is CHECKLIST
    assert time.process_time() - began < 5, "seconds; generous for a busy machine"


def test_a_million_characters_of_comment_are_too_long() -> None:
    endless = "a" * 1_000_000

    found = codes(TEXT, RawAnswer("not_available", comment=endless, evidence_url=f"https://example.org/{endless}"))

    assert found == [("comment", "too_long"), ("evidence_url", "too_long")]


# States


def test_a_value_alone_means_answered() -> None:
    assert read_answer(MATURITY, RawAnswer(value="3")).answer == Answer(AnswerState.ANSWERED, 3)
    assert read_answer(NUMBER, RawAnswer(value=0)).answer == Answer(AnswerState.ANSWERED, 0.0)


@pytest.mark.parametrize("item", EVERY_ITEM, ids=map(str, count()))
@pytest.mark.parametrize("raw", [None, "", "  ", "\t\n", [], ()], ids=map(str, count()))
def test_nothing_means_blank(item: Item, raw: object) -> None:
    assert read_answer(item, RawAnswer(value=raw)).answer == BLANK


@pytest.mark.parametrize("state", ["not_available", "declined", "blank", " declined "])
def test_a_state_without_a_value_keeps_none(state: str) -> None:
    answer = read_answer(NUMBER, RawAnswer(state, value="12")).answer

    assert answer == Answer(AnswerState(state.strip()))


@pytest.mark.parametrize("state", ["ANSWERED", "n/a", "skipped", "answered\x00", "x" * 100_000], ids=map(str, count()))
def test_an_unknown_state_is_named_and_its_value_not_read(state: str) -> None:
    assert codes(NUMBER, RawAnswer(state, value="words")) == [("state", "unknown_state")]


def test_not_applicable_needs_an_item_that_allows_it_and_a_reason() -> None:
    allowing = make.yes_no("A-01", na_allowed=True)

    assert codes(YES_NO, RawAnswer("not_applicable", reason="No coast.")) == [("state", "na_not_allowed")]
    assert codes(allowing, RawAnswer("not_applicable")) == [("reason", "reason_missing")]
    assert codes(allowing, RawAnswer("not_applicable", reason=" \n")) == [("reason", "reason_missing")]
    assert codes(allowing, RawAnswer("not_applicable", reason="x" * 1_001)) == [("reason", "too_long")]
    assert read_answer(allowing, RawAnswer("not_applicable", reason=" No coast. ")).answer == Answer(
        AnswerState.NOT_APPLICABLE, reason="No coast."
    )


def test_a_reason_is_kept_for_not_applicable_only() -> None:
    answer = read_answer(YES_NO, RawAnswer("declined", reason="Confidential.")).answer

    assert answer == Answer(AnswerState.DECLINED)


def left_out(item: Item, codes_: str | tuple[str, ...], value: object = ("roads",), reason: str = "No coast.") -> object:
    """Return which options were read as not applicable, or field and code of what is wrong."""
    reading = read_answer(item, RawAnswer("", value, reason, not_applicable=codes_))
    if reading.answer is None:
        return [(problem.field, problem.code) for problem in reading.problems]
    assert reading.answer.reason == reason
    return reading.answer.not_applicable


@pytest.mark.parametrize("raw", ["ports;rail", " ports ; rail ", ("ports", "rail"), ("ports", "rail", "ports")])
def test_options_that_do_not_apply_are_kept_in_the_order_of_the_form_with_their_reason(raw: str | tuple[str, ...]) -> None:
    assert left_out(TRANSPORT["COVERED"], raw) == ("rail", "ports")


@pytest.mark.parametrize(
    ("item", "raw", "value", "expected"),
    [
        ("COVERED", "ships", ("roads",), ("not_applicable", "unknown_option")),
        ("COVERED", "ports;", ("roads",), ("not_applicable", "unknown_option")),
        ("COVERED", "none", ("roads",), ("not_applicable", "unknown_option")),
        ("COVERED", "ports;air", ("roads",), ("not_applicable", "option_na_not_allowed")),
        ("COVERED", "ports", ("roads", "ports"), ("not_applicable", "ticked_and_na")),
        ("FUNDED", "roads;rail;ports;air", ("none",), ("not_applicable", "all_options_na")),
        ("COVERED", "ports", None, ("value", "unknown_option")),
        ("COVERED", "ports", (), ("value", "unknown_option")),
    ],
)
def test_options_that_cannot_be_left_out_are_named(item: str, raw: str, value: object, expected: tuple[str, str]) -> None:
    assert left_out(TRANSPORT[item], raw, value) == [expected]


def test_when_no_option_is_left_the_message_leads_to_the_whole_question_where_that_is_allowed() -> None:
    one = [Tick(code="a", text="A", na_allowed=True), Tick(code="b", text="B", na_allowed=True)]

    def message(item: Item) -> str:
        (found,) = read_answer(item, RawAnswer("", ("none",), "No coast.", not_applicable=("a", "b"))).problems
        return found.message

    assert "whole question that it does not apply" in message(make.checklist("A-01", one, na_allowed=True))
    assert "one option that counts must stay" in message(make.checklist("A-01", one))


def test_none_of_the_options_that_are_left_is_an_answer() -> None:
    assert left_out(TRANSPORT["COVERED"], "ports", "none") == ("ports",)


@pytest.mark.parametrize("item", [MATURITY, YES_NO, CHOICE, PERCENT, NUMBER, TEXT, PANEL])
def test_only_options_of_a_checklist_can_be_left_out(item: Item) -> None:
    assert codes(item, RawAnswer(not_applicable=("a",))) == [("not_applicable", "not_a_checklist")]


def test_options_that_do_not_apply_need_a_reason() -> None:
    assert left_out(TRANSPORT["COVERED"], "ports", reason=" ") == [("reason", "reason_missing")]
    assert left_out(TRANSPORT["COVERED"], "", reason="") == ()


@pytest.mark.parametrize("state", ["not_available", "declined", "blank"])
def test_who_gives_no_answer_leaves_no_option_out(state: str) -> None:
    answer = read_answer(TRANSPORT["COVERED"], RawAnswer(state, ("roads",), "No coast.", not_applicable=("ports",))).answer

    assert answer == Answer(AnswerState(state))


def test_a_comment_and_an_address_stay_with_any_state() -> None:
    answer = read_answer(YES_NO, RawAnswer("declined", comment=" Next year.\r\n", evidence_url="https://example.org/a ")).answer

    assert answer == Answer(AnswerState.DECLINED, comment="Next year.", evidence_url="https://example.org/a")


def test_every_problem_of_an_answer_is_named_at_once() -> None:
    raw = RawAnswer("answered", "9", comment="\x00", evidence_url="javascript:alert(1)")

    found = read_answer(MATURITY, raw)

    assert found.answer is None
    assert [(problem.item, problem.field, problem.code) for problem in found.problems] == [
        ("A-01", "value", "unknown_level"),
        ("A-01", "comment", "forbidden_characters"),
        ("A-01", "evidence_url", "not_an_address"),
    ]


# Evidence


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://example.org/",
        "HTTPS://EXAMPLE.ORG/Strategy.pdf",
        "https://example.org:8443/a?b=c&d=%20#e",
        "https://media.example.org/@ministry/post",
        "https://example.org?mail=a@example.org",
        "https://example.org/a\\b",
        "https://192.0.2.1/report",
        "https://xn--bcher-kva.example/",
        "https://bücher.example/straße",
        "https://例え.jp/戦略",
        "https://example.org/" + "a" * 1_980,
    ],
)
def test_a_web_address_is_kept(address: str) -> None:
    answer = read_answer(YES_NO, RawAnswer("answered", "yes", evidence_url=address)).answer

    assert answer is not None
    assert answer.evidence_url == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript://example.org/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/a",
        "mailto:a@example.org",
        "//example.org/a",
        "/strategy.pdf",
        "example.org",
        "www.example.org/a",
        "https:/example.org",
        "https://",
        "https://.",
        "https://example",
        "https://localhost/a.pdf",
        "https://.org",
        "https://example..org",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org@elsewhere.example/",
        "https://example.org:443@elsewhere.example/",
        "https://example.org\\@elsewhere.example/",
        "https://example\\.org/",
        "https://exa mple.org/",
        "https://example.org/a b",
        "https://example.org/a https://example.org/b",
        "https://example.org/a\nb",
        "https://example.org/\u00a0x",
        "see https://example.org",
        "https://example.org/" + "a" * 1_981,
    ],
)
def test_what_is_no_web_address_or_hides_where_it_leads_is_refused(address: str) -> None:
    found = codes(YES_NO, RawAnswer("answered", "yes", evidence_url=address))

    assert found in ([("evidence_url", "not_an_address")], [("evidence_url", "too_long")])


# Laws


ANYTHING = st.one_of(
    st.text(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.text() | st.integers() | st.none(), max_size=4),
    st.text("0123456789.eE+-, ;abcnonyesparlt", max_size=12),
    st.sampled_from(["yes", "no", "partly", "none", "a;b", "roads", "roads;rail", "small", "3", "1e308", "-0"]),
)
LEFT_OUT = st.text() | st.lists(st.text() | st.sampled_from(["rail", "ports"]), max_size=3).map(tuple) | st.just(())
STATES = st.sampled_from(["", "answered", "not_applicable", "not_available", "declined", "blank"]) | st.text(max_size=12)


@pytest.mark.fuzz
@given(st.sampled_from(EVERY_ITEM), st.builds(RawAnswer, STATES, ANYTHING, st.text(), st.text(), st.text(), LEFT_OUT))
def test_whatever_comes_in_is_an_answer_or_has_problems_never_both(item: Item, raw: RawAnswer) -> None:
    reading = read_answer(item, raw)

    assert (reading.answer is None) == bool(reading.problems)
    if reading.answer is not None:
        assert (reading.answer.value is not None) == (reading.answer.state is AnswerState.ANSWERED)
        left_something_out = reading.answer.state is AnswerState.NOT_APPLICABLE or bool(reading.answer.not_applicable)
        assert bool(reading.answer.reason) == left_something_out


@pytest.mark.fuzz
@given(st.sampled_from(EVERY_ITEM), ANYTHING, LEFT_OUT)
def test_an_answer_that_was_read_reads_the_same_again(item: Item, raw: object, left_out: str | tuple[str, ...]) -> None:
    first = read_answer(item, RawAnswer(value=raw, reason="No coast.", not_applicable=left_out)).answer
    if first is None:
        return
    value = "none" if first.value == () else first.value
    again = RawAnswer(first.state, value, first.reason, first.comment, first.evidence_url, first.not_applicable)

    assert read_answer(item, again).answer == first


def test_problems_are_grouped_for_a_page_the_first_of_each_field() -> None:
    problems = [
        Problem("A-01", "value", "missing", "Write an answer."),
        Problem("A-01", "value", "too_long", "Shorten this."),
        Problem("A-01", "comment", "too_long", "Shorten that."),
        Problem("A-02", "state", "unknown_state", "Choose one."),
    ]

    assert problem_fields(problems) == {
        "A-01": {"value": "Write an answer.", "comment": "Shorten that."},
        "A-02": {"state": "Choose one."},
    }
