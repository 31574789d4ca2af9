"""Answers and states in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar

from app.domain.answers import Answer, AnswerState, Record, Scalar, records_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.flow import still_needed
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
from app.domain.questionnaire.records import RecordField
from app.economies.service import CycleEntry
from app.infra.language import gettext as _
from app.infra.language import localized
from app.infra.times import day
from app.kit.say import mark
from app.reviews.service import OpenReview, ReviewState
from app.reviews.sign_off import IMPORTED, FrozenReview

STATE_WORDS = {
    AnswerState.NOT_APPLICABLE: mark("Does not apply"),
    AnswerState.NOT_AVAILABLE: mark("Information not available"),
    AnswerState.DECLINED: mark("Prefer not to answer"),
    AnswerState.BLANK: mark("No answer yet"),
}
REVIEW_STATE_WORDS = {
    ReviewState.DRAFT: (mark("In progress"), "progress"),
    ReviewState.IN_SIGN_OFF: (mark("Waiting for sign-off"), "waiting"),
    ReviewState.SUBMITTED: (mark("Submitted"), "done"),
    ReviewState.REOPENED: (mark("Reopened"), "progress"),
    ReviewState.CLOSED: (mark("Closed"), "locked"),
}
_COUNTED_WORDS = {**STATE_WORDS, AnswerState.BLANK: mark("Left open")}
_YES_NO = {"yes": mark("Yes"), "partly": mark("Partly"), "no": mark("No")}

# The label that a questionnaire gives to "none" where its author writes no other.
mark("None of these")

R = TypeVar("R", OpenReview, FrozenReview)


def localized_review(review: R) -> R:
    """Return a review with its questionnaire in the reader's language; what is saved and scored is the original."""
    return replace(review, questionnaire=localized(review.questionnaire))


def closing_words(cycle: CycleEntry, state: ReviewState | None = None) -> str:
    """Say until when a review, or one that is not started yet, can be worked on; empty where no day is set, or it is over."""
    if cycle.closes_on is None or not cycle.is_open or state in {ReviewState.SUBMITTED, ReviewState.CLOSED}:
        return ""
    if state is ReviewState.IN_SIGN_OFF:
        return _("It can be signed off until {day}.").format(day=day(cycle.closes_on))
    return _("Answers can be changed until {day}.").format(day=day(cycle.closes_on))


def citation_words(frozen: FrozenReview, economy: str) -> str:
    """Say how a signed revision is cited; `economy` is its name."""
    words = _("{economy} ({year}). {questionnaire}, version {version}, {cycle}. Signed answers, {reference}.")
    return words.format(
        economy=economy,
        year=frozen.entry.submitted_at.year,
        questionnaire=frozen.questionnaire.title,
        version=frozen.questionnaire.version,
        cycle=frozen.cycle.title,
        reference=frozen.reference,
    )


def statement_words(frozen: FrozenReview) -> str:
    """Say what was attested in the words that were signed; that nobody attested is a word of the interface."""
    return _(IMPORTED) if frozen.entry.statement == IMPORTED else frozen.entry.statement


def signer_role_words(frozen: FrozenReview) -> str:
    """Say in which role a revision was signed: only an approver can, and only an administrator can import what nobody signed."""
    return _("Administrator, by import") if frozen.entry.statement == IMPORTED else _("Approver")


def count_words(counts: Mapping[AnswerState, int]) -> list[tuple[str, int]]:
    """Say how many questions stand in each state, those first that are answered; what there is none of is left out."""
    named = {AnswerState.ANSWERED: _("Answered")} | {state: _(words) for state, words in _COUNTED_WORDS.items()}
    return [(words, counts[state]) for state, words in named.items() if counts.get(state)]


def needed_words(document: Questionnaire, item: Item, answer: Answer) -> str:
    """Name the fields that a given answer still needs before sign-off; empty where it is whole."""
    fields = still_needed(document, item, answer)
    return _("Still needed: {fields}.").format(fields="; ".join(field.label for field in fields)) if fields else ""


