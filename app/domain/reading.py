"""Form fields, JSON values or file cells become validated answers, or a problem that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.domain.answers import Answer, AnswerState, Record, Value, codes_of, records_of
from app.domain.questionnaire.document import Questionnaire
from app.domain.questionnaire.items import (
    ChecklistItem,
    ChoiceItem,
    Item,
    MaturityItem,
    NumberItem,
    PercentItem,
    RecordsItem,
    ReferenceItem,
    TextItem,
    YesNoItem,
)
from app.domain.reading_records import read_records
from app.domain.reading_values import Unfit, read_address, read_number, read_words, written
from app.kit.say import Quoted, mark, say

T = TypeVar("T")
Quote = Callable[[str], str]

NONE = "none"
_NOTHING: tuple[object, ...] = (None, "", (), [])
LONGEST_COMMENT = 4_000
LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of an answer, and what to do."""

    item: str
    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What came in, unread. `value` is a text, a number, or several texts for a checklist; `state` may be empty.

    `not_applicable`: options of a checklist that do not apply; several codes, or one text with semicolons between.
    `records`: groups of named fields: the value of a records item, or the details of any other."""

    state: str = ""
    value: object = None
    reason: str = ""
    comment: str = ""
    evidence_url: str = ""
    not_applicable: str | tuple[str, ...] = ()
    records: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One raw answer, read: the answer if it fits its item, and every problem found."""

    answer: Answer | None
    problems: tuple[Problem, ...]


