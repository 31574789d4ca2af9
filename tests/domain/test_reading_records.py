"""Named fields of an answer: what is read, what is refused and where, and when an answer is whole."""

from __future__ import annotations

import pytest

from app.domain.answers import Answer, AnswerState, Record
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import progress
from app.domain.questionnaire.items import NumberItem, RecordsItem
from app.domain.questionnaire.records import DetailSet, FieldOption, FieldType, RecordField
from app.domain.reading import RawAnswer, raw_of, read_answer
from tests import builders as make


def field(code: str, type_: FieldType, *, required: bool = False, **limits: float) -> RecordField:
    options = (FieldOption(code="weak", text="Weak", counts=False), FieldOption(code="strong", text="Strong"))
    return RecordField.model_validate(
        {
            "code": code,
            "type": type_,
            "label": code,
            "required": required,
            "options": options if type_ == "choice" else (),
            **limits,
        }
    )


AREAS = RecordsItem(
    type="records",
    code="A-02",
    text="Which areas come first?",
    record_label="Area",
    maximum=2,
    fields=(field("area", "text", required=True), field("item", "item"), field("year", "year", minimum=2026, maximum=2040)),
)
FIGURE = DetailSet(
    code="figure", title="About this figure", fields=(field("year", "year", required=True), field("grade", "choice"))
)


def document() -> Questionnaire:
    number = make.number("A-01").model_copy(update={"details": "figure", "core": True})
    made = make.questionnaire(make.section("A", number, AREAS))
    return made.model_copy(update={"details": (FIGURE,)})


def record(**values: str | float) -> Record:
    return Record(tuple(values.items()))


def test_groups_are_read_in_the_order_of_the_form_and_empty_ones_are_left_out() -> None:
    raw = RawAnswer(records=({"year": "2030", "area": " Skills "}, {"area": "", "year": ""}, {"area": "Health", "item": "A-01"}))

    reading = read_answer(AREAS, raw, document())

    assert reading.answer == Answer(AnswerState.ANSWERED, (record(area="Skills", year=2030), record(area="Health", item="A-01")))


@pytest.mark.parametrize(
    ("sent", "field_", "code"),
    [
        ({"area": "x", "year": "soon"}, "record.1.year", "not_a_whole_number"),
        ({"area": "x", "year": "2041"}, "record.1.year", "out_of_range"),
        ({"area": "x", "item": "B-99"}, "record.1.item", "unknown_option"),
        ({"area": "x" * 1_001}, "record.1.area", "too_long"),
        ({"area": "x", "colour": "red"}, "value", "unknown_field"),
        ({"area": True}, "record.1.area", "not_a_text"),
        ({"area": ["x"]}, "record.1.area", "not_a_text"),
    ],
)
def test_a_field_that_does_not_fit_is_named_with_its_group(sent: dict[str, object], field_: str, code: str) -> None:
    reading = read_answer(AREAS, RawAnswer(records=(sent,)), document())

    assert reading.answer is None
    assert [(problem.field, problem.code) for problem in reading.problems] == [(field_, code)]


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("number", "12.5", 12.5),
        ("level", "3", 3),
        ("date", "2026-06-30", "2026-06-30"),
        ("url", "https://example.org/a", "https://example.org/a"),
        ("choice", "weak", "weak"),
        ("year", "2026", 2026),
    ],
)
def test_each_type_of_field_is_read_as_what_it_is(type_: FieldType, text: str, value: str | float) -> None:
    item = AREAS.model_copy(update={"fields": (field("f", type_),)})

    answer = read_answer(item, RawAnswer(records=({"f": text},)), document()).answer

    assert answer == Answer(AnswerState.ANSWERED, (Record((("f", value),)),))


@pytest.mark.parametrize(
    ("type_", "text"), [("number", "many"), ("level", "6"), ("date", "30/06/2026"), ("url", "here"), ("choice", "x")]
)
def test_each_type_of_field_refuses_what_it_is_not(type_: FieldType, text: str) -> None:
    item = AREAS.model_copy(update={"fields": (field("f", type_),)})

    assert read_answer(item, RawAnswer(records=({"f": text},)), document()).answer is None


def test_more_groups_than_there_may_be_are_refused() -> None:
    reading = read_answer(AREAS, RawAnswer(records=({"area": "a"}, {"area": "b"}, {"area": "c"})), document())

    assert [(problem.field, problem.code) for problem in reading.problems] == [("value", "too_many")]


def test_details_are_kept_with_an_answer_and_with_nothing_else() -> None:
    number = document().items["A-01"]
    answered = read_answer(number, RawAnswer(value="12", records=({"year": "2025"},)), document()).answer
    declined = read_answer(number, RawAnswer("declined", records=({"year": "2025"},)), document()).answer

    assert answered == Answer(AnswerState.ANSWERED, 12.0, details=(record(year=2025),))
    assert declined == Answer(AnswerState.DECLINED)


def test_an_item_without_fields_takes_none() -> None:
    reading = read_answer(make.number("A-09"), RawAnswer(value="12", records=({"year": "2025"},)), document())

    assert [problem.code for problem in reading.problems] == ["unknown_field"]


def test_reading_what_was_read_changes_nothing() -> None:
    whole = document()
    for code, raw in {
        "A-01": RawAnswer(value="12", records=({"year": "2025", "grade": "weak"},)),
        "A-02": RawAnswer(records=({"area": "Skills", "year": "2030"},)),
    }.items():
        first = read_answer(whole.items[code], raw, whole).answer

        assert first is not None
        assert read_answer(whole.items[code], raw_of(first), whole).answer == first


def test_an_answer_without_a_field_that_is_needed_is_saved_but_not_complete() -> None:
    whole = document()
    without_year = read_answer(whole.items["A-01"], RawAnswer(value="12"), whole).answer
    without_area = read_answer(whole.items["A-02"], RawAnswer(records=({"year": "2030"},)), whole).answer
    assert without_year is not None
    assert without_area is not None

    (begun,) = progress(whole, {"A-01": without_year, "A-02": without_area})
    (done,) = progress(whole, {"A-01": Answer(AnswerState.ANSWERED, 12.0, details=(record(year=2025),))})

    assert begun.missing == ("A-01", "A-02")
    assert begun.done == 0
    assert done.missing == ()
    assert done.done == 1


def test_the_item_with_details_is_a_number_as_before() -> None:
    assert isinstance(document().items["A-01"], NumberItem)