def answer_words(item: Item, answer: Answer) -> str:
    """Say an answer in full: the level with its descriptor, the options by their labels, the number with its unit."""
    if answer.state is not AnswerState.ANSWERED:
        words = _(STATE_WORDS[answer.state])
        return _("{state}: {reason}").format(state=words, reason=answer.reason) if answer.reason else words
    match item, answer.value:
        case MaturityItem(), int(level):
            return _("Level {level}: {text}").format(level=level, text=item.levels[level - 1].text)
        case YesNoItem(), str(choice):
            return _(_YES_NO[choice])
        case ChoiceItem(), str(choice):
            return next(option.text for option in item.options if option.code == choice)
        case ChecklistItem(), tuple(ticked):
            ticks = "; ".join(option.text for option in item.options if option.code in ticked) or _(item.none_text)
            return _with_left_out(item, answer, ticks)
        case PercentItem(), (int() | float()) as number:
            return _("{share} %").format(share=number_words(number))
        case NumberItem(), (int() | float()) as number:
            return _("{number} {unit}").format(number=number_words(number), unit=item.unit)
        case RecordsItem(), tuple(records):
            return "\n".join(record_words(item.fields, record) for record in records_of(records))
        case _:
            return str(answer.value)


def record_words(fields: tuple[RecordField, ...], record: Record) -> str:
    """Say one group of named fields in a line: each label with what was written, in the order of the form."""
    words = _("{label}: {value}")
    return "; ".join(
        f"{label} {value}" if label.endswith("?") else words.format(label=label, value=value)
        for label, value in record_pairs(fields, record)
    )


def record_pairs(fields: tuple[RecordField, ...], record: Record) -> list[tuple[str, str]]:
    """Return what was written in one group of named fields, each with its label, in the order of the form."""
    said = [(field, record.get(field.code)) for field in fields]
    return [(field.label, _field_words(field, value)) for field, value in said if value is not None]


def _field_words(field: RecordField, value: Scalar) -> str:
    if isinstance(value, float):
        return number_words(value)
    if field.type == "date":
        return _day_words(str(value))
    return next((option.text for option in field.options if option.code == value), str(value))


def _day_words(value: str) -> str:
    """Say a day as everywhere else; what is none, as an import may have brought it, stays as it is."""
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value


def whole_answer(document: Questionnaire, item: Item, answer: Answer) -> str:
    """Say an answer with what goes with it, a line each: named fields, comment and evidence."""
    fields = document.fields_of(item)
    comment = _("Comment: {text}").format(text=answer.comment) if answer.comment else ""
    evidence = [_("Evidence: {title}").format(title=title) for title in evidence_titles(answer)]
    records = [record_words(fields, record) for record in answer.details]
    return "\n".join(part for part in (answer_words(item, answer), *records, comment, *evidence) if part)


def evidence_titles(answer: Answer) -> list[str]:
    """Name what stands behind an answer: the link in it, and what is attached, each with its version."""
    link = [answer.evidence_url] if answer.evidence_url else []
    attached = _("{title} (version {version})")
    return [*link, *(attached.format(title=piece.title, version=piece.version) for piece in answer.evidence)]


def _with_left_out(item: ChecklistItem, answer: Answer, ticks: str) -> str:
    """Add in a second sentence which options do not apply, and why."""
    if not answer.not_applicable:
        return ticks
    options = "; ".join(option.text for option in item.options if option.code in answer.not_applicable)
    words = _("{ticks}. Does not apply: {options} ({reason})")
    return words.format(ticks=ticks.rstrip("."), options=options, reason=answer.reason)


def number_words(number: float) -> str:
    """Write a number as a person would type it: no exponent, no trailing zeros, all its digits."""
    text = repr(float(number))
    return text.removesuffix(".0") if "e" not in text else f"{number:f}".rstrip("0").rstrip(".")