def read_answer(item: Item, raw: RawAnswer, document: Questionnaire | None = None) -> Reading:
    """Read one answer; every problem of it is named at once. `document` is needed where named fields go with the answer."""
    problems: list[Problem] = []

    def attempt(read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except Unfit as unfit:
            problems.append(Problem(item.code, unfit.field, unfit.code, unfit.message))
            return otherwise

    def quote(text: str) -> str:
        return Quoted(f"{document.code} {item.code}", text) if document else text

    state = attempt(lambda: _read_state(item, raw), AnswerState.BLANK)
    records = _read_records(item, state, raw, document, problems)
    if isinstance(item, RecordsItem) and state is AnswerState.ANSWERED:
        value: Value | None = records
    else:
        value = attempt(lambda: _read_value(item, raw.value, quote), None) if state is AnswerState.ANSWERED else None
    nothing: tuple[str, ...] = ()
    left_out = attempt(lambda: _read_left_out(item, state, value, _codes(raw.not_applicable), quote), nothing)
    reason = attempt(lambda: _read_reason(state, raw.reason, left_out), "")
    comment = attempt(lambda: read_words("comment", raw.comment, LONGEST_COMMENT), "")
    address = attempt(lambda: read_address(raw.evidence_url), "")
    details = () if isinstance(item, RecordsItem) else records
    return Reading(None if problems else Answer(state, value, reason, comment, address, left_out, details), tuple(problems))


def raw_of(answer: Answer) -> RawAnswer:
    """Turn an answer back into what would be read as it, so that another item can be asked whether it would take it."""
    groups = records_of(answer.value)
    value = (NONE,) if answer.value == () else None if groups else answer.value
    records = [dict(record.values) for record in groups or answer.details]
    return RawAnswer(
        answer.state.value,
        value,
        answer.reason,
        answer.comment,
        answer.evidence_url,
        answer.not_applicable,
        tuple(records),
    )


def _read_records(
    item: Item, state: AnswerState, raw: RawAnswer, document: Questionnaire | None, problems: list[Problem]
) -> tuple[Record, ...]:
    """Read the groups of named fields of an answered item; what does not fit is added to the problems."""
    details = document.details_of(item) if document else None
    maximum = item.maximum if isinstance(item, RecordsItem) else details.maximum if details else 0
    fields = item.fields if isinstance(item, RecordsItem) else details.fields if details else ()
    is_kept = state is AnswerState.BLANK and not isinstance(item, RecordsItem)  # as a comment is, before there is an answer
    if state is not AnswerState.ANSWERED and not is_kept:
        return ()
    records, unfit = read_records(fields, maximum, raw.records, document.scored_items if document else ())
    if isinstance(item, RecordsItem) and raw.value not in _NOTHING:
        unfit = (*unfit, Unfit("value", "unknown_field", "This question has no single answer. Fill in its fields."))
    if isinstance(item, RecordsItem) and not records and not unfit:
        unfit = (Unfit("record.1." + fields[0].code, "missing", "Fill in at least one, or say why you cannot answer."),)
    problems.extend(Problem(item.code, each.field, each.code, each.message) for each in unfit)
    return records


def _read_value(item: Item, raw: object, quote: Quote) -> Value:
    """Read the value of an answered item; raises `Unfit` with what to do, in which `quote` names texts of the questionnaire."""
    match item:
        case MaturityItem():
            return _read_level(raw)
        case YesNoItem():
            return _one_of(raw, ("yes", "partly", "no") if item.partly_allowed else ("yes", "no"))
        case ChoiceItem():
            return _one_of(raw, tuple(option.code for option in item.options))
        case ChecklistItem():
            return _read_ticks(item, raw, quote)
        case PercentItem():
            return _within(read_number(raw), 0, 100, "%")
        case NumberItem():
            return _within(read_number(raw), item.minimum, item.maximum, quote(item.unit))
        case TextItem():
            words = read_words("value", raw if isinstance(raw, str) else "", item.max_length)
            if not words:
                raise Unfit("value", "missing", "Write an answer, or say why you cannot answer.")
            return words
        case ReferenceItem() | RecordsItem():
            raise Unfit("value", "not_answerable", "This is a reference panel; it takes no answer.")


def _read_state(item: Item, raw: RawAnswer) -> AnswerState:
    """Take the state that was named; without one, a value means answered and nothing means blank."""
    name = raw.state.strip()
    if not name:
        has_value = bool(raw.value.strip()) if isinstance(raw.value, str) else raw.value not in _NOTHING
        has_value = has_value or (isinstance(item, RecordsItem) and any(_is_filled(record) for record in raw.records))
        leaves_out = isinstance(item, ChecklistItem) and bool(_codes(raw.not_applicable))
        return AnswerState.ANSWERED if has_value or leaves_out else AnswerState.BLANK
    try:
        state = AnswerState(name)
    except ValueError:
        message = say("The state is one of: {states}.", states=", ".join(AnswerState))
        raise Unfit("state", "unknown_state", message) from None
    if state is AnswerState.NOT_APPLICABLE and not item.na_allowed:
        raise Unfit(
            "state",
            "na_not_allowed",
            "This applies to every economy. Choose another answer, or say that you have no information.",
        )
    if isinstance(item, ReferenceItem) and state is not AnswerState.BLANK:
        raise Unfit("state", "not_answerable", "This is a reference panel; it takes no answer.")
    return state


def _is_filled(record: Mapping[str, object]) -> bool:
    return any(str(value).strip() for value in record.values() if value is not None)


def _read_level(raw: object) -> int:
    text = raw.strip() if isinstance(raw, str) else written(raw) if isinstance(raw, int) else ""
    if text not in {"1", "2", "3", "4", "5"}:
        raise Unfit("value", "unknown_level", "Choose one of the levels 1 to 5.")
    return int(text)


def _one_of(raw: object, allowed: tuple[str, ...]) -> str:
    text = raw.strip() if isinstance(raw, str) else ""
    if text not in allowed:
        raise Unfit("value", "unknown_option", say("Choose one of: {options}.", options=", ".join(allowed)))
    return text


def _read_ticks(item: ChecklistItem, raw: object, quote: Quote) -> tuple[str, ...]:
    """Read ticked codes, given as a list or with semicolons between; the exclusive "none" stands alone."""
    parts = raw.split(";") if isinstance(raw, str) else list(raw) if isinstance(raw, list | tuple) else []
    ticked = [part.strip() for part in parts if isinstance(part, str) and part.strip()]
    known = [option.code for option in item.options]
    unknown = [code for code in ticked if code not in known and code != NONE]
    if unknown or not ticked or len(ticked) != len(parts):
        message = say("Tick any of: {options}; or {none} if there is none.", options=", ".join(known), none=NONE)
        raise Unfit("value", "unknown_option", message)
    if NONE in ticked:
        if len(set(ticked)) > 1:
            message = say('Tick either "{none}" or the others, not both.', none=quote(item.none_text))
            raise Unfit("value", "none_with_others", message)
        return ()
    return tuple(code for code in known if code in ticked)


def _codes(raw: str | tuple[str, ...]) -> tuple[str, ...]:
    parts = raw.split(";") if isinstance(raw, str) else raw
    return tuple(part.strip() for part in parts) if any(part.strip() for part in parts) else ()


def _read_left_out(item: Item, state: AnswerState, value: Value | None, codes: tuple[str, ...], quote: Quote) -> tuple[str, ...]:
    """Read which options do not apply. Like the ticks, they are kept with an answer only."""
    if codes and not isinstance(item, ChecklistItem):
        message = mark(
            "Only options of a checklist can be left out one by one. Say of the whole question that it does not apply."
        )
        raise Unfit("not_applicable", "not_a_checklist", message)
    if not codes or not isinstance(item, ChecklistItem) or state is not AnswerState.ANSWERED:
        return ()
    _refuse_to_leave_out(item, codes_of(value), codes, quote)
    return tuple(option.code for option in item.options if option.code in codes)


def _refuse_to_leave_out(item: ChecklistItem, ticked: tuple[str, ...], codes: tuple[str, ...], quote: Quote) -> None:
    """Raise `Unfit` for an option that must apply, that is ticked, or that would leave nothing to count."""
    allowed = [option.code for option in item.options if option.na_allowed]
    message: str
    if set(codes) - {option.code for option in item.options}:
        message = mark("The options of which this may be said are: none of this question.")
        if allowed:
            message = say("The options of which this may be said are: {options}.", options=", ".join(allowed))
        raise Unfit("not_applicable", "unknown_option", message)
    for option in item.options:
        if option.code in codes and not option.na_allowed:
            message = say('"{option}" applies to every economy. Tick it, or leave it without a tick.', option=quote(option.text))
            raise Unfit("not_applicable", "option_na_not_allowed", message)
        if option.code in codes and option.code in ticked:
            message = say('"{option}" is ticked, and said not to apply. Keep one of the two.', option=quote(option.text))
            raise Unfit("not_applicable", "ticked_and_na", message)
    counting = [option for option in item.options if option.is_scored] or item.options
    if all(option.code in codes for option in counting):
        message = say(
            'The question is for every economy, so one option that counts must stay. "{none}" is an answer.',
            none=quote(item.none_text),
        )
        if item.na_allowed:
            message = mark("None of the options that count is left. Say of the whole question that it does not apply.")
        raise Unfit("not_applicable", "all_options_na", message)


def _within(number: float, minimum: float | None, maximum: float | None, unit: str) -> float:
    below = minimum is not None and number < minimum
    above = maximum is not None and number > maximum
    if below or above:
        raise Unfit("value", "out_of_range", _limits(minimum, maximum, unit))
    return number


def _limits(minimum: float | None, maximum: float | None, unit: str) -> str:
    """Say between what a number must lie."""
    least, most = (None if limit is None else f"{limit:.15g}" for limit in (minimum, maximum))
    if least is None:
        return say("The number must be at most {most} ({unit}).", most=most, unit=unit)
    if most is None:
        return say("The number must be at least {least} ({unit}).", least=least, unit=unit)
    return say("The number must be at least {least} and at most {most} ({unit}).", least=least, most=most, unit=unit)


def _read_reason(state: AnswerState, raw: str, left_out: tuple[str, ...]) -> str:
    reason = read_words("reason", raw, LONGEST_REASON)
    if state is not AnswerState.NOT_APPLICABLE and not left_out:
        return ""
    if not reason:
        message = mark("Say in one sentence why this does not apply to your economy.")
        if left_out:
            message = mark("Say in one sentence why these options do not apply to your economy.")
        raise Unfit("reason", "reason_missing", message)
    return reason


def problem_fields(problems: Sequence[Problem]) -> dict[str, dict[str, str]]:
    """Group messages by item and field, the first of each, for the page."""
    grouped: dict[str, dict[str, str]] = {}
    for problem in problems:
        grouped.setdefault(problem.item, {}).setdefault(problem.field, problem.message)
    return grouped
