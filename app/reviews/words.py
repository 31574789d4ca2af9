"""Answers and states in the reader's words."""

from __future__ import annotations

from app.domain.answers import Answer, AnswerState, Record, Scalar, records_of
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    RecordsItem,
    YesNoItem,
)
from app.domain.questionnaire.records import RecordField, field_of
from app.reviews.service import ReviewState
from app.web.i18n import gettext as _

STATE_WORDS = {
    AnswerState.NOT_APPLICABLE: "Does not apply",
    AnswerState.NOT_AVAILABLE: "Information not available",
    AnswerState.DECLINED: "Prefer not to answer",
    AnswerState.BLANK: "No answer yet",
}
REVIEW_STATE_WORDS = {
    ReviewState.DRAFT: ("In progress", "progress"),
    ReviewState.IN_SIGN_OFF: ("Waiting for sign-off", "waiting"),
    ReviewState.SUBMITTED: ("Submitted", "done"),
    ReviewState.REOPENED: ("Reopened", "progress"),
    ReviewState.CLOSED: ("Closed", "locked"),
}
_YES_NO = {"yes": "Yes", "partly": "Partly", "no": "No"}


def answer_words(item: Item, answer: Answer) -> str:
    """Say an answer in full: the level with its descriptor, the options by their labels, the number with its unit."""
    if answer.state is not AnswerState.ANSWERED:
        words = _(STATE_WORDS[answer.state])
        return f"{words}: {answer.reason}" if answer.reason else words
    match item, answer.value:
        case MaturityItem(), int(level):
            return _("Level {level}: {text}").format(level=level, text=item.levels[level - 1].text)
        case YesNoItem(), str(choice):
            return _(_YES_NO[choice])
        case ChoiceItem(), str(choice):
            return next(option.text for option in item.options if option.code == choice)
        case ChecklistItem(), tuple(ticked):
            ticks = "; ".join(option.text for option in item.options if option.code in ticked) or item.none_text
            return _with_left_out(item, answer, ticks)
        case ((PercentItem() | NumberItem()), (int() | float()) as number):
            return f"{number_words(number)} {'%' if isinstance(item, PercentItem) else item.unit}"
        case RecordsItem(), tuple(records):
            return "\n".join(record_words(item.fields, record) for record in records_of(records))
        case _:
            return str(answer.value)


def record_words(fields: tuple[RecordField, ...], record: Record) -> str:
    """Say one group of named fields in a line: each label with what was written."""
    return "; ".join(
        f"{field.label}: {_field_words(field, value)}" for code, value in record.values if (field := field_of(fields, code))
    )


def _field_words(field: RecordField, value: Scalar) -> str:
    if isinstance(value, float):
        return number_words(value)
    return next((option.text for option in field.options if option.code == value), str(value))


def _with_left_out(item: ChecklistItem, answer: Answer, ticks: str) -> str:
    """Add in a second sentence which options do not apply, and why."""
    if not answer.not_applicable:
        return ticks
    options = "; ".join(option.text for option in item.options if option.code in answer.not_applicable)
    return f"{ticks.rstrip('.')}. {_(STATE_WORDS[AnswerState.NOT_APPLICABLE])}: {options} ({answer.reason})"


def number_words(number: float) -> str:
    """Write a number as a person would type it: no exponent, no trailing zeros, all its digits."""
    text = repr(float(number))
    return text.removesuffix(".0") if "e" not in text else f"{number:f}".rstrip("0").rstrip(".")
