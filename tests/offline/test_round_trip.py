"""What is written is read again as it was; and what people type is read as they meant it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cli.generated import generated_answers
from app.domain.answers import BLANK, Answer, AnswerState, Record
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import Item
from app.domain.questionnaire.records import RecordField
from app.domain.reading import RawAnswer, read_answer
from app.kit.text import has_forbidden_characters
from app.offline.comparison import Comparison, Outcome
from app.offline.layout import Column
from app.offline.reading import read_workbook
from tests import builders as make
from tests.offline.books import Book, Value, compared, compared_read, filled, none_key, option_key, record_key, written
from tests.scenarios import document as read_document

APEC = make.read_clean(make.READINESS_FILE.read_bytes())
STATEMENT = make.read_clean((make.PROJECT / "questionnaires" / "asean-us-ai" / "2024.1.yaml").read_bytes())
BOTH = pytest.mark.parametrize("document", [APEC, STATEMENT], ids=["apec", "asean-us"])
FIELDS = make.read_clean((make.PROJECT / "tests" / "questionnaires" / "named_fields.yaml").read_bytes())
SMALL = read_document()
Cells = Mapping[str | tuple[str, Column], Value]


def answered(value: object, *, comment: str = "", evidence_url: str = "") -> Answer:
    assert isinstance(value, int | float | str | tuple)
    return Answer(AnswerState.ANSWERED, value, comment=comment, evidence_url=evidence_url)


def generated(document: Questionnaire) -> dict[str, Answer]:
    """Answer every question, with everything that goes with its answer."""
    answers = {}
    for row in csv.DictReader(io.StringIO(generated_answers(document, ["NZL"], "workbooks").decode())):
        records = tuple(json.loads(row["records"])) if row["records"] else ()
        raw = RawAnswer(row["state"], row["value"], "", row["comment"], row["evidence_url"], (), records)
        reading = read_answer(document.items[row["item"]], raw, document)
        assert reading.answer is not None, reading.problems
        answers[row["item"]] = reading.answer
    return answers


def only(comparison: Comparison, outcome: Outcome) -> dict[str, Answer | None]:
    return {line.item: line.mine for line in comparison.of(outcome)}


def typed(document: Questionnaire, cells: Cells) -> Comparison:
    """Fill in a blank workbook of a questionnaire, and compare it."""
    return compared(filled(written(document, {}), cells), document, {})


@BOTH
def test_a_whole_questionnaire_comes_back_as_it_was_written(document: Questionnaire) -> None:
    answers = generated(document)
    read = read_workbook(written(document, answers))

    same = compared_read(read, document, answers)
    anew = compared_read(read, document, {})

    assert {line.outcome for line in same.lines} == {Outcome.UNCHANGED}
    assert {line.item: line.mine for line in anew.lines} == {code: answer for code, answer in answers.items() if answer != BLANK}
    assert (same.unknown, same.not_comparable) == (0, 0)


@BOTH
def test_another_program_that_saves_the_workbook_changes_nothing(document: Questionnaire) -> None:
    answers = generated(document)

    comparison = compared(Book.open(written(document, answers)).saved(), document, answers)

    assert {line.outcome for line in comparison.lines} == {Outcome.UNCHANGED}


@BOTH
def test_every_question_has_a_row_and_every_row_is_known(document: Questionnaire) -> None:
    book = Book.open(written(document, {}))

    for code, item in document.items.items():
        if item.type != "reference":
            assert book.cell(code, Column.CODE).value == code


def test_a_blank_workbook_changes_nothing() -> None:
    comparison = typed(SMALL, {})

    assert comparison.lines == ()


@pytest.mark.parametrize(
    "said", [4, 4.0, "4", " 4 ", "4 - It is funded.", "4 - something else", "Level 4", "level 4", "It is funded."], ids=repr
)
def test_a_level_is_read_as_people_write_it(said: Value) -> None:
    assert only(typed(SMALL, {"A1": said}), Outcome.CHANGE) == {"A1": answered(4)}


@pytest.mark.parametrize("said", ["3 or 4", "3-4", "3.5", 3.5, 6, "six", "=1+2", True], ids=repr)
def test_a_level_that_could_be_two_is_asked_about(said: Value) -> None:
    (line,) = typed(SMALL, {"A1": said}).of(Outcome.PROBLEM)

    assert [problem.place for problem in line.problems] == ["A Rules, E3"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [("yes", "yes"), ("Yes", "yes"), (" YES ", "yes"), (True, "yes"), ("no", "no"), (False, "no")],
    ids=repr,
)
def test_yes_and_no_are_read_as_people_write_them(said: Value, meant: str) -> None:
    assert only(typed(SMALL, {"A2": said}), Outcome.CHANGE) == {"A2": answered(meant)}


@pytest.mark.parametrize("said", ["Some ministries", "some", "SOME MINISTRIES", " some  ministries "], ids=repr)
def test_an_option_is_read_by_its_words_or_its_code(said: Value) -> None:
    assert only(typed(SMALL, {"B1": said}), Outcome.CHANGE) == {"B1": answered("some")}


@pytest.mark.parametrize("said", [35, 35.0, "35", "35 %", "35%"], ids=repr)
def test_a_percentage_is_read_as_people_write_it(said: Value) -> None:
    assert only(typed(SMALL, {"B3": said}), Outcome.CHANGE) == {"B3": answered(35.0)}


def test_a_cell_that_is_shown_as_a_percentage_is_one() -> None:
    book = Book.open(written(SMALL, {}))
    for key in ("B2", "B3"):
        book.cell(key).value = 0.35
        book.cell(key).number_format = "0.0%"

    comparison = compared(book.saved(), SMALL, {})

    assert only(comparison, Outcome.CHANGE) == {"B3": answered(35.0)}
    (line,) = comparison.of(Outcome.PROBLEM)
    assert (line.item, line.problems[0].code) == ("B2", "cell_percentage"), "people are no percentage"


def test_words_stay_words_whatever_they_look_like() -> None:
    text = "Ministries meet.\nThey write minutes; see 1-2."

    assert only(typed(SMALL, {"A4": text}), Outcome.CHANGE) == {"A4": answered(text)}
    assert only(typed(SMALL, {"A4": 2026}), Outcome.CHANGE) == {"A4": answered("2026")}


def test_a_checklist_is_read_row_by_row() -> None:
    cells: Cells = {
        "A2": "yes",
        option_key("A3", "privacy"): "x",
        option_key("A3", "redress"): "Does not apply",
        ("A3", Column.REASON): "There are no courts.",
    }

    found = only(typed(SMALL, cells), Outcome.CHANGE)["A3"]

    assert found == Answer(AnswerState.ANSWERED, ("privacy",), reason="There are no courts.", not_applicable=("redress",))


def test_none_of_a_checklist_is_an_answer() -> None:
    cells: Cells = {"A2": "yes", none_key("A3"): "Yes"}
    all_no: Cells = {option_key("A3", option): "no" for option in ("privacy", "safety", "redress")}

    assert only(typed(SMALL, cells), Outcome.CHANGE)["A3"] == answered(())
    assert only(typed(SMALL, {"A2": "yes", **all_no}), Outcome.CHANGE)["A3"] == answered(())


def test_a_checklist_that_says_none_and_some_is_asked_about() -> None:
    (line,) = typed(SMALL, {"A2": "yes", option_key("A3", "privacy"): "Yes", none_key("A3"): "Yes"}).of(Outcome.PROBLEM)

    assert (line.item, line.problems[0].code) == ("A3", "none_with_others")
    assert line.problems[0].place.startswith("A ")
    assert line.problems[0].place[-1].isdigit()


def test_a_checklist_with_words_of_one_s_own_is_asked_about() -> None:
    (line,) = typed(SMALL, {"A2": "yes", option_key("A3", "safety"): "in part"}).of(Outcome.PROBLEM)

    assert [(problem.place, problem.code) for problem in line.problems] == [("A Rules, E7", "cell_no_tick")]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Information not available", AnswerState.NOT_AVAILABLE),
        ("prefer not to answer", AnswerState.DECLINED),
        ("declined", AnswerState.DECLINED),
    ],
)
def test_a_reason_for_having_no_answer_is_read(said: str, state: AnswerState) -> None:
    assert only(typed(SMALL, {("A1", Column.STATE): said}), Outcome.CHANGE) == {"A1": Answer(state)}


def test_what_does_not_apply_needs_a_reason_and_names_the_cell_for_it() -> None:
    without = typed(SMALL, {("B2", Column.STATE): "Does not apply"})
    whole = typed(SMALL, {("B2", Column.STATE): "Does not apply", ("B2", Column.REASON): "Nobody is counted."})

    (line,) = without.of(Outcome.PROBLEM)
    assert [(problem.place, problem.code) for problem in line.problems] == [("B Means, G4", "reason_missing")]
    assert only(whole, Outcome.CHANGE) == {"B2": Answer(AnswerState.NOT_APPLICABLE, reason="Nobody is counted.")}


def test_a_reason_without_a_state_is_not_lost_unseen() -> None:
    (line,) = typed(SMALL, {"B2": 12, ("B2", Column.REASON): "We counted twice."}).of(Outcome.PROBLEM)

    assert line.problems[0].code == "cell_reason_alone"


def test_an_empty_cell_never_clears_what_is_stored() -> None:
    stored = {"A1": answered(3, comment="Adopted in May.", evidence_url="https://example.org/a"), "A4": answered("Words.")}
    emptied: Cells = {("A1", column): None for column in (Column.ANSWER, Column.COMMENT, Column.EVIDENCE)}

    comparison = compared(filled(written(SMALL, stored), {**emptied, "A4": None}), SMALL, stored)

    assert {line.outcome for line in comparison.lines} <= {Outcome.UNCHANGED}


def test_an_answer_is_taken_back_by_saying_so_and_its_comment_by_a_hyphen() -> None:
    stored = {"A1": answered(3, comment="Adopted in May."), "A2": answered("no", comment="Not yet.")}
    cells: Cells = {("A1", Column.STATE): "Clear this answer", ("A2", Column.COMMENT): "-"}

    comparison = compared(filled(written(SMALL, stored), cells), SMALL, stored)

    assert only(comparison, Outcome.CHANGE) == {
        "A1": Answer(AnswerState.BLANK, comment="Adopted in May."),
        "A2": answered("no"),
    }


def test_the_column_that_was_touched_counts() -> None:
    stored = {"A1": answered(3), "A2": Answer(AnswerState.NOT_AVAILABLE), "B1": answered("some")}
    cells: Cells = {
        ("A1", Column.STATE): "Prefer not to answer",
        "A2": "no",
        "B1": "Nobody",
        ("B1", Column.STATE): "Prefer not to answer",
    }

    comparison = compared(filled(written(SMALL, stored), cells), SMALL, stored)

    assert only(comparison, Outcome.CHANGE) == {"A1": Answer(AnswerState.DECLINED), "A2": answered("no")}
    (both,) = comparison.of(Outcome.PROBLEM)
    assert [(problem.place, problem.code) for problem in both.problems] == [("B Means, F3", "cell_contradiction")]


def test_named_fields_are_read_with_dates_options_and_groups() -> None:
    cells: Cells = {record_key(code, 1, field): value for code, field, value in _filled_fields()}

    comparison = typed(FIELDS, cells)

    assert comparison.of(Outcome.PROBLEM) == ()
    assert {line.item for line in comparison.of(Outcome.CHANGE)} >= {code for code, _field, _value in _filled_fields()}


def _filled_fields() -> list[tuple[str, str, Value]]:
    """One value for every field of the first group of every question of records."""
    return [
        (code, field.code, _filled_field(field))
        for code, item in FIELDS.items.items()
        if item.type == "records"
        for field in item.fields
    ]


def _filled_field(field: RecordField) -> Value:
    values: dict[str, Value] = {
        "date": datetime(2026, 3, 31),  # noqa: DTZ001 - spreadsheets know no zones
        "choice": field.options[0].text if field.options else "",
        "item": f"{FIELDS.scored_items[0]} and its words",
        "year": int(field.minimum or 2025),
        "number": field.minimum or 1,
        "level": 3,
        "url": "https://example.org/x",
        "text": "Words.",
    }
    return values[field.type]


def test_a_wrong_field_is_named_by_its_own_cell() -> None:
    dated = next(
        (code, field.code) for code, item in FIELDS.items.items() for field in FIELDS.fields_of(item) if field.type == "year"
    )
    key = record_key(dated[0], 1, dated[1])
    raw = filled(written(FIELDS, {}), {key: "last year"})
    place = Book.open(raw).cell(key)

    (line,) = [line for line in compared(raw, FIELDS, {}).of(Outcome.PROBLEM) if line.item == dated[0]]

    assert [problem.place.rsplit(" ", 1)[1] for problem in line.problems] == [place.coordinate]


def test_rows_are_known_by_their_keys_wherever_they_stand() -> None:
    book = Book.open(filled(written(SMALL, {}), {"A1": "2", "B1": "all"}))
    for sheet in book.sheets():
        if sheet.title.startswith("A "):
            sheet.title = "Renamed"
            sheet.insert_rows(2, 5)

    found = only(compared(book.saved(), SMALL, {}), Outcome.CHANGE)

    assert found == {"A1": answered(2), "B1": answered("all")}


def test_a_row_that_stands_twice_is_asked_about() -> None:
    book = Book.open(filled(written(SMALL, {}), {"A1": "2"}))
    (sheet,) = [sheet for sheet in book.sheets() if sheet.title.startswith("A ")]
    sheet.cell(40, Column.KEY).value, sheet.cell(40, Column.ANSWER).value = "A1", "5"

    (line,) = compared(book.saved(), SMALL, {}).of(Outcome.PROBLEM)

    assert [(problem.place, problem.code) for problem in line.problems] == [("A Rules, B40", "cell_twice")]


def test_a_row_of_no_question_is_counted_and_left_out() -> None:
    book = Book.open(written(SMALL, {}))
    sheet = book.sheets()[1]
    sheet.cell(40, Column.KEY).value, sheet.cell(40, Column.ANSWER).value = "Z9", "5"

    comparison = compared(book.saved(), SMALL, {})

    assert (comparison.lines, comparison.unknown) == ((), 1)


def test_what_other_answers_hide_is_not_taken_and_what_the_workbook_itself_brings_up_is() -> None:
    ticks: Cells = {option_key("A3", "privacy"): "Yes"}

    hidden, brought_up = typed(SMALL, {"A2": "no", **ticks}), typed(SMALL, {"A2": "yes", **ticks})

    assert [line.item for line in hidden.of(Outcome.NOT_ASKED)] == ["A3"]
    assert only(brought_up, Outcome.CHANGE) == {"A2": answered("yes"), "A3": answered(("privacy",))}


# Only what is seldom drawn is filtered out: hypothesis gives up where much is.
LETTERS = st.characters(
    exclude_categories=("Cc", "Cs"), include_characters="\n\t", exclude_characters="\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
)
WORDS = st.text(LETTERS, max_size=60).filter(
    lambda text: not has_forbidden_characters(text) and "x005F_" not in text and text.strip() != "-"
)
NUMBERS = st.floats(min_value=0, max_value=1000, allow_nan=False)


@st.composite
def small_answers(draw: st.DrawFn) -> dict[str, Answer]:
    """Any answers that the small review takes."""
    values: dict[str, st.SearchStrategy[object]] = {
        "A1": st.integers(1, 5),
        "A2": st.sampled_from(["yes", "no"]),
        "A3": st.lists(st.sampled_from(["privacy", "safety", "redress"]), min_size=1, max_size=3).map(tuple) | st.just(("none",)),
        "A4": WORDS,
        "B1": st.sampled_from(["nobody", "some", "all"]),
        "B2": NUMBERS,
        "B3": st.floats(min_value=0, max_value=100, allow_nan=False),
    }
    answers = {}
    for code, value in values.items():
        state = draw(st.sampled_from(["", "", "", "not_available", "declined", "not_applicable", "blank"]))
        left_out = draw(st.sampled_from([(), ("redress",)])) if code == "A3" else ()
        raw = RawAnswer(state, draw(value) if not state else None, draw(WORDS), draw(WORDS), "", left_out)
        reading = read_answer(_item(code), raw, SMALL)
        if reading.answer is not None:
            answers[code] = reading.answer
    return answers


def _item(code: str) -> Item:
    return SMALL.items[code]


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(small_answers())
def test_any_answers_come_back_as_they_were(answers: dict[str, Answer]) -> None:
    read = read_workbook(written(SMALL, answers))

    same = compared_read(read, SMALL, answers)
    anew = compared_read(read, SMALL, {})

    assert {line.outcome for line in same.lines} <= {Outcome.UNCHANGED}
    for line in anew.lines:
        if answers[line.item].state is not AnswerState.BLANK:
            assert line.mine == _as_spreadsheets_keep_it(answers[line.item]), line


@pytest.mark.parametrize("number", [16.214509762214952, 0.1 + 0.2, 123.45678901234567])
def test_a_number_of_17_digits_that_nobody_touched_is_unchanged(number: float) -> None:
    stored = {"B2": answered(number)}

    comparison = compared_read(read_workbook(written(SMALL, stored)), SMALL, stored)

    assert {line.outcome for line in comparison.lines} <= {Outcome.UNCHANGED}


def _as_spreadsheets_keep_it(answer: Answer) -> Answer:
    """A number of 17 digits is kept with 15 or 16 of them."""
    value = float(f"{answer.value:.16G}") if isinstance(answer.value, float) else answer.value
    return Answer(answer.state, value, answer.reason, answer.comment, answer.evidence_url, answer.not_applicable, answer.details)


def test_a_group_that_is_emptied_leaves_the_list_and_the_others_stay() -> None:
    code, item = next((code, item) for code, item in FIELDS.items.items() if item.type == "records" and item.maximum > 1)
    assert item.type == "records"
    field = next(each for each in item.fields if each.type == "text")
    stored = {code: answered((Record(((field.code, "First."),)), Record(((field.code, "Second."),))))}

    comparison = compared(filled(written(FIELDS, stored), {record_key(code, 1, field.code): None}), FIELDS, stored)

    assert only(comparison, Outcome.CHANGE) == {code: answered((Record(((field.code, "Second."),)),))}
